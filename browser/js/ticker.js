// A timer that keeps its pace in a hidden page: it runs in a worker, where browsers don't slow
// it down. Imported by the page, this module starts a worker of itself.

export function spawnTicker() {
  return new Worker(new URL(import.meta.url), { type: "module", name: "callreel-ticker" });
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  let timer;
  self.onmessage = ({ data: interval }) => {
    clearInterval(timer);
    timer = setInterval(() => self.postMessage(null), interval);
  };
}
