import "../recorder.js";

const recorder = document.querySelector("callreel-recorder");
recorder.addEventListener("recordingstop", ({ detail: take }) => {
  document.getElementById("said").textContent = `${Math.round(take.duration)} ms of ${take.type}`;
});
