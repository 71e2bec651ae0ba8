// Calls without a face: `joinRoom`. What it promises is in `join.d.ts`.

import init, * as core from "./room-core.js";
import { CallreelError, build, text, withResolvers } from "./shared.js";

const { speak, say, problem, addressOr } = build(init, core, () => import("./zh-CN.room.js"));

export { CallreelError, addressOr, core, problem, say, speak };

/** Why one was not let in. */
export const keptOut = (tag, code, message) =>
  code === "room_full" || !message ? problem(tag, code) : new CallreelError(code, message);

const isStream = (stream, what) => {
  if (stream !== null && !(stream instanceof MediaStream)) throw new TypeError(`${what} wants a MediaStream or null`);
  return stream ?? undefined;
};

export class Room extends EventTarget {
  #core;
  #tag;
  #peers = new Map();
  #entry = withResolvers();
  #joined = false;
  #stream;
  #screen;
  #signal;
  #abort = () => this.#fail(this.#signal.reason);

  constructor(tag) {
    super();
    this.#tag = tag;
  }

  enter(options, stream, signal) {
    this.#core = new core.Call(options, this.#hearer(), undefined);
    this.#stream = stream;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort, { once: true });
    if (stream) this.#core.give(stream, undefined);
    this.#core.join();
    return this.#entry.promise;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // Before one is in, whatever goes wrong ends it.
  #fail(error) {
    if (this.#joined) return this.#tell("error", error);
    this.#end();
    this.#entry.reject(error);
  }

  #end() {
    this.#signal?.removeEventListener("abort", this.#abort);
    const core = this.#core;
    this.#core = undefined;
    this.#stream = this.#screen = undefined;
    // It may be what is just telling this.
    queueMicrotask(() => core?.end());
  }

  #hearer() {
    return {
      moved: () => this.#core && this.#tell("change", undefined),
      joined: (room) => {
        this.#joined = true;
        this.room = room;
        this.#signal?.removeEventListener("abort", this.#abort);
        this.#entry.resolve(this);
      },
      left: () => this.#gone(),
      keptOut: (code, message) => this.#fail(keptOut(this.#tag, code, message)),
      problem: (code, detail) => this.#fail(problem(this.#tag, code, detail)),
      peer: (peer) => {
        const isNew = !this.#peers.has(peer.id);
        this.#peers.set(peer.id, Object.freeze(peer));
        this.#tell(isNew ? "peerjoin" : "peerchange", peer);
      },
      peerLeft: (id) => {
        const peer = this.#peers.get(id);
        this.#peers.delete(id);
        if (peer) this.#tell("peerleave", peer);
      },
      said: (from, text, at) => this.#tell("message", { from: from ?? null, text, at }),
    };
  }

  #gone() {
    if (!this.#core) return;
    this.#end();
    for (const peer of this.#peers.values()) this.#tell("peerleave", peer);
    this.#peers.clear();
    this.#tell("change", undefined);
    this.#tell("leave", { room: this.room });
  }

  get state() {
    return this.#core?.state ?? "left";
  }

  get peers() {
    return [...this.#peers.values()];
  }

  send(stream) {
    this.#stream = isStream(stream, "send");
    this.#core?.give(this.#stream, this.#screen);
  }

  share(screen) {
    this.#screen = isStream(screen, "share");
    this.#core?.give(this.#stream, this.#screen);
  }

  write(text) {
    this.#core?.write(String(text));
  }

  leave() {
    this.#core?.leave();
    this.#gone();
  }
}

export async function joinRoom(options) {
  const { room, name, token, stream = null, signal } = options ?? {};
  if (typeof room !== "string" || !room.trim()) throw new TypeError("joinRoom wants the name of a room");
  const sent = isStream(stream, "joinRoom");
  signal?.throwIfAborted();
  const tag = await speak(options.lang);
  const server = addressOr(tag, options.server);
  signal?.throwIfAborted();
  return new Room(tag).enter({ server, room, name: text(name), token: text(token), lang: tag }, sent, signal);
}
