// `<callreel-recorder>`. What it promises is in `recorder.d.ts`.

import { openCamera, openScreen, problem, record, resumeUploads, say, speak, takes } from "./callreel.js";
import { build, clock, draw, drawFailure, passFocus } from "./face.js";
import { Base, attributes, dispatch, langOf, namesOf, pass, stopAll, upgrade, within, withoutCore } from "./shared.js";

const SOURCES = ["camera", "microphone", "screen"];

const TEXTS = {
  server: "server",
  "facing-mode": "facingMode",
  format: "format",
  theme: "theme",
  name: "name",
};

export class CallreelRecorder extends Base {
  static formAssociated = true;
  static observedAttributes = ["lang", "source", "facing-mode", "upload", "token"];

  #internals = this.attachInternals?.();
  #root = this.attachShadow?.({ mode: "open" });
  #parts;
  #tag = "en";
  // Counts visits in the page: what was asked for in an earlier one is given back when it comes.
  #visit = 0;
  #ready;
  // Counts the changes of the language: only what the last one wants is drawn.
  #asked = 0;
  #stream;
  // What the stream is of: the attribute may be another by now.
  #opened;
  #opening;
  #starting;
  #recording;
  #take;
  #url;
  #error;
  #upload = "";
  #sent = 0;
  // How much the server had when the upload got stuck.
  #stuckAt = 0;
  #drawn = "";
  // Its sentences are there, and with them the code.
  #loaded = false;
  // They could not be loaded; whoever wants something has it tried again.
  #failed = false;

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
    ++this.#visit;
    upgrade(this, [...namesOf(TEXTS), "upload", "source"]);
    this.#begin();
  }

  // What a page moves within itself, as frameworks do, is not taken away.
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#leave());
  }

  attributeChangedCallback(name) {
    if (!this.isConnected || !this.#ready) return;
    if (name === "lang") return void this.#speak(this.#visit).catch(() => {});
    if (name === "upload" || name === "token") return this.#loaded && this.#resume();
    // What is seen is what would be recorded.
    const isOther = this.#stream && this.#opened !== this.source;
    if (isOther && !this.#recording && !this.#starting) this.#close();
    this.#draw();
  }

  formResetCallback() {
    this.#forget();
    this.#draw();
  }

  #begin() {
    const visit = this.#visit;
    this.#failed = false;
    this.#ready = this.#load(visit);
    this.#ready.catch((error) => {
      if (visit !== this.#visit) return;
      this.#failed = true;
      this.#fail(error);
    });
  }

  async #load(visit) {
    await this.#speak(visit);
    // What can't be gone on with now is on the next visit.
    if (visit === this.#visit) this.#resume();
  }

  async #speak(visit) {
    const asked = ++this.#asked;
    const tag = await speak(langOf(this));
    if (visit !== this.#visit || asked !== this.#asked) return;
    this.#tag = tag;
    this.#loaded = true;
    this.#drawn = "";
    this.#draw();
  }

  #resume() {
    if (!this.upload) return;
    const resumed = resumeUploads({ server: this.server, token: this.token || undefined, lang: this.#tag });
    resumed.then((uploads) => pass(uploads, ["uploadprogress", "uploadcomplete", "error"], this)).catch(() => {});
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
    stopAll(this.#stream);
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
    if (this.#failed) this.#begin();
    this.#error = undefined;
    this.#draw();
    try {
      // Long there when somebody clicks: a screen can only be asked for just after that.
      await this.#ready;
      let source = this.source;
      let stream = await this.#ask(source);
      // By the time that the person has answered, the page may want another.
      while (visit === this.#visit && source !== this.source) {
        stopAll(stream);
        source = this.source;
        stream = await this.#ask(source);
      }
      if (visit !== this.#visit) {
        stopAll(stream);
        throw problem(this.#tag, "removed");
      }
      this.#forget();
      this.#stream = stream;
      this.#opened = source;
      const { video } = this.#parts;
      video.muted = true;
      video.srcObject = stream;
      // Without it the picture only moves once the person clicks.
      video.play().catch(() => {});
      const lost = () => this.#stream === stream && !this.#recording && (this.#close(), this.#draw());
      for (const track of stream.getTracks()) track.addEventListener("ended", lost, { once: true });
    } catch (error) {
      if (visit === this.#visit && error !== this.#error) this.#fail(error);
      throw error;
    } finally {
      if (visit === this.#visit) this.#opening = undefined;
      this.#draw();
    }
  }

  #ask(source) {
    const wish = (value) => (value === null ? undefined : { ideal: value });
    const facing = this.facingMode;
    const video = { width: wish(this.width), height: wish(this.height), frameRate: wish(this.frameRate) };
    for (const [name, value] of Object.entries(video)) if (!value) delete video[name];
    const lang = this.#tag;
    if (source === "screen") return openScreen({ video, audio: true, lang });
    if (source === "microphone") return openCamera({ video: false, audio: true, lang });
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
      if (!this.isConnected) throw problem(this.#tag, "removed");
      await this.open();
      this.#draw();
      if (!this.#stream) throw problem(this.#tag, "no_track");
      const recording = await record(this.#stream, {
        source: this.#opened,
        format: this.format || undefined,
        bitRate: within(this.bitRate, 1_000, 100_000_000),
        timeslice: within(this.timeslice, 10, 10_000),
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
        throw problem(this.#tag, "removed");
      }
      this.#follow(recording);
    } catch (error) {
      if (visit === this.#visit && error !== this.#error) this.#fail(error);
      throw error;
    } finally {
      if (visit === this.#visit) this.#starting = undefined;
      this.#draw();
    }
  }

  #follow(recording) {
    this.#recording = recording;
    this.#upload = "";
    this.#sent = 0;
    this.#error = !recording.durable && recording.inPage ? problem(this.#tag, "not_durable") : undefined;
    const isOurs = () => this.#recording === recording || (recording.taken && this.#take === recording.taken);
    const on = (name, act) => recording.addEventListener(name, act);
    on("change", () => this.#recording === recording && this.#draw());
    on("recordingstop", ({ detail }) => {
      if (this.#recording !== recording) return dispatch(this, "recordingstop", detail);
      this.#recording = undefined;
      recording.taken = detail;
      this.#close();
      this.#keep(detail);
      this.#draw();
      dispatch(this, "recordingstop", detail);
    });
    on("uploadprogress", ({ detail }) => {
      if (isOurs()) this.#showUpload(detail);
      dispatch(this, "uploadprogress", detail);
    });
    on("error", ({ detail }) => {
      if (isOurs()) {
        if (detail.code === "no_track") {
          this.#recording = undefined;
          this.#close();
        }
        return this.#fail(detail);
      }
      dispatch(this, "error", detail);
    });
    pass(recording, ["recordingsaved", "uploadcomplete"], this);
    // It may have begun, or be over, before anybody listened.
    dispatch(this, "recordingstart", { durable: recording.durable });
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

  async stop() {
    // What is just being begun is ended once it has.
    await this.#starting;
    if (this.#recording) return this.#recording.stop();
    if (this.#take) return this.#take;
    throw problem(this.#tag, "not_recording");
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

  #fail(error) {
    this.#error = error;
    this.#stuckAt = this.#sent;
    this.#draw();
    dispatch(this, "error", error);
  }

  #showUpload({ state, sent, held }) {
    const percent = held > 0 ? Math.floor((sent / held) * 100) : 0;
    const key = { sending: "sending", up_to_date: "sending", waiting: "waiting", complete: "complete" }[state];
    this.#upload = key ? say(this.#tag, `upload.${key}`, { percent: Math.min(percent, 100) }) : "";
    this.#sent = sent;
    // It goes again: what was wrong is over.
    const isOver = this.#error?.code?.startsWith("upload_") && (sent > this.#stuckAt || state === "complete");
    if (isOver) this.#error = undefined;
    this.#draw();
  }

  #draw() {
    if (!this.#parts) return;
    if (!this.#loaded) return this.#failed && drawFailure(this.#parts, this.#error, withoutCore(langOf(this)));
    const { state, source } = this;
    this.#parts.time.textContent = clock(this.#recording?.elapsed ?? this.#take?.duration ?? 0);
    const shown = this.#stream ? this.#opened : source;
    const now = {
      tag: this.#tag,
      state,
      source: shown,
      stream: this.#stream,
      take: this.#take,
      error: this.#error,
      upload: this.#upload,
      isMirrored: shown === "camera" && this.facingMode !== "environment",
    };
    // All else changes seldom, and a page that is read aloud must not be told four times a second.
    const { message } = this.#error ?? {};
    const seen = [state, now.source, now.isMirrored, this.#tag, this.#upload, message, this.#take?.id, this.#url];
    if (this.#drawn === seen.join("\n")) return;
    this.#drawn = seen.join("\n");
    const before = this.#root.activeElement;
    draw(this.#parts, now, (key) => say(this.#tag, `recorder.${key}`));
    passFocus(this.#parts, this.#root, before);
  }
}

attributes(CallreelRecorder, TEXTS);

if (globalThis.customElements && !customElements.get("callreel-recorder")) {
  customElements.define("callreel-recorder", CallreelRecorder);
}

export * from "./callreel.js";
