// `<callreel-room>`. What it promises is in `room.d.ts`.

import { CallreelError, core, keptOut, problem, say, speak } from "./join.js";
import look from "./room-look.js";
import { Base, Take, address, attributes, upgrade, withResolvers } from "./shared.js";

const NUMBERS = {
  width: "width",
  height: "height",
  "frame-rate": "frameRate",
  "bit-rate": "bitRate",
  timeslice: "timeslice",
  "max-duration": "maxDuration",
};
const TEXTS = {
  server: "server",
  room: "room",
  name: "name",
  "facing-mode": "facingMode",
  format: "format",
  theme: "theme",
};
const SECRETS = { "owner-key": "ownerKey", token: "token" };

// The sheet is adopted, so a policy without inline styles is content.
const sheet = typeof CSSStyleSheet === "undefined" ? undefined : new CSSStyleSheet();
sheet?.replaceSync(look);

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// The recorder's code has the rest of what can be done with takes.
const recorder = () => import("./callreel.js");
const removeTake = async (id) => (await recorder()).removeTake(id);

export class CallreelRoom extends Base {
  static observedAttributes = ["lang", ...Object.keys({ ...NUMBERS, ...TEXTS, ...SECRETS }), "upload"];

  #root = this.attachShadow?.({ mode: "open" });
  #frame;
  #core;
  #tag = "en";
  // Counts visits in the page: what was asked for in an earlier one is given back when it comes.
  #visit = 0;
  #ready;
  #resized;
  // What the wasm reads, whenever it needs it.
  #options = {};
  #joined = false;
  #joining;
  #starting;
  #stopping;
  #recording = false;
  #take;

  constructor() {
    super();
    if (!this.#root) return;
    this.#root.adoptedStyleSheets = [sheet];
    this.#frame = make("div", { part: "frame", class: "frame", role: "group" });
    this.#root.replaceChildren(this.#frame);
  }

  connectedCallback() {
    if (this.#ready) return;
    const visit = ++this.#visit;
    upgrade(this, [NUMBERS, TEXTS, SECRETS].flatMap(Object.values).concat("upload"));
    this.#ready = this.#load(visit);
    this.#ready.catch((error) => visit === this.#visit && this.#fail(error));
  }

  // What a page moves within itself, as frameworks do, is not taken away.
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#remove());
  }

  attributeChangedCallback(name) {
    if (!this.#core) return;
    if (name === "lang") this.#speak(this.#visit).catch(() => {});
    else this.#changed();
  }

  async #speak(visit) {
    const tag = await speak(this.lang || this.closest("[lang]")?.lang);
    if (visit !== this.#visit) return;
    this.#tag = tag;
    this.#frame.lang = tag;
    this.#frame.setAttribute("aria-label", say(tag, "page.room"));
    this.#changed();
  }

  async #load(visit) {
    await this.#speak(visit);
    if (visit !== this.#visit) throw new CallreelError("removed", "the element was removed");
    const place = make("div", { class: "app", part: "room" });
    this.#frame.replaceChildren(make("slot", { name: "header" }), place, make("slot", { name: "footer" }));
    this.#core = new core.Call(this.#options, this.#hearer(visit), place);
    this.#resized = new ResizeObserver(() => this.#core?.arrange());
    this.#resized.observe(place);
  }

  #changed() {
    const within = (value, least, most) => (value >= least && value <= most ? value : undefined);
    let server;
    try {
      server = address(this.server);
    } catch (error) {
      this.#fail(error);
      // Nothing goes anywhere but where it was meant to go.
      server = "data:";
    }
    Object.assign(this.#options, {
      server,
      room: this.room || undefined,
      name: this.name || undefined,
      token: this.token || undefined,
      width: this.width ?? undefined,
      height: this.height ?? undefined,
      frameRate: this.frameRate ?? undefined,
      facingMode: this.facingMode || undefined,
      format: this.format || undefined,
      bitRate: within(this.bitRate, 1_000, 100_000_000),
      timeslice: within(this.timeslice, 10, 10_000),
      maxDuration: this.maxDuration ?? undefined,
      upload: this.upload,
      ownerKey: this.ownerKey || undefined,
      title: this.title || undefined,
      lang: this.#tag,
    });
    this.#core?.changed();
  }

