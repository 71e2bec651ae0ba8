import { openCamera } from "callreel";
import { CallreelError, type Peer, type Room, joinRoom } from "callreel/join";

/** The server may be given in the address: `?server=https://calls.example&room=kitchen`. */
const asked = new URLSearchParams(location.search);

const find = <Kind extends HTMLElement>(id: string): Kind => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`there is no #${id}`);
  return element as Kind;
};
const join = find<HTMLButtonElement>("join");
const leave = find<HTMLButtonElement>("leave");
const status = find("status");
const people = find("people");
const write = find<HTMLFormElement>("write");
const lines = find("lines");

let room: Room | undefined;
let stream: MediaStream | undefined;

join.addEventListener("click", async () => {
  join.disabled = true;
  try {
    stream = await openCamera({ video: { width: 640, height: 480 } });
    room = await joinRoom({
      room: asked.get("room") ?? "kitchen",
      server: asked.get("server") ?? "",
      name: "Ann",
      stream,
    });
  } catch (error) {
    status.textContent = error instanceof CallreelError ? error.message : String(error);
    return over();
  }
  status.textContent = `You are in ${room.room}`;
  leave.disabled = write.hidden = false;
  for (const peer of room.peers) show(peer);
  room.addEventListener("peerjoin", ({ detail }) => show(detail));
  room.addEventListener("peerchange", ({ detail }) => show(detail));
  room.addEventListener("peerleave", ({ detail }) => tile(detail.id)?.remove());
  room.addEventListener("message", ({ detail }) => {
    const line = document.createElement("li");
    line.textContent = `${detail.from ?? "You"}: ${detail.text}`;
    lines.append(line);
  });
  room.addEventListener("leave", () => {
    status.textContent = "You are out";
    over();
  });
});

leave.addEventListener("click", () => room?.leave());

write.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = write.querySelector("input");
  if (field) room?.write(field.value);
  write.reset();
});

// The camera is this page's own.
function over(): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  people.replaceChildren();
  lines.replaceChildren();
  leave.disabled = write.hidden = true;
  join.disabled = false;
}

function tile(id: number): HTMLElement | null {
  return document.getElementById(`peer-${id}`);
}

function show(peer: Peer): void {
  let figure = tile(peer.id);
  if (!figure) {
    figure = document.createElement("figure");
    figure.id = `peer-${peer.id}`;
    figure.append(document.createElement("video"), document.createElement("figcaption"));
    people.append(figure);
  }
  figure.ariaLabel = peer.name;
  const [video, caption] = [figure.querySelector("video"), figure.querySelector("figcaption")];
  if (caption) caption.textContent = peer.name + (peer.speaking ? " speaks" : "");
  if (video && video.srcObject !== peer.stream) {
    video.srcObject = peer.stream;
    video.autoplay = true;
    video.playsInline = true;
  }
}
