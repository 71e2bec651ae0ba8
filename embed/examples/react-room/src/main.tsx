import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "callreel/room";
import "callreel/react";

/** The server may be given in the address: `?server=https://calls.example&room=kitchen`. */
const asked = new URLSearchParams(location.search);

function App() {
  const [isShown, setShown] = useState(true);
  const [said, setSaid] = useState("");
  return (
    <main>
      <h1>Talk to us</h1>
      {isShown && (
        <callreel-room
          room={asked.get("room") ?? "kitchen"}
          server={asked.get("server") ?? ""}
          name="Ann"
          onjoin={({ detail }) => setSaid(`You are in ${detail.room}`)}
          onleave={() => setSaid("You are out")}
          onerror={({ detail }) => setSaid(detail.message)}
        />
      )}
      <p>
        <button onClick={() => setShown(!isShown)}>{isShown ? "Hide" : "Show"} the room</button>
      </p>
      <output>{said}</output>
    </main>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
