import { openCamera, record } from "../callreel.js";

const [start, stop, said, replay] = ["start", "stop", "said", "replay"].map((id) => document.getElementById(id));

start.addEventListener("click", async () => {
  start.disabled = true;
  let stream;
  try {
    stream = await openCamera();
    const recording = await record(stream, { title: "An example", maxDuration: 60_000 });
    recording.addEventListener("change", () => {
      said.textContent = `${recording.state}, ${Math.round(recording.elapsed / 1000)} s`;
    });
    stop.disabled = false;
    stop.onclick = () => recording.stop();
    const take = await recording.finished;
    replay.src = URL.createObjectURL(take.blob);
    replay.hidden = false;
  } catch (error) {
    said.textContent = error.message;
  } finally {
    // However it ended: the stream is the page's own.
    for (const track of stream?.getTracks() ?? []) track.stop();
    stop.disabled = true;
    start.disabled = false;
  }
});
