import { openCamera, record } from "../callreel.js";

const [start, stop, said, replay] = ["start", "stop", "said", "replay"].map((id) => document.getElementById(id));

start.addEventListener("click", async () => {
  start.disabled = true;
  const stream = await openCamera();
  const recording = await record(stream, { title: "An example", maxDuration: 60_000 });
  recording.addEventListener("change", () => {
    said.textContent = `${recording.state}, ${Math.round(recording.elapsed / 1000)} s`;
  });
  stop.disabled = false;
  stop.onclick = () => recording.stop();
  const take = await recording.finished;
  for (const track of stream.getTracks()) track.stop();
  replay.src = URL.createObjectURL(take.blob);
  stop.disabled = true;
  replay.hidden = start.disabled = false;
});
