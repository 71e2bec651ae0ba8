// `<callreel-recorder>`. What it promises is in `recorder.d.ts`.

import { CallreelError, openCamera, openScreen, problem, record, resumeUploads, say, speak, takes } from "./callreel.js";
import { build, clock, explain } from "./face.js";
import { Base, attributes, upgrade } from "./shared.js";

const SOURCES = ["camera", "microphone", "screen"];

// Attributes and the properties of the same name.
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
  "facing-mode": "facingMode",
  format: "format",
  theme: "theme",
  name: "name",
};
const SECRETS = { "owner-key": "ownerKey", token: "token" };

export class CallreelRecorder extends Base {
  static formAssociated = true;
  static observedAttributes = ["lang", "source"];

  #internals = this.attachInternals?.();
  #root = this.attachShadow?.({ mode: "open" });
  #parts;
  #tag = "en";
  // Counts visits in the page: what was asked for in an earlier one is given back when it comes.
  #visit = 0;
  #ready;
  #stream;
  #opening;
  #starting;
  #recording;
  #take;
  #url;
  #error;
  #upload = "";
  #drawn = "";
  // Its sentences are there, and with them the code.
  #loaded = false;

  constructor() {
    super();
    if (!this.#root) return;
    this.#parts = build(this.#root);
    const { open, start, stop, pause, resume, again } = this.#parts;
    const on = (button, act) => button.addEventListener("click", () => act().catch(() => {}));
    on(open, () => this.open());
    on(again, () => this.open());
    on(start, () => this.start());
    on(stop, () => this.stop());
    on(pause, async () => this.pause());
    on(resume, async () => this.resume());
  }

  connectedCallback() {
    if (this.#ready) return;
    const visit = ++this.#visit;
    upgrade(this, [NUMBERS, TEXTS, SECRETS].flatMap(Object.values).concat("upload", "source"));
    this.#ready = this.#load(visit);
    this.#ready.catch((error) => visit === this.#visit && this.#fail(error));
  }

  // What a page moves within itself, as frameworks do, is not taken away.
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#leave());
  }

  attributeChangedCallback(name) {
    if (!this.isConnected || !this.#ready) return;
    if (name === "lang") this.#load(this.#visit).catch(() => {});
    else this.#draw();
  }

  formResetCallback() {
    this.#forget();
    this.#draw();
  }

  async #load(visit) {
    const tag = await speak(this.lang || this.closest("[lang]")?.lang);
    if (visit !== this.#visit) return;
    this.#tag = tag;
    this.#loaded = true;
    this.#drawn = "";
    this.#draw();
    // What can't be gone on with now is on the next visit.
    if (this.upload) resumeUploads().catch(() => {});
  }

  #leave() {
    this.#visit++;
    this.#ready = undefined;
    // The take is kept: what was recorded is not lost because an element went.
    this.#recording?.stop().catch(() => {});
    this.#recording = undefined;
    this.#opening = undefined;
    this.#starting = undefined;
    this.#error = undefined;
    this.#upload = "";
    this.#close();
    this.#forget();
    this.#draw();
  }

  #close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    if (this.#parts.video.srcObject) this.#parts.video.srcObject = null;
  }

  #forget() {
    this.#take = undefined;
    this.#internals?.setFormValue?.(null);
    if (!this.#url) return;
    this.#parts.replay.removeAttribute("src");
    this.#parts.replay.load();
    this.#parts.download.removeAttribute("href");
    URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }

  get source() {
    const wanted = this.getAttribute("source");
    return SOURCES.includes(wanted) ? wanted : "camera";
  }

  set source(value) {
    this.setAttribute("source", value);
  }

  get upload() {
    return this.hasAttribute("upload");
  }

  set upload(value) {
    this.toggleAttribute("upload", Boolean(value));
  }

