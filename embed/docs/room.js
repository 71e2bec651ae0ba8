import "../room.js";

const room = document.querySelector("callreel-room");
const said = document.getElementById("said");
room.addEventListener("join", ({ detail }) => (said.textContent = `You are in ${detail.room}`));
room.addEventListener("leave", () => (said.textContent = "You are out"));
