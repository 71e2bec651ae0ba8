// Uses that must not compile: an error in each line that ends with `// wrong`, and in no other.

import { devices, makeSeekable, openCamera, openScreen, record, resumeUploads, takes } from "callreel";
import { joinRoom } from "callreel/join";
import "callreel/recorder";
import "callreel/room";

export async function wrong(stream: MediaStream): Promise<void> {
  await record(); // wrong
  await record("camera"); // wrong
  await record(stream, { timeslice: "1s" }); // wrong
  await record(stream, { source: "window" }); // wrong
  await record(stream, { bitrate: 1_000 }); // wrong
  await openCamera({ video: "front" }); // wrong
  await openScreen({ audio: { echoCancellation: true } }); // wrong
  await makeSeekable("take.webm"); // wrong
  const recording = await record(stream);
  recording.state = "paused"; // wrong
  recording.addEventListener("recordingstopped", () => {}); // wrong
  recording.addEventListener("recordingstop", ({ detail }) => detail.size); // wrong
  const [take] = await takes();
  take.remove(); // wrong
  if (take) take.address = ""; // wrong
  const [device] = await devices();
  if (device?.kind === "videoinput") return; // wrong

  const element = document.createElement("callreel-recorder");
  element.source = "phone"; // wrong
  element.width = "640"; // wrong
  element.upload = "yes"; // wrong
  element.state = "recording"; // wrong
  element.record(); // wrong
  const stopped: Blob = await element.stop(); // wrong
  element.addEventListener("uploadprogress", ({ detail }) => detail.percent); // wrong
  element.addEventListener("recordingstop", { handle() {} }); // wrong
  element.removeEventListener("recordingstop", (event: MouseEvent) => event.clientX); // wrong
  await resumeUploads({ tokens: "a token" }); // wrong
  void stopped;
}

export async function wrongCall(stream: MediaStream): Promise<void> {
  await joinRoom(); // wrong
  await joinRoom({ name: "Ann" }); // wrong
  await joinRoom({ room: "kitchen", stream: "camera" }); // wrong
  await joinRoom({ room: "kitchen", peers: 4 }); // wrong
  const room = await joinRoom({ room: "kitchen", stream });
  room.state = "left"; // wrong
  room.peers.push(); // wrong
  room.send(); // wrong
  room.addEventListener("peerjoined", () => {}); // wrong
  room.addEventListener("peerjoin", ({ detail }) => detail.video); // wrong
  const [peer] = room.peers;
  if (peer?.connection === "lost") return; // wrong
  if (peer) peer.name = "Bob"; // wrong

  const element = document.createElement("callreel-room");
  element.width = "640"; // wrong
  element.room = null; // wrong
  element.state = "joined"; // wrong
  element.paused = true; // wrong
  element.pause(1); // wrong
  await element.join("kitchen"); // wrong
  element.addEventListener("join", ({ detail }) => detail.peers); // wrong
}
