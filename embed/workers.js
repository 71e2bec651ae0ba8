// The workers of the package, wherever the page is. `core.js` takes them from here.
//
// A worker has to come from the page's own origin. Where this module does, its worker is a file
// beside it, written so that bundlers see it. Where it comes from another origin (`/embed/` of a
// server), the worker begins as a blob of that file, which the page's policy has to allow
// (`worker-src blob:`). Where it does not, the page does the worker's work: takes are then kept in
// memory, and timers crawl while nobody sees the page.

let here = false;

/** Whether the page does the work because it may start no worker. */
export const isHere = () => here;

// Asked when a worker is wanted: a server that draws pages imports this, and has no location.
const isForeign = () => new URL(import.meta.url).origin !== location.origin;
const options = (name) => ({ type: "module", name });

// The whole worker is in the blob: what it imported would have to be allowed as a worker once more.
async function fromBlob(file, name) {
  const answer = await fetch(import.meta.url.replace(/[^/]*$/, file));
  if (!answer.ok) throw new Error(`${file} is not there`);
  const source = new Blob([await answer.text()], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  return [new Worker(url, options(name)), () => URL.revokeObjectURL(url)];
}

// Stands where the worker would. It holds back what it is told until something answered `probe`, for
// a worker that the policy forbids says so late, and by an event without a reason.
class Relay extends EventTarget {
  #target;
  #held = [];
  #isOver = false;
  #end = () => {};

  constructor(start, serveHere, probe, isProbe) {
    super();
    this.#begin(start, serveHere, probe, isProbe);
  }

  async #begin(start, serveHere, probe, isProbe) {
    let worker;
    let release = () => {};
    try {
      [worker, release = release] = await start();
    } catch {
      return this.#serve(serveHere);
    }
    const end = () => (release(), worker.terminate());
    if (this.#isOver) return end();
    this.#end = end;
    worker.onmessage = (event) => {
      if (!isProbe(event.data)) return this.#tell(event);
      if (this.#target) return;
      release();
      this.#use(worker);
    };
    worker.onerror = (event) => {
      if (this.#target) return this.dispatchEvent(new Event("error"));
      event.preventDefault();
      end();
      this.#serve(serveHere);
    };
    worker.postMessage(probe);
  }

  #tell({ data }) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  #use(target) {
    this.#target = target;
    for (const message of this.#held.splice(0)) target.postMessage(...message);
  }

  async #serve(serveHere) {
    here = true;
    const serve = await serveHere();
    if (this.#isOver) return;
    const { port1, port2 } = new MessageChannel();
    const stop = serve(port2);
    this.#end = () => (stop?.(), port1.close());
    port1.onmessage = (event) => this.#tell(event);
    this.#use(port1);
  }

  postMessage(...message) {
    if (this.#target) this.#target.postMessage(...message);
    else this.#held.push(message);
  }

  terminate() {
    this.#isOver = true;
    this.#end();
  }
}

export const spawnVault = () =>
  new Relay(
    () =>
      isForeign()
        ? fromBlob("vault.js", "callreel-vault")
        : [new Worker(new URL("./vault.js", import.meta.url), { type: "module", name: "callreel-vault" })],
    async () => (await import("./vault.js")).serve,
    { request: -1, op: "durable" },
    (data) => data.request === -1,
  );

// An interval of 1 ms is the probe: nobody else wants one that short.
export const spawnTicker = () =>
  new Relay(
    () =>
      isForeign()
        ? fromBlob("ticker.js", "callreel-ticker")
        : [new Worker(new URL("./ticker.js", import.meta.url), { type: "module", name: "callreel-ticker" })],
    async () => (await import("./ticker.js")).serve,
    1,
    (data) => data === 1,
  );
