// What all files of the package have in common; nothing of it needs the wasm.

export class CallreelError extends Error {
  name = "CallreelError";

  constructor(code, message, { steps = [], line } = {}) {
    super(message);
    this.code = code;
    this.steps = steps;
    this.line = line;
  }
}

// What the wasm throws is `{code, message}`.
const failed = (error) =>
  error instanceof Error ? error : new CallreelError(error.code, error.message || error.code);

// What is said where the wasm, which has all other sentences, could not be loaded.
const WITHOUT_CORE = {
  en: { tag: "en", failed: "Callreel could not be loaded: ", again: "Try again" },
  zh: { tag: "zh-CN", failed: "无法加载 Callreel：", again: "重试" },
};
export const withoutCore = (lang) => WITHOUT_CORE[/^zh\b/i.test(lang || navigator.language) ? "zh" : "en"];

/**
 * A build of the wasm and its sentences: `init` loads it, `core` has its exports, `sentences` loads those
 * of the other language.
 */
export function build(init, core, sentences) {
  let loading;
  let isThere = false;
  const load = async (lang) => {
    try {
      await (loading ??= init());
      isThere = true;
    } catch (error) {
      // The network may be back the next time.
      loading = undefined;
      throw new CallreelError("not_loaded", withoutCore(lang).failed + error.message);
    }
  };

  const ask = async (act) => {
    await load();
    try {
      return await act();
    } catch (error) {
      throw failed(error);
    }
  };

  /** Loads the sentences of the language nearest to `wanted`, and gives its tag. */
  const speak = async (wanted) => {
    await load(wanted);
    const tag = core.language(wanted || undefined);
    if (tag === "en") return tag;
    try {
      core.addSentences(tag, (await sentences()).default);
      return tag;
    } catch {
      // English is built in; whoever asks the next time may get theirs.
      return "en";
    }
  };

  const find = (tag, key) => (isThere && core.say(tag, key)) || "";

  /** A sentence, with each `%{name}` replaced. */
  const say = (tag, key, values = {}) =>
    find(tag, key).replace(/%\{(\w+)\}/g, (_, name) => values[name] ?? "");

  /** A problem in words. */
  const problem = (tag, code, detail = "") => {
    const key = find(tag, `problem.${code}`) ? code : "other";
    const text = key === "other" ? `${code} ${detail}`.trim() : detail || location.origin;
    return new CallreelError(code, say(tag, `problem.${key}`, { detail: text }) || text);
  };

  /** The address of a server, or a refusal in that language. */
  const addressOr = (tag, server) => {
    try {
      return address(server);
    } catch (error) {
      throw problem(tag, error.code, server);
    }
  };

  return { load, ask, speak, say, problem, addressOr };
}

export class Take {
  address = "";
  recording = "";
  #remove;

  constructor(found, remove) {
    Object.assign(this, found);
    this.#remove = remove;
  }

  get fileName() {
    const plain = this.title.replace(/[\p{C}\s\\/:*?"<>|]+/gu, " ").trim().slice(0, 100);
    return `${plain || "take"}.${this.extension}`;
  }

  remove() {
    return this.#remove(this.id);
  }
}

// Where this module was served by a Callreel server, that is the one to work with.
const served = /^(.*)\/embed\/[^/]+\/shared\.js$/.exec(import.meta.url)?.[1] ?? "";

/** The address of a server without a slash behind it. */
export function address(server) {
  if (!server) return served;
  const parsed = URL.canParse(server, document.baseURI) ? new URL(server, document.baseURI) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    throw new CallreelError("bad_server", `${server} is no address of a server`);
  }
  return (parsed.origin + parsed.pathname).replace(/\/+$/, "");
}

/** What is no number in these bounds counts as absent. */
export const within = (value, least, most) => (value >= least && value <= most ? value : undefined);

export const stopAll = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** An element tells its page. */
export function dispatch(element, name, detail) {
  // An error that bubbled would reach the page's own handler for scripts that fail.
  const bubbles = name !== "error";
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles, composed: bubbles }));
}

/** What a `Recording` or resumed uploads tell, an element tells, too. */
export function pass(from, names, element) {
  for (const name of names) from.addEventListener(name, ({ detail }) => dispatch(element, name, detail));
}

/** The language that an element's surroundings ask for. */
export const langOf = (element) => element.lang || element.closest("[lang]")?.lang;

export const text = (value) => (value === undefined || value === null ? undefined : String(value));

/** A promise with what settles it. */
export const withResolvers = () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  // Nobody may be waiting.
  made.promise.catch(() => {});
  return made;
};

// Where there is no document (a server that draws pages), importing an element defines nothing.
export const Base = globalThis.HTMLElement ?? class {};

// Attributes of both elements and the properties of the same name. What is no number above 0 counts as
// absent. Secrets are read from attributes, but a property never becomes one, which scripts and styles of
// the page could read.
const NUMBERS = {
  width: "width",
  height: "height",
  "frame-rate": "frameRate",
  "bit-rate": "bitRate",
  timeslice: "timeslice",
  "max-duration": "maxDuration",
};
const SECRETS = { "owner-key": "ownerKey", token: "token" };

/** All attributes of an element that has these texts, and all properties. */
export const attributesOf = (texts) => Object.keys({ ...NUMBERS, ...texts, ...SECRETS });
export const namesOf = (texts) => Object.values({ ...NUMBERS, ...texts, ...SECRETS });

/** Gives a class of elements properties for its attributes: `texts` are those of this element alone. */
export function attributes(element, texts) {
  const kept = new WeakMap();
  const secretsOf = (one) => kept.get(one) ?? kept.set(one, {}).get(one);
  for (const [attribute, property] of Object.entries({ ...NUMBERS, ...texts, ...SECRETS })) {
    const isNumber = attribute in NUMBERS;
    Object.defineProperty(element.prototype, property, {
      configurable: true,
      enumerable: true,
      get() {
        if (attribute in SECRETS && property in secretsOf(this)) return secretsOf(this)[property];
        const value = this.getAttribute(attribute);
        if (!isNumber) return value ?? "";
        const number = Number(value);
        return value !== null && value.trim() !== "" && Number.isFinite(number) && number > 0 ? number : null;
      },
      set(value) {
        if (attribute in SECRETS) {
          secretsOf(this)[property] = String(value ?? "");
          this.attributeChangedCallback?.(attribute);
        } else if (value === null || value === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value);
      },
    });
  }
}

/** Properties that were set before the element was known hide the accessors. */
export function upgrade(element, names) {
  for (const name of names) {
    if (!Object.hasOwn(element, name)) continue;
    const value = element[name];
    delete element[name];
    element[name] = value;
  }
}