  #remove() {
    this.#visit++;
    this.#ready = undefined;
    this.#resized?.disconnect();
    const core = this.#core;
    this.#core = undefined;
    this.#frame.replaceChildren();
    core?.end();
    this.#left();
    const removed = new CallreelError("removed", "the element was removed");
    for (const waiting of [this.#joining, this.#starting]) waiting?.reject(removed);
    this.#joining = this.#starting = undefined;
  }

  #left() {
    if (!this.#joined) return;
    this.#joined = false;
    this.#tell("leave", { room: this.#options.room ?? "" });
  }

  #hearer(visit) {
    const isOurs = () => visit === this.#visit;
    const ignored = () => {};
    return {
      moved: ignored,
      peer: ignored,
      peerLeft: ignored,
      said: ignored,
      joined: (room) => {
        if (!isOurs()) return;
        this.#joined = true;
        this.#options.room = room;
        this.#joining?.resolve();
        this.#joining = undefined;
        this.#tell("join", { room });
      },
      left: () => isOurs() && this.#left(),
      keptOut: (code, message) => this.#fail(keptOut(this.#tag, code, message), "joining"),
      refused: ({ code, message, steps, line }) => this.#fail(new CallreelError(code, message, { steps, line })),
      problem: (code, detail) => this.#fail(problem(this.#tag, code, detail), "starting"),
      recording: (durable) => {
        this.#recording = true;
        this.#starting?.resolve();
        this.#starting = undefined;
        this.#tell("recordingstart", { durable });
      },
      finished: (found) => {
        this.#recording = false;
        const stopping = this.#stopping;
        this.#stopping = undefined;
        if (!found) {
          const error = problem(this.#tag, "no_track");
          this.#starting?.reject(error);
          this.#starting = undefined;
          stopping?.reject(error);
          return;
        }
        this.#take = new Take(found, removeTake);
        stopping?.resolve(this.#take);
        this.#tell("recordingstop", this.#take);
        if (found.durable) this.#tell("recordingsaved", this.#take);
      },
      uploading: (state, sent, held) => this.#tell("uploadprogress", { state, sent, held }),
      uploaded: (recording, address) => {
        const take = this.#take;
        Object.assign(take ?? {}, { recording, address });
        this.#tell("uploadcomplete", { take, recording, address });
      },
    };
  }

  #tell(name, detail) {
    // An error that bubbled would reach the page's own handler for scripts that fail.
    const bubbles = name !== "error";
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles, composed: bubbles }));
  }

  #fail(error, what) {
    if (what === "joining") {
      this.#joining?.reject(error);
      this.#joining = undefined;
    }
    if (what === "starting") {
      this.#starting?.reject(error);
      this.#starting = undefined;
    }
    this.#tell("error", error);
  }

  get upload() {
    return this.hasAttribute("upload");
  }

  set upload(value) {
    this.toggleAttribute("upload", Boolean(value));
  }

  get state() {
    return this.#core?.state ?? "idle";
  }

  get take() {
    return this.#take;
  }

  get recording() {
    return this.#recording;
  }

  /** Goes in, as the button does. */
  async join() {
    if (!this.isConnected) throw new CallreelError("removed", "the element is in no page");
    await this.#ready;
    if (this.#joined) return;
    this.#joining ??= withResolvers();
    const { promise } = this.#joining;
    this.#core.join();
    return promise;
  }

  leave() {
    this.#core?.leave();
    this.#left();
  }

  async start() {
    if (!this.#joined) throw new CallreelError("not_joined", "there is nobody to record before one has joined");
    if (this.#recording) return;
    const waiting = this.#starting;
    this.#starting ??= withResolvers();
    const { promise } = this.#starting;
    if (!waiting) this.#core.toggleRecording();
    return promise;
  }

  async stop() {
    if (!this.#recording) {
      if (this.#take) return this.#take;
      throw new CallreelError("not_recording", "nothing is being recorded");
    }
    const waiting = this.#stopping;
    this.#stopping ??= withResolvers();
    const { promise } = this.#stopping;
    if (!waiting) this.#core?.toggleRecording();
    return promise;
  }

  async takes() {
    return (await recorder()).takes();
  }
}

attributes(CallreelRoom, { numbers: NUMBERS, texts: TEXTS, secrets: SECRETS });

if (globalThis.customElements && !customElements.get("callreel-room")) {
  customElements.define("callreel-room", CallreelRoom);
}

export { CallreelError, Room, joinRoom } from "./join.js";
