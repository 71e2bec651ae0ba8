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

/**
 * A build of the wasm and its sentences: `init` loads it, `core` has its exports, `sentences` loads those
 * of the other language.
 */
export function build(init, core, sentences) {
  let loading;
  const load = () =>
    (loading ??= init().catch((error) => {
      // The network may be back the next time.
      loading = undefined;
      throw new CallreelError("not_loaded", `Callreel could not be loaded: ${error.message}`);
    }));

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
    await load();
    const tag = core.language(wanted || undefined);
    if (tag !== "en") core.addSentences(tag, (await sentences()).default);
    return tag;
  };

  /** A sentence, with each `%{name}` replaced. */
  const say = (tag, key, values = {}) =>
    (core.say(tag, key) ?? "").replace(/%\{(\w+)\}/g, (_, name) => values[name] ?? "");

  /** A problem in words. */
  const problem = (tag, code, detail = "") => {
    const key = core.say(tag, `problem.${code}`) ? code : "other";
    const text = key === "other" ? `${code} ${detail}`.trim() : detail || location.origin;
    return new CallreelError(code, say(tag, `problem.${key}`, { detail: text }));
  };

  return { load, ask, speak, say, problem };
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

/**
 * Gives a class of elements properties for its attributes: `numbers` and `texts` are attributes with the
 * names of their properties. `secrets` are read from attributes, but a property never becomes one, which
 * scripts and styles of the page could read. What is no number of that kind counts as absent.
 */
export function attributes(element, { numbers, texts, secrets }) {
  const kept = new WeakMap();
  const secretsOf = (one) => kept.get(one) ?? kept.set(one, {}).get(one);
  const all = { ...numbers, ...texts, ...secrets };
  for (const [attribute, property] of Object.entries(all)) {
    const isNumber = attribute in numbers;
    Object.defineProperty(element.prototype, property, {
      configurable: true,
      enumerable: true,
      get() {
        if (attribute in secrets && property in secretsOf(this)) return secretsOf(this)[property];
        const value = this.getAttribute(attribute);
        if (!isNumber) return value ?? "";
        const number = Number(value);
        return value !== null && value.trim() !== "" && Number.isFinite(number) && number > 0 ? number : null;
      },
      set(value) {
        if (attribute in secrets) {
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
