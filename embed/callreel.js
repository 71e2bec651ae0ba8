// Recording without a face: the functions of the package. What they promise is in `callreel.d.ts`.

import init, * as core from "./core.js";
import { CallreelError, Take, address, build, text, withResolvers } from "./shared.js";
import { isHere } from "./workers.js";

const { load, ask, speak, say, problem } = build(init, core, () => import("./zh-CN.js"));

export { CallreelError, Take, problem, say, speak };

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
  #over = withResolvers();

  constructor(tag) {
    super();
    this.#tag = tag;
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
        this.#take = new Take(found, removeTake);
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
