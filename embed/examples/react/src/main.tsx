import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import type { Take } from "callreel/recorder";
import "callreel/recorder";
import "callreel/react";

/** The server may be given in the address: `?server=https://calls.example`. */
const server = new URLSearchParams(location.search).get("server");

function App() {
  const [take, setTake] = useState<Take>();
  const [address, setAddress] = useState("");
  const [isShown, setShown] = useState(true);
  return (
    <main>
      <h1>Say hello</h1>
      {isShown && (
        <callreel-recorder
          maxDuration={60_000}
          upload={server !== null}
          server={server ?? ""}
          onrecordingstop={({ detail }) => setTake(detail)}
          onuploadcomplete={({ detail }) => setAddress(detail.address)}
        />
      )}
      <p>
        <button onClick={() => setShown(!isShown)}>{isShown ? "Hide" : "Show"} the recorder</button>
      </p>
      {take && <output>{`${Math.round(take.duration)} ms of ${take.type}`}</output>}
      {address && <a href={address}>Watch it on the server</a>}
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
