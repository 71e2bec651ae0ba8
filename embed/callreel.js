// Recording without a face: the functions of the package. What they promise is in `callreel.d.ts`.

import init, * as core from "./core.js";
import { CallreelError, Take, build, stopAll, text, withResolvers } from "./shared.js";
import { isHere } from "./workers.js";

const { load, ask, speak, say, problem, addressOr } = build(init, core, () => import("./zh-CN.js"));

export { CallreelError, Take, problem, say, speak };

async function open(source, lang, act) {
  await load(lang);
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
  try {
    return await open("screen", lang, () => asked);
  } catch (error) {
    // The person may choose a screen, or has, although nobody gets it any more.
    asked.then(stopAll, () => {});
    throw error;
  }
}

export const takes = async () => (await ask(() => core.takes())).map((found) => new Take(found, removeTake));

export const removeTake = (id) => ask(() => core.removeTake(String(id)));

export function makeSeekable(file) {
  if (!(file instanceof Blob)) throw new TypeError("makeSeekable wants a Blob");
  return ask(() => core.makeSeekable(file));
}

const number = (name, value, least, most) => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`${name} must be a number from ${least} to ${most}`);
  }
  return value;
};

const checked = (stream, options, tag) => ({
  source: text(options.source) ?? (stream.getVideoTracks().length ? "camera" : "microphone"),
  format: text(options.format),
  bitRate: number("bitRate", options.bitRate, 1_000, 100_000_000),
  timeslice: number("timeslice", options.timeslice, 10, 10_000),
  maxDuration: number("maxDuration", options.maxDuration, 1, Number.MAX_SAFE_INTEGER),
  title: text(options.title) ?? document.title,
  upload: Boolean(options.upload),
  server: options.upload ? addressOr(tag, options.server) : "",
  ownerKey: text(options.ownerKey),
  token: text(options.token),
});

export class Recording extends EventTarget {
  #core;
  #tag;
  #began = false;
  #take;
  #over = withResolvers();

  constructor(tag) {
    super();
    this.#tag = tag;
  }

  async begin(stream, options) {
    try {
      this.#core = await ask(() => core.record(stream, options, this.#hearer()));
    } catch (error) {
      throw error instanceof CallreelError ? problem(this.#tag, error.code, error.message) : error;
    }
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
        this.#take = new Take(found, removeTake);
        this.#tell("recordingstop", this.#take);
        if (found.durable) this.#tell("recordingsaved", this.#take);
        this.#tell("change", undefined);
        this.#over.resolve(this.#take);
      },
      problem: (code, detail) => this.#tell("error", problem(this.#tag, code, detail)),
      uploading: (id, state, sent, held) => this.#tell("uploadprogress", { id, state, sent, held }),
      uploaded: (id, recording, address) => {
        Object.assign(this.#take ?? {}, { recording, address });
        this.#tell("uploadcomplete", { id, take: this.#take, recording, address });
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

export async function record(stream, options = {}) {
  if (!(stream instanceof MediaStream)) throw new TypeError("record wants a MediaStream");
  const tag = await speak(options.lang);
  const wanted = checked(stream, options, tag);
  return new Recording(tag).begin(stream, wanted);
}

export async function resumeUploads(options = {}) {
  const tag = await speak(options.lang);
  const wanted = { server: addressOr(tag, options.server), token: text(options.token) };
  const uploads = new EventTarget();
  const tell = (name, detail) => uploads.dispatchEvent(new CustomEvent(name, { detail }));
  const hearer = {
    problem: (code, detail) => tell("error", problem(tag, code, detail)),
    uploading: (id, state, sent, held) => tell("uploadprogress", { id, state, sent, held }),
    uploaded: (id, recording, address) => tell("uploadcomplete", { id, take: undefined, recording, address }),
  };
  await ask(() => core.resumeUploads(wanted, hearer));
  return uploads;
}
