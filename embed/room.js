// `<callreel-room>`. What it promises is in `room.d.ts`.

import { CallreelError, addressOr, core, keptOut, problem, say, speak } from "./join.js";
import look from "./room-look.js";
import {
  Base,
  Take,
  attributes,
  attributesOf,
  dispatch,
  langOf,
  namesOf,
  pass,
  upgrade,
  withResolvers,
  within,
  withoutCore,
} from "./shared.js";

const TEXTS = {
  server: "server",
  room: "room",
  name: "name",
  "facing-mode": "facingMode",
  format: "format",
  theme: "theme",
};

// Problems that a recording may not come to anything for.
const RECORDING_FAILS = ["recorder_failed", "unsupported_format", "disk_full", "other"];

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
  static observedAttributes = ["lang", "title", "upload", ...attributesOf(TEXTS)];

  #root = this.attachShadow?.({ mode: "open" });
  #frame;
  #core;
  #tag = "en";
  // Counts visits in the page: what was asked for in an earlier one is given back when it comes.
  #visit = 0;
  #ready;
  // Counts the changes of the language: only what the last one wants is drawn.
  #asked = 0;
  // The code could not be loaded; whoever wants something has it tried again.
  #failed = false;
  #resized;
  // What the wasm reads, whenever it needs it.
  #options = {};
  #joined = false;
  // The room that one is in: the attribute may name another by now.
  #inside = "";
  #joining;
  #starting;
  // Why a recording that is being begun does not come to anything.
  #why;
  #stopping;
  #recording = false;
  #paused = false;
  #take;
  // Those that are still being uploaded, by id.
  #takes = new Map();

  constructor() {
    super();
    if (!this.#root) return;
    this.#root.adoptedStyleSheets = [sheet];
    this.#frame = make("div", { part: "frame", class: "frame", role: "group" });
    this.#root.replaceChildren(this.#frame);
  }

  connectedCallback() {
    if (this.#ready) return;
    ++this.#visit;
    upgrade(this, [...namesOf(TEXTS), "upload"]);
    this.#begin();
  }

  #begin() {
    const visit = this.#visit;
    this.#failed = false;
    this.#ready = this.#load(visit);
    this.#ready.catch((error) => {
      if (visit !== this.#visit) return;
      this.#failed = true;
      this.#showFailure(error);
      this.#fail(error);
    });
  }

  // Without the code there are no sentences but these.
  #showFailure({ message }) {
    const { tag, again } = withoutCore(langOf(this));
    const button = make("button", { type: "button" }, again);
    button.addEventListener("click", () => this.#begin());
    this.#frame.lang = tag;
    this.#frame.replaceChildren(make("div", { class: "app", role: "alert" }, make("p", {}, message), button));
  }

  // What a page moves within itself, as frameworks do, is not taken away.
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#remove());
  }

  attributeChangedCallback(name) {
    if (name === "lang" && this.#ready && !this.#core) this.#speak(this.#visit).catch(() => {});
    if (!this.#core) return;
    if (name === "lang") this.#speak(this.#visit).then(() => this.#changed(), () => {});
    else this.#changed();
    if (name === "upload" || name === "token") this.#resume(this.#visit).catch(() => {});
  }

  async #speak(visit) {
    const asked = ++this.#asked;
    const tag = await speak(langOf(this));
    if (visit !== this.#visit || asked !== this.#asked) return;
    this.#tag = tag;
    this.#frame.lang = tag;
    this.#frame.setAttribute("aria-label", say(tag, "page.room"));
  }

  async #load(visit) {
    await this.#speak(visit);
    if (visit !== this.#visit) throw problem(this.#tag, "removed");
    this.#changed();
    const place = make("div", { class: "app", part: "room" });
    this.#frame.replaceChildren(make("slot", { name: "header" }), place, make("slot", { name: "footer" }));
    this.#core = new core.Call(this.#options, this.#hearer(visit), place);
    this.#resized = new ResizeObserver(() => this.#core?.arrange());
    this.#resized.observe(place);
    // What can't be gone on with now is on the next visit.
    this.#resume(visit).catch(() => {});
  }

  // Goes on with uploads of earlier visits, for which the recorder's code is loaded where there are any.
  async #resume(visit) {
    if (!this.upload || !(await core.hasUnfinished())) return;
    const { resumeUploads } = await recorder();
    if (visit !== this.#visit) return;
    const uploads = await resumeUploads({ server: this.server, token: this.token || undefined, lang: this.#tag });
    pass(uploads, ["uploadprogress", "uploadcomplete", "error"], this);
  }

  #changed() {
    let server;
    try {
      server = addressOr(this.#tag, this.server);
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
    this.#giveUp(problem(this.#tag, "removed"));
    this.#left();
  }

  // Nothing comes any more of what is just being begun.
  #giveUp(error) {
    for (const waiting of [this.#joining, this.#starting]) waiting?.reject(error);
    this.#joining = this.#starting = undefined;
  }

  #left() {
    if (!this.#joined) return;
    this.#joined = false;
    this.#giveUp(problem(this.#tag, "left"));
    // What the page set meanwhile counts for the next joining.
    this.#core?.changed();
    dispatch(this, "leave", { room: this.#inside });
  }

  #hearer(visit) {
    const isOurs = () => visit === this.#visit;
    const ignored = () => {};
    return {
      // Out again before one was in, by whichever button.
      moved: () => {
        if (isOurs() && this.#joining?.isOnItsWay && ["left", "green"].includes(this.state)) this.#giveUp(problem(this.#tag, "left"));
      },
      peer: ignored,
      peerLeft: ignored,
      said: ignored,
      joined: (room) => {
        if (!isOurs()) return;
        this.#joined = true;
        this.#inside = room;
        this.#joining?.resolve();
        this.#joining = undefined;
        dispatch(this, "join", { room });
      },
      left: () => isOurs() && this.#left(),
      keptOut: (code, message) => this.#fail(keptOut(this.#tag, code, message), "joining"),
      refused: ({ code, message, steps, line }) => this.#fail(new CallreelError(code, message, { steps, line })),
      problem: (code, detail) => {
        const error = problem(this.#tag, code, detail);
        if (RECORDING_FAILS.includes(code)) this.#why = error;
        this.#fail(error);
      },
      recording: (durable) => {
        if (!isOurs()) return;
        this.#why = undefined;
        this.#recording = true;
        this.#starting?.resolve();
        this.#starting = undefined;
        dispatch(this, "recordingstart", { durable });
      },
      finished: (found) => {
        const wasRecording = this.#recording;
        this.#recording = this.#paused = false;
        const stopping = this.#stopping;
        this.#stopping = undefined;
        if (!found) {
          const error = this.#why ?? problem(this.#tag, "no_track");
          // Nobody waits for one that was given up because the person left.
          if (!this.#why && (wasRecording || this.#starting)) dispatch(this, "error", error);
          this.#why = undefined;
          this.#starting?.reject(error);
          this.#starting = undefined;
          stopping?.reject(error);
          return;
        }
        this.#take = new Take(found, removeTake);
        this.#takes.set(found.id, this.#take);
        stopping?.resolve(this.#take);
        dispatch(this, "recordingstop", this.#take);
        if (found.durable) dispatch(this, "recordingsaved", this.#take);
      },
      uploading: (id, state, sent, held) => {
        dispatch(this, "uploadprogress", { id, state, sent, held });
        if (state === "stopped") this.#takes.delete(id);
      },
      uploaded: (id, recording, address) => {
        const take = this.#takes.get(id);
        this.#takes.delete(id);
        Object.assign(take ?? {}, { recording, address });
        dispatch(this, "uploadcomplete", { id, take, recording, address });
      },
    };
  }

  #fail(error, what) {
    if (what === "joining") {
      this.#joining?.reject(error);
      this.#joining = undefined;
    }
    dispatch(this, "error", error);
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
    if (!this.isConnected) throw problem(this.#tag, "removed");
    if (this.#joined) return;
    if (this.#failed) this.#begin();
    const joining = (this.#joining ??= withResolvers());
    try {
      await this.#ready;
      // Unless one has left again meanwhile, or the element was removed.
      if (this.#joining === joining) {
        joining.isOnItsWay = true;
        this.#core.join();
      }
    } catch (error) {
      joining.reject(error);
      if (this.#joining === joining) this.#joining = undefined;
    }
    return joining.promise;
  }

  leave() {
    this.#core?.leave();
    this.#giveUp(problem(this.#tag, "left"));
    this.#left();
  }

  async start() {
    if (!this.#joined) throw problem(this.#tag, "not_joined");
    if (this.#recording) return;
    const waiting = this.#starting;
    this.#starting ??= withResolvers();
    const { promise } = this.#starting;
    if (!waiting) this.#core.toggleRecording();
    return promise;
  }

  async stop() {
    // What is just being begun is ended once it has.
    await this.#starting?.promise;
    if (!this.#recording) {
      if (this.#take) return this.#take;
      throw problem(this.#tag, "not_recording");
    }
    this.#stopping ??= withResolvers();
    this.#core?.endRecording();
    return this.#stopping.promise;
  }

  get paused() {
    return this.#paused;
  }

  pause() {
    this.#pause(true);
  }

  resume() {
    this.#pause(false);
  }

  #pause(isPaused) {
    if (!this.#recording || this.#stopping) return;
    this.#paused = isPaused;
    this.#core?.pauseRecording(isPaused);
  }

  async takes() {
    return (await recorder()).takes();
  }
}

attributes(CallreelRoom, TEXTS);

if (globalThis.customElements && !customElements.get("callreel-room")) {
  customElements.define("callreel-room", CallreelRoom);
}

export { CallreelError, Room, joinRoom } from "./join.js";
