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
  // Until there are words for it, nothing can be done with it.
  parts.frame = make("div", { part: "frame", class: "frame", role: "group", inert: "" }, stage, parts.message, bar);
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

const label = (element, text, isShown) => {
  element.textContent = text;
  element.hidden = !isShown;
};

/** The code could not be loaded, and with it all sentences but these. */
export function drawFailure(parts, error, { tag, again }) {
  parts.frame.lang = tag;
  parts.frame.inert = false;
  for (const one of [parts.start, parts.stop, parts.pause, parts.resume, parts.again, parts.download]) one.hidden = true;
  label(parts.open, again, true);
  explain(parts.message, error, "");
}

/** Draws where a recorder stands; `words` finds its sentences. */
export function draw(parts, { tag, state, source, stream, take, error, upload, isMirrored }, words) {
  const { frame, open, start, stop, pause, resume, again, download, video, replay, idle, message, time, status } = parts;
  const isRunning = state === "recording" || state === "paused" || state === "stopping";
  const isPaused = state === "paused";
  frame.lang = tag;
  frame.inert = false;
  frame.setAttribute("aria-label", words("label"));
  video.setAttribute("aria-label", words("preview"));
  replay.setAttribute("aria-label", words("replay"));
  time.setAttribute("aria-label", words("time"));
  label(open, words(error ? "try_again" : source === "camera" ? "open" : `open.${source}`), state === "idle");
  label(start, words("start"), state === "open" || state === "starting");
  label(stop, words("stop"), isRunning);
  label(pause, words("pause"), isRunning && !isPaused);
  label(resume, words("resume"), isPaused);
  label(again, words("again"), state === "stopped");
  label(download, words("download"), state === "stopped");
  start.disabled = state === "starting";
  for (const button of [stop, pause, resume]) button.disabled = state === "stopping";
  video.hidden = !stream || source === "microphone";
  video.classList.toggle("mirrored", isMirrored);
  replay.hidden = !take || Boolean(stream);
  idle.hidden = !video.hidden || !replay.hidden;
  time.hidden = !isRunning && state !== "stopped";
  const kept = () => words(take.durable ? "saved" : "kept");
  const said = { starting: "starting", recording: "recording", paused: "paused", stopping: "saving" }[state];
  status.textContent = [said ? words(said) : state === "stopped" ? kept() : "", upload].filter(Boolean).join(" · ");
  explain(message, error, words("line"));
}

/**
 * A control that goes takes the keyboard's focus with it: the control that comes in its place gets it, as
 * soon as there is one, unless the person went on to something else. `before` had the focus.
 */
export function passFocus(parts, root, before) {
  const { open, start, stop, pause, resume, again, download } = parts;
  const isGone = (one) => one.hidden || one.disabled;
  if ([open, start, stop, pause, resume, again, download].includes(before) && isGone(before)) parts.astray = before;
  if (!parts.astray) return;
  const around = root.host.getRootNode().activeElement ?? document.body;
  const isElsewhere = around !== document.body && around !== root.host;
  if (isElsewhere || (root.activeElement && !isGone(root.activeElement))) {
    parts.astray = undefined;
    return;
  }
  const turned = new Map([[pause, resume], [resume, pause]]).get(parts.astray);
  const next = [turned, stop, start, open, again].find((one) => one && !isGone(one));
  if (!next) return;
  parts.astray = undefined;
  next.focus({ preventScroll: true });
}
