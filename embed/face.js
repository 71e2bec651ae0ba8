// How the recorder looks. Pages change it by custom properties, parts and slots; the sheet is
// adopted, so a policy without inline styles is content.

const sheet = typeof CSSStyleSheet === "undefined" ? undefined : new CSSStyleSheet();
sheet?.replaceSync(`
  :host { display: block; max-inline-size: 40rem; color-scheme: light dark; contain: content; }
  :host([hidden]) { display: none; }
  :host([theme="light"]) { color-scheme: light; }
  :host([theme="dark"]) { color-scheme: dark; }
  [hidden] { display: none !important; }
  .frame {
    all: initial; box-sizing: border-box; display: block; overflow: hidden; color-scheme: inherit;
    font: 15px/1.5 var(--callreel-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif);
    color: var(--callreel-text, light-dark(#14171f, #eef0f5));
    background: var(--callreel-surface, light-dark(#fff, #151820));
    border: 1px solid var(--callreel-line, light-dark(#dcdfe6, #282d39));
    border-radius: var(--callreel-radius, 14px);
  }
  .stage { position: relative; display: grid; place-items: center; aspect-ratio: var(--callreel-aspect-ratio, 16 / 9); background: var(--callreel-stage, #0d0f14); color: #eef0f5; }
  .stage > * { grid-area: 1 / 1; }
  video { inline-size: 100%; block-size: 100%; min-block-size: 0; object-fit: contain; }
  video.mirrored { transform: scaleX(-1); }
  .message { display: grid; gap: 8px; padding: 12px 16px; overflow-wrap: anywhere; }
  .message p, .message ul { margin: 0; }
  .message ul { padding-inline-start: 20px; }
  .message code { display: block; padding: 8px 10px; border-radius: 8px; font: 13px/1.5 ui-monospace, monospace; background: light-dark(#eceef2, #0f1218); user-select: all; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 12px 16px; }
  .grow { flex: 1 1 6rem; color: var(--callreel-quiet, light-dark(#4d5464, #a9b0bf)); font-size: 13px; }
  time { font-variant-numeric: tabular-nums; font-weight: 600; }
  button, .download { box-sizing: border-box; min-block-size: 40px; padding: 8px 16px; border: 1px solid var(--callreel-line, light-dark(#868c9b, #636b7d)); border-radius: 10px; font: inherit; color: inherit; background: transparent; cursor: pointer; text-decoration: none; }
  button.primary { border-color: transparent; background: var(--callreel-accent, light-dark(#3452d9, #8ea2ff)); color: var(--callreel-accent-text, light-dark(#fff, #0d1230)); }
  button.record::before { content: ""; display: inline-block; inline-size: .75em; block-size: .75em; margin-inline-end: .5em; border-radius: 50%; background: var(--callreel-record, light-dark(#d6293e, #ff5468)); }
  button.record.primary { border-color: var(--callreel-record, light-dark(#d6293e, #ff5468)); background: transparent; color: inherit; }
  button.record.on::before { border-radius: 2px; }
  button:disabled { opacity: .55; cursor: default; }
  :focus-visible { outline: 2px solid var(--callreel-accent, light-dark(#3452d9, #8ea2ff)); outline-offset: 2px; }
`);

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/** Builds the face into a shadow root; gives the elements that change. */
export function build(root) {
  root.adoptedStyleSheets = [sheet];
  const button = (part, kind = "") => make("button", { type: "button", part: `button ${part}`, class: kind });
  const parts = {
    video: make("video", { part: "video", playsinline: "" }),
    replay: make("video", { part: "video replay", playsinline: "", controls: "", hidden: "" }),
    message: make("div", { part: "message", class: "message", role: "alert", hidden: "" }),
    time: make("time", { part: "time", role: "timer" }),
    status: make("span", { part: "status", class: "grow", role: "status" }),
    open: button("open", "primary"),
    start: button("start", "record primary"),
    stop: button("stop", "record primary on"),
    pause: button("pause"),
    resume: button("resume"),
    again: button("again"),
    download: make("a", { part: "button download", class: "download" }),
  };
  const idle = make("slot", { name: "idle" });
  const stage = make("div", { part: "stage", class: "stage" }, idle, parts.video, parts.replay);
  const { open, start, stop, pause, resume, again, download } = parts;
  const bar = make(
    "div",
    { part: "controls", class: "bar" },
    open, start, stop, pause, resume, again, download,
    parts.time, parts.status, make("slot", { name: "controls" }),
  );
  parts.frame = make("div", { part: "frame", class: "frame", role: "group" }, stage, parts.message, bar);
  parts.idle = idle;
  parts.stage = stage;
  root.replaceChildren(parts.frame);
  return parts;
}

/** What went wrong, as text only: nothing of it is ever read as markup. */
export function explain(message, error, lineLabel) {
  message.replaceChildren();
  message.hidden = !error;
  if (!error) return;
  message.append(make("p", {}, error.message));
  if (error.line) message.append(make("p", {}, lineLabel), make("code", { part: "line" }, error.line));
  else if (error.steps?.length) message.append(make("ul", {}, ...error.steps.map((step) => make("li", {}, step))));
}

export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
