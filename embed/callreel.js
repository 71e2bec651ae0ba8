// Recording without a face: the functions of the package. What they promise is in `callreel.d.ts`.

import init, * as core from "./core.js";
import { isHere } from "./workers.js";

let loading;
const load = () =>
  (loading ??= init().catch((error) => {
    // The network may be back the next time.
    loading = undefined;
    throw new CallreelError("not_loaded", `Callreel could not be loaded: ${error.message}`);
  }));

export class CallreelError extends Error {
  name = "CallreelError";

  constructor(code, message, { steps = [], line } = {}) {
    super(message);
    this.code = code;
    this.steps = steps;
    this.line = line;
  }
}

// What the core throws is `{code, message}`.
const failed = (error) =>
  error instanceof Error ? error : new CallreelError(error.code, error.message || error.code);

const ask = async (act) => {
  await load();
  try {
    return await act();
  } catch (error) {
    throw failed(error);
  }
};

/** Loads the sentences of the language nearest to `wanted`, and gives its tag. */
export async function speak(wanted) {
  await load();
  const tag = core.language(wanted || undefined);
  if (tag !== "en") core.addSentences(tag, (await import("./zh-CN.js")).default);
  return tag;
}

/** A sentence, with each `%{name}` replaced. */
export const say = (tag, key, values = {}) =>
  (core.say(tag, key) ?? "").replace(/%\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** A problem in words. */
export function problem(tag, code, detail = "") {
  const key = core.say(tag, `problem.${code}`) ? code : "other";
  const text = key === "other" ? `${code} ${detail}`.trim() : detail || location.origin;
  return new CallreelError(code, say(tag, `problem.${key}`, { detail: text }));
}

async function open(source, lang, act) {
  await load();
  try {
    return await act(navigator.mediaDevices);
  } catch (error) {
    const tag = await speak(lang);
    const { code, message, steps, line } = await core.refusal(error, source, tag);
    throw new CallreelError(code, message, { steps, line });
  }
}

export const devices = () => ask(() => core.devices());

export async function openCamera({ video = true, audio = true, lang } = {}) {
  return open(video ? "camera" : "microphone", lang, (media) => {
    // Without the interface this throws, which is explained like any refusal.
    return media.getUserMedia({ video, audio });
  });
}

export async function openScreen({ video = true, audio = true, lang } = {}) {
  // Before anything else: the browser wants a click just before.
  const asked = Promise.resolve().then(() => navigator.mediaDevices.getDisplayMedia({ video, audio }));
  asked.catch(() => {});
  return open("screen", lang, () => asked);
}

export class Take {
  address = "";
  recording = "";

  constructor(found) {
    Object.assign(this, found);
  }

  get fileName() {
    const plain = this.title.replace(/[\p{C}\s\\/:*?"<>|]+/gu, " ").trim().slice(0, 100);
    return `${plain || "take"}.${this.extension}`;
  }

  remove() {
    return ask(() => core.removeTake(this.id));
  }
}

export const takes = async () => (await ask(() => core.takes())).map((found) => new Take(found));

export const removeTake = (id) => ask(() => core.removeTake(String(id)));

export function makeSeekable(file) {
  if (!(file instanceof Blob)) throw new TypeError("makeSeekable wants a Blob");
  return ask(() => core.makeSeekable(file));
}

// Where this module was served by a Callreel server, that is the one to upload to.
const served = /^(.*)\/embed\/[^/]+\/callreel\.js$/.exec(import.meta.url)?.[1] ?? "";

function address(server) {
  if (!server) return served;
  const parsed = URL.canParse(server, document.baseURI) ? new URL(server, document.baseURI) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    throw new CallreelError("bad_server", `${server} is no address of a server`);
  }
  return (parsed.origin + parsed.pathname).replace(/\/+$/, "");
}

const number = (name, value, least, most) => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`${name} must be a number from ${least} to ${most}`);
  }
  return value;
};

const text = (value) => (value === undefined || value === null ? undefined : String(value));

const checked = (stream, options) => ({
  source: text(options.source) ?? (stream.getVideoTracks().length ? "camera" : "microphone"),
  format: text(options.format),
  bitRate: number("bitRate", options.bitRate, 1_000, 100_000_000),
  timeslice: number("timeslice", options.timeslice, 10, 10_000),
  maxDuration: number("maxDuration", options.maxDuration, 1, Number.MAX_SAFE_INTEGER),
  title: text(options.title) ?? document.title,
  upload: Boolean(options.upload),
  server: options.upload ? address(options.server) : "",
  ownerKey: text(options.ownerKey),
  token: text(options.token),
});

export class Recording extends EventTarget {
  #core;
  #tag;
  #began = false;
  #take;
  #over = Promise.withResolvers?.() ?? withResolvers();

  constructor(tag) {
    super();
    this.#tag = tag;
    // Nobody may be waiting.
    this.#over.promise.catch(() => {});
  }

  async begin(stream, options) {
    this.#core = await ask(() => core.record(stream, options, this.#hearer()));
    this.#moved();
    return this;
  }

  #moved() {
    if (this.state === "recording" && !this.#began) {
      this.#began = true;
      this.#tell("recordingstart", { durable: this.durable });
    }
    this.#tell("change", undefined);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #hearer() {
    return {
      moved: () => this.#moved(),
      finished: (found) => {
        if (!found) {
          const error = problem(this.#tag, "no_track");
          this.#tell("error", error);
          this.#over.reject(error);
          return;
        }
        this.#take = new Take(found);
        this.#tell("recordingstop", this.#take);
        if (found.durable) this.#tell("recordingsaved", this.#take);
        this.#tell("change", undefined);
        this.#over.resolve(this.#take);
      },
      problem: (code, detail) => this.#tell("error", problem(this.#tag, code, detail)),
      uploading: (state, sent, held) => this.#tell("uploadprogress", { state, sent, held }),
      uploaded: (recording, address) => {
        Object.assign(this.#take ?? {}, { recording, address });
        this.#tell("uploadcomplete", { take: this.#take, recording, address });
      },
    };
  }

  get state() {
    return this.#core?.state ?? "starting";
  }

  get elapsed() {
    return this.#core?.elapsed ?? 0;
  }

  get durable() {
    return this.#core?.durable ?? false;
  }

  get inPage() {
    return isHere();
  }

  get finished() {
    return this.#over.promise;
  }

  pause() {
    this.#core.pause();
  }

  resume() {
    this.#core.resume();
  }

  stop() {
    this.#core.stop();
    return this.finished;
  }
}

const withResolvers = () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

export async function record(stream, options = {}) {
  if (!(stream instanceof MediaStream)) throw new TypeError("record wants a MediaStream");
  const wanted = checked(stream, options);
  const tag = await speak(options.lang);
  return new Recording(tag).begin(stream, wanted);
}

let resumed;
/** Goes on with the uploads that earlier visits did not finish; once a page. */
export const resumeUploads = () =>
  (resumed ??= ask(() => {
    const nobody = () => {};
    return core.resumeUploads({ problem: nobody, uploading: nobody, uploaded: nobody });
  }));
