// Uses that must compile.

import {
  CallreelError,
  type Device,
  type Recording,
  type Take,
  type UploadProgress,
  devices,
  makeSeekable,
  openCamera,
  openScreen,
  record,
  removeTake,
  resumeUploads,
  takes,
} from "callreel";
import { type Message, type Peer, type Room, joinRoom } from "callreel/join";
import { CallreelRecorder } from "callreel/recorder";
import { CallreelRoom } from "callreel/room";

export async function withoutFace(): Promise<Take> {
  const list: Device[] = await devices();
  const camera = list.find(({ kind }) => kind === "camera");
  const stream = await openCamera({ video: { deviceId: camera?.deviceId ?? "" }, audio: false, lang: "zh-CN" });
  const recording: Recording = await record(stream, {
    source: "camera",
    format: "webm",
    bitRate: 2_000_000,
    timeslice: 500,
    maxDuration: 60_000,
    title: "Monday",
    upload: true,
    server: "https://calls.example",
    ownerKey: "a long random text",
    token: "a token",
  });
  recording.addEventListener("uploadprogress", ({ detail }) => {
    const share: number = detail.sent / detail.held;
    if (detail.state === "waiting") console.log(share);
  });
  recording.addEventListener("uploadcomplete", ({ detail }) => console.log(detail.address.length, detail.take?.id));
  recording.addEventListener("error", ({ detail }) => console.log(detail.code, detail.line ?? "", ...detail.steps));
  recording.pause();
  recording.resume();
  const take = await recording.stop();
  const form = new FormData();
  form.append("take", take.blob, take.fileName);
  return recording.finished;
}

export async function theRest(): Promise<void> {
  const stream: MediaStream = await openScreen({ audio: true });
  for (const track of stream.getTracks()) track.stop();
  const [newest] = await takes();
  const seekable: Blob = await makeSeekable(newest?.blob ?? new Blob());
  if (newest && seekable.size > 0) await newest.remove();
  await removeTake("0123456789abcdef0123456789abcdef");
  if (newest?.address) console.log(newest.recording);
  const uploads = await resumeUploads({ token: "a token", server: "https://calls.example", lang: "en" });
  uploads.addEventListener("uploadcomplete", ({ detail }) => console.log(detail.id, detail.address));
}

export function withFace(): CallreelRecorder {
  const element = document.createElement("callreel-recorder");
  element.source = "microphone";
  element.maxDuration = 30_000;
  element.frameRate = null;
  element.upload = true;
  element.ownerKey = "a long random text";
  element.addEventListener("recordingstop", ({ detail: take }) => console.log(take.duration, take.blob.size));
  element.addEventListener("error", ({ detail }) => console.log(detail.message));
  element.addEventListener("click", (event) => console.log(event.clientX));
  const heard = ({ detail }: CustomEvent<Take>): void => console.log(detail.id);
  element.addEventListener("recordingsaved", heard);
  element.removeEventListener("recordingsaved", heard);
  const clicked = (event: MouseEvent): void => console.log(event.clientX);
  element.addEventListener("click", clicked);
  element.removeEventListener("click", clicked);
  const listener = { handleEvent: ({ detail }: CustomEvent<UploadProgress>) => console.log(detail.id, detail.sent) };
  element.addEventListener("uploadprogress", listener, { once: true });
  element.removeEventListener("uploadprogress", listener);
  const found: CallreelRecorder | null = document.querySelector("callreel-recorder");
  void found?.start().catch((error: unknown) => error instanceof CallreelError && error.code);
  return element;
}

export async function callWithoutFace(stream: MediaStream, screen: MediaStream): Promise<readonly Peer[]> {
  const room: Room = await joinRoom({
    room: "kitchen",
    name: "Ann",
    server: "https://calls.example",
    token: "a token",
    stream,
    signal: AbortSignal.timeout(10_000),
    lang: "zh-CN",
  });
  room.addEventListener("peerjoin", ({ detail: peer }) => console.log(peer.name, peer.id));
  room.addEventListener("peerchange", ({ detail }) => {
    const video = document.createElement("video");
    video.srcObject = detail.screen ?? detail.stream;
    if (detail.connection === "interrupted") console.log(detail.speaking, detail.hand);
  });
  room.addEventListener("message", ({ detail }) => {
    const { from, text, at }: Message = detail;
    console.log(from ?? "I", text, new Date(at));
  });
  room.addEventListener("leave", ({ detail }) => console.log(detail.room));
  room.send(null);
  room.share(screen);
  room.write("Hello");
  if (room.state !== "left") room.leave();
  return room.peers;
}

export async function callWithFace(): Promise<CallreelRoom> {
  const element = document.createElement("callreel-room");
  element.room = "kitchen";
  element.name = "Ann";
  element.width = null;
  element.upload = true;
  element.addEventListener("join", ({ detail }) => console.log(detail.room));
  element.addEventListener("recordingstop", ({ detail: take }) => console.log(take.duration, take.blob.size));
  element.addEventListener("error", ({ detail }) => console.log(detail.code, detail.line ?? ""));
  await element.join();
  await element.start();
  element.pause();
  if (element.paused) element.resume();
  const left = { handleEvent: ({ detail }: CustomEvent<{ readonly room: string }>) => console.log(detail.room) };
  element.addEventListener("leave", left);
  element.removeEventListener("leave", left);
  const take: Take = await element.stop();
  element.leave();
  console.log(take.fileName, element.recording, element.state === "green", await element.takes());
  return element;
}