  get state() {
    if (this.#recording) return this.#recording.state;
    if (this.#starting || this.#opening) return "starting";
    return this.#stream ? "open" : this.#take ? "stopped" : "idle";
  }

  get take() {
    return this.#take;
  }

  get form() {
    return this.#internals?.form ?? null;
  }

  /** Opens the source, so that it is seen before it is recorded. */
  async open() {
    if (this.#stream || !this.isConnected) return;
    return (this.#opening ??= this.#openNow());
  }

  async #openNow() {
    const visit = this.#visit;
    this.#error = undefined;
    this.#draw();
    try {
      // Long there when somebody clicks: a screen can only be asked for just after that.
      await this.#ready;
      const stream = await this.#ask();
      if (visit !== this.#visit) {
        for (const track of stream.getTracks()) track.stop();
        throw new CallreelError("removed", "the element was removed");
      }
      this.#forget();
      this.#stream = stream;
      const { video } = this.#parts;
      video.muted = true;
      video.srcObject = stream;
      // Without it the picture only moves once the person clicks.
      video.play().catch(() => {});
      const lost = () => this.#stream === stream && !this.#recording && this.#shut();
      for (const track of stream.getTracks()) track.addEventListener("ended", lost, { once: true });
    } catch (error) {
      if (visit === this.#visit) this.#fail(error);
      throw error;
    } finally {
      if (visit === this.#visit) this.#opening = undefined;
      this.#draw();
    }
  }

  #shut() {
    this.#close();
    this.#draw();
  }

  #ask() {
    const wish = (value) => (value === null ? undefined : { ideal: value });
    const facing = this.facingMode;
    const video = { width: wish(this.width), height: wish(this.height), frameRate: wish(this.frameRate) };
    for (const [name, value] of Object.entries(video)) if (!value) delete video[name];
    const lang = this.#tag;
    if (this.source === "screen") return openScreen({ video, audio: true, lang });
    if (this.source === "microphone") return openCamera({ video: false, audio: true, lang });
    if (["user", "environment", "left", "right"].includes(facing)) video.facingMode = facing;
    return openCamera({ video, audio: true, lang });
  }

  async start() {
    if (this.#recording) return;
    return (this.#starting ??= this.#startNow());
  }

  async #startNow() {
    const visit = this.#visit;
    try {
      if (!this.isConnected) throw new CallreelError("removed", "the element is in no page");
      await this.open();
      this.#draw();
      const recording = await record(this.#stream, {
        source: this.source,
        format: this.format || undefined,
        bitRate: this.bitRate ?? undefined,
        timeslice: this.timeslice ?? undefined,
        maxDuration: this.maxDuration ?? undefined,
        title: this.title || undefined,
        upload: this.upload,
        server: this.server || undefined,
        ownerKey: this.ownerKey || undefined,
        token: this.token || undefined,
        lang: this.#tag,
      });
      if (visit !== this.#visit) {
        recording.stop().catch(() => {});
        throw new CallreelError("removed", "the element was removed");
      }
      this.#follow(recording);
    } catch (error) {
      if (visit === this.#visit) this.#fail(error);
      throw error;
    } finally {
      if (visit === this.#visit) this.#starting = undefined;
      this.#draw();
    }
  }

  #follow(recording) {
    this.#recording = recording;
    this.#upload = "";
    this.#error = !recording.durable && recording.inPage ? problem(this.#tag, "not_durable") : undefined;
    const isOurs = () => this.#recording === recording || (recording.taken && this.#take === recording.taken);
    const on = (name, act) => recording.addEventListener(name, act);
    on("change", () => this.#recording === recording && this.#draw());
    on("recordingstop", ({ detail }) => {
      if (this.#recording !== recording) return this.#tell("recordingstop", detail);
      this.#recording = undefined;
      recording.taken = detail;
      this.#close();
      this.#keep(detail);
      this.#draw();
      this.#tell("recordingstop", detail);
    });
    on("uploadprogress", ({ detail }) => {
      if (isOurs()) this.#showUpload(detail);
      this.#tell("uploadprogress", detail);
    });
    on("error", ({ detail }) => {
      if (isOurs()) {
        if (detail.code === "no_track") {
          this.#recording = undefined;
          this.#close();
        }
        return this.#fail(detail);
      }
      this.#tell("error", detail);
    });
    for (const name of ["recordingsaved", "uploadcomplete"]) {
      on(name, ({ detail }) => this.#tell(name, detail));
    }
    // It may have begun, or be over, before anybody listened.
    this.#tell("recordingstart", { durable: recording.durable });
  }

  #keep(take) {
    this.#forget();
    this.#take = take;
    this.#url = URL.createObjectURL(take.blob);
    this.#parts.replay.src = this.#url;
    this.#parts.download.href = this.#url;
    this.#parts.download.download = take.fileName;
    this.#internals?.setFormValue?.(new File([take.blob], take.fileName, { type: take.blob.type }));
  }

  stop() {
    if (!this.#recording) {
      return this.#take
        ? Promise.resolve(this.#take)
        : Promise.reject(new CallreelError("not_recording", "nothing is being recorded"));
    }
    return this.#recording.stop();
  }

  pause() {
    this.#recording?.pause();
  }

  resume() {
    this.#recording?.resume();
  }

  takes() {
    return takes();
  }

  #tell(name, detail) {
    // An error that bubbled would reach the page's own handler for scripts that fail.
    const bubbles = name !== "error";
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles, composed: bubbles }));
  }

  #fail(error) {
    this.#error = error;
    this.#draw();
    this.#tell("error", error);
  }

  #showUpload({ state, sent, held }) {
    const percent = held > 0 ? Math.floor((sent / held) * 100) : 0;
    const key = { sending: "sending", up_to_date: "sending", waiting: "waiting", complete: "complete" }[state];
    this.#upload = key ? say(this.#tag, `upload.${key}`, { percent: Math.min(percent, 100) }) : "";
    this.#draw();
  }

  #draw() {
    if (!this.#parts) return;
    const state = this.state;
    const { time, status, frame } = this.#parts;
    frame.inert = !this.#loaded;
    if (!this.#loaded) return;
    time.textContent = clock(this.#recording?.elapsed ?? this.#take?.duration ?? 0);
    // All else changes seldom, and a page that is read aloud must not be told four times a second.
    const seen = [state, this.source, this.#tag, this.#upload, this.#error?.message, this.#take?.id, this.#url].join("\n");
    if (this.#drawn === seen) return;
    this.#drawn = seen;
    const words = (key, values) => say(this.#tag, `recorder.${key}`, values);
    const isAudio = this.source === "microphone";
    const isRunning = state === "recording" || state === "paused" || state === "stopping";
    const isPaused = state === "paused";
    const { open, start, stop, pause, resume, again, download, video, replay, idle, message } = this.#parts;
    const label = (element, text, isShown) => {
      element.textContent = text;
      element.hidden = !isShown;
    };
    frame.lang = this.#tag;
    frame.setAttribute("aria-label", words("label"));
    video.setAttribute("aria-label", words("preview"));
    replay.setAttribute("aria-label", words("replay"));
    time.setAttribute("aria-label", words("time"));
    const source = this.source === "camera" ? "" : `.${this.source}`;
    label(open, words(this.#error ? "try_again" : `open${source}`), state === "idle");
    label(start, words("start"), state === "open" || state === "starting");
    label(stop, words("stop"), isRunning);
    label(pause, words("pause"), isRunning && !isPaused);
    label(resume, words("resume"), isPaused);
    label(again, words("again"), state === "stopped");
    label(download, words("download"), state === "stopped");
    start.disabled = state === "starting";
    for (const button of [stop, pause, resume]) button.disabled = state === "stopping";
    video.hidden = !this.#stream || isAudio;
    video.classList.toggle("mirrored", this.source === "camera" && this.facingMode !== "environment");
    replay.hidden = !this.#take || Boolean(this.#stream);
    idle.hidden = !video.hidden || !replay.hidden;
    time.hidden = !isRunning && state !== "stopped";
    const kept = () => words(this.#take.durable ? "saved" : "kept");
    const said = { starting: "starting", recording: "recording", paused: "paused", stopping: "saving" }[state];
    status.textContent = [said ? words(said) : state === "stopped" ? kept() : "", this.#upload].filter(Boolean).join(" · ");
    explain(message, this.#error, words("line"));
  }
}

attributes(CallreelRecorder, { numbers: NUMBERS, texts: TEXTS, secrets: SECRETS });

if (globalThis.customElements && !customElements.get("callreel-recorder")) {
  customElements.define("callreel-recorder", CallreelRecorder);
}

export * from "./callreel.js";
