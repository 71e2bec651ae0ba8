// The server may be given in the address: `?server=https://calls.example`.
const server = new URLSearchParams(location.search).get("server");
const recordings = document.getElementById("recordings");
const status = document.getElementById("status");

for (const element of document.querySelectorAll("callreel-room, callreel-recorder")) {
  if (server) element.setAttribute("server", server);
  element.addEventListener("uploadcomplete", ({ detail }) => {
    const link = document.createElement("a");
    link.href = detail.address;
    link.textContent = element.localName === "callreel-room" ? "The call" : "Your message";
    const item = document.createElement("li");
    item.append(link);
    recordings.append(item);
  });
  element.addEventListener("error", ({ detail }) => (status.textContent = detail.message));
}

const room = document.querySelector("callreel-room");
room.addEventListener("join", () => (status.textContent = "Somebody is with you in a moment."));
room.addEventListener("leave", () => (status.textContent = "Thank you for calling."));
