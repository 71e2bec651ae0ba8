import { type Recording, type Take, CallreelError, makeSeekable, openCamera, record, takes } from "callreel";

/** The server may be given in the address: `?server=https://calls.example`. */
const server = new URLSearchParams(location.search).get("server");

const find = <Kind extends HTMLElement>(id: string): Kind => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`there is no #${id}`);
  return element as Kind;
};
const start = find<HTMLButtonElement>("start");
const stop = find<HTMLButtonElement>("stop");
const status = find("status");
const watch = find<HTMLAnchorElement>("watch");
const replay = find<HTMLVideoElement>("replay");

let recording: Recording | undefined;
let stream: MediaStream | undefined;

start.addEventListener("click", async () => {
  start.disabled = true;
  try {
    stream = await openCamera({ video: { width: 640, height: 480 } });
    recording = await record(stream, { title: "An example", ...(server && { upload: true, server }) });
    recording.addEventListener("uploadcomplete", ({ detail }) => {
      watch.href = detail.address;
      watch.hidden = false;
    });
    recording.addEventListener("error", ({ detail }) => (status.textContent = detail.message));
    recording.addEventListener("change", () => {
      status.textContent = `${recording?.state}, ${Math.floor((recording?.elapsed ?? 0) / 1_000)} s`;
    });
    stop.disabled = false;
  } catch (error) {
    for (const track of stream?.getTracks() ?? []) track.stop();
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
