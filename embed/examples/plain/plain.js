const recorder = document.querySelector("callreel-recorder");
const said = document.getElementById("said");
const watch = document.getElementById("watch");

recorder.addEventListener("recordingstop", ({ detail: take }) => {
  said.textContent = `${Math.round(take.duration / 1000)} s of ${take.type}`;
});
// Also of a message that a closed tab had left half sent.
recorder.addEventListener("uploadcomplete", ({ detail }) => {
  watch.href = detail.address;
  watch.hidden = false;
});
recorder.addEventListener("error", ({ detail }) => (said.textContent = detail.message));
