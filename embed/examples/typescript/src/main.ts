import { type Recording, type Take, CallreelError, makeSeekable, openCamera, record, takes } from "callreel";

const find = <Kind extends HTMLElement>(id: string): Kind => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`there is no #${id}`);
  return element as Kind;
};
const start = find<HTMLButtonElement>("start");
const stop = find<HTMLButtonElement>("stop");
const status = find("status");
const replay = find<HTMLVideoElement>("replay");

let recording: Recording | undefined;
let stream: MediaStream | undefined;

start.addEventListener("click", async () => {
  start.disabled = true;
  try {
    stream = await openCamera({ video: { width: 640, height: 480 } });
    recording = await record(stream, { title: "An example" });
    recording.addEventListener("change", () => {
      status.textContent = `${recording?.state}, ${Math.floor((recording?.elapsed ?? 0) / 1_000)} s`;
    });
    stop.disabled = false;
  } catch (error) {
    start.disabled = false;
    status.textContent = error instanceof CallreelError ? `${error.message} ${error.steps.join(" ")}` : String(error);
  }
});

stop.addEventListener("click", async () => {
  stop.disabled = true;
  const take = await recording?.stop();
  for (const track of stream?.getTracks() ?? []) track.stop();
  start.disabled = false;
  if (take) await show(take);
});

async function show(take: Take): Promise<void> {
  // A file that was seekable already stays as it is, so this does no harm.
  const file = take.type.includes("webm") ? await makeSeekable(take.blob) : take.blob;
  replay.src = URL.createObjectURL(file);
  replay.hidden = false;
  const kept = await takes();
  status.textContent = `${Math.round(take.duration)} ms; this browser keeps ${kept.length}`;
}
