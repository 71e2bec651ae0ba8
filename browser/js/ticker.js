// A timer that keeps its pace in a hidden page: it runs in a worker, where browsers don't slow
// it down. Imported by the page, this module starts a worker of itself.

export function spawnTicker() {
  return new Worker(new URL(import.meta.url), { type: "module", name: "callreel-ticker" });
}

// Calls back through a port every so many ms as it is told; gives what ends that.
export function serve(port) {
  let timer;
  port.onmessage = ({ data: interval }) => {
    clearInterval(timer);
    timer = setInterval(() => port.postMessage(interval), interval);
  };
  return () => clearInterval(timer);
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) serve(self);
