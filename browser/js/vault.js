// The vault: takes kept in the browser. Imported by the page, this module starts a worker of
// itself; run as that worker, it serves the page's requests.
//
// One append-only file per take in the origin private file system, written through a
// SyncAccessHandle (which exists in workers only) and flushed before a request is answered;
// one record per take in IndexedDB, and one per upload: each has one writer at a time, so they are
// apart. Only a take's name is anybody's to change, also while another page makes the take: it is
// written by `rename` alone. A take that is being made, or that leaves and is still watched, is
// claimed by a Web Lock, which the browser drops when the page or the browser dies.
//
// Where the browser has none of this for the page (private windows, blocked storage), takes and
// records are kept in memory instead, and the page is told so.

const FOLDER = "callreel-takes";
const DATABASE = "callreel";

// Kept free while takes are made: a disk that a take has filled still has room for what makes it
// seek, its head and picture. In bytes.
const RESERVE = 1 << 20;
const reserve = {
  async make() {
    const handle = await fileHandle(".reserve", true);
    if ((await handle.getFile()).size === RESERVE) return;
    let access;
    try {
      access = await handle.createSyncAccessHandle();
    } catch (error) {
      // Another page is making it at this moment.
      if (error.name === "NoModificationAllowedError") return;
      throw error;
    }
    try {
      writeAll(access, new Uint8Array(RESERVE), 0);
      access.flush();
    } catch (error) {
      access.truncate(0);
      throw error;
    } finally {
      access.close();
    }
  },
  async give() {
    await (await folder()).removeEntry(".reserve").catch((error) => {
      if (error.name !== "NotFoundError") throw error;
    });
  },
};

export function spawnVault() {
  return new Worker(new URL(import.meta.url), { type: "module", name: "callreel-vault" });
}

const open = new Map(); // id → { handle, size }
const claims = new Map(); // id → function that lets the lock go

const folder = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

const fileHandle = async (id, create = false) => (await folder()).getFileHandle(id, { create });

// A file in memory, with the members of a SyncAccessHandle that are used here.
class Memory {
  chunks = [];
  size = 0;
  getSize = () => this.size;
  flush() {}
  close() {}
  write(bytes, { at }) {
    if (at === this.size) {
      this.chunks.push({ at, bytes: bytes.slice() });
      this.size += bytes.byteLength;
      return bytes.byteLength;
    }
    // A patch: it never crosses the end, and is mostly near it.
    for (let i = this.chunks.length - 1; i >= 0; i--) {
      const chunk = this.chunks[i];
      const from = Math.max(at, chunk.at);
      const to = Math.min(at + bytes.byteLength, chunk.at + chunk.bytes.byteLength);
      if (from < to) chunk.bytes.set(bytes.subarray(from - at, to - at), from - chunk.at);
      if (chunk.at <= at) break;
    }
    return bytes.byteLength;
  }
  read(bytes, { at }) {
    for (const chunk of this.chunks) {
      const from = Math.max(at, chunk.at);
      const to = Math.min(at + bytes.byteLength, chunk.at + chunk.bytes.byteLength);
      if (from < to) bytes.set(chunk.bytes.subarray(from - chunk.at, to - chunk.at), from - at);
    }
    return bytes.byteLength;
  }
  truncate(size) {
    while (this.size > size) this.size = this.chunks.pop().at;
  }
  file = (id) => new File(this.chunks.map(({ bytes }) => bytes), id);
}

const memory = { files: new Map(), takes: new Map(), uploads: new Map() };

// Records of finished takes that the database would not take: this page plays them all the same,
// and another visit brings the take to its end again.
const unsaved = new Map();

let durable;
// Whether takes survive the page: found out once, by doing it.
const isDurable = () =>
  (durable ??= (async () => {
    // A name of its own: several pages may probe at a time, as where a session is restored.
    const name = `.probe-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    try {
      const probe = await fileHandle(name, true);
      (await probe.createSyncAccessHandle()).close();
      await records("takes", "readonly", (store) => store.count());
      return true;
    } catch (error) {
      // A full disk takes no more, and keeps what it has.
      return error?.name === "QuotaExceededError";
    } finally {
      // Where there is no folder there is nothing to remove.
      await folder().then((it) => it.removeEntry(name)).catch(() => {});
    }
  })());

function writeAll(handle, bytes, at) {
  let done = 0;
  while (done < bytes.byteLength) {
    const wrote = handle.write(bytes.subarray(done), { at: at + done });
    // Chromium gives the system's error as the number of bytes: a very large one.
    const isTrue = wrote > 0 && wrote <= bytes.byteLength - done;
    if (!isTrue) throw new DOMException("the disk is full", "QuotaExceededError");
    done += wrote;
  }
}

let database;
const connect = () =>
  (database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 2);
    request.onupgradeneeded = () => {
      for (const name of ["takes", "uploads"]) {
        if (!request.result.objectStoreNames.contains(name)) {
          request.result.createObjectStore(name, { keyPath: "id" });
        }
      }
    };
    request.onsuccess = () => {
      // A newer page wants to make changes: it must not wait for this one.
      request.result.onversionchange = () => {
        request.result.close();
        database = undefined;
      };
      // The browser closes it as well: where it cleans up, or was long in the background.
      request.result.onclose = () => (database = undefined);
      resolve(request.result);
    };
    request.onerror = () => {
      database = undefined;
      reject(request.error);
    };
  }));

async function records(kind, mode, act) {
  const begin = async () => (await connect()).transaction(kind, mode, { durability: "strict" });
  const transaction = await begin().catch((error) => {
    if (error.name !== "InvalidStateError") throw error;
    // It was closed, and that was not said yet.
    database = undefined;
    return begin();
  });
  return new Promise((resolve, reject) => {
    const request = act(transaction.objectStore(kind));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

// What is `needed` goes into the reserve where there is no room left.
const pressing = (write) =>
  write().catch(async () => {
    await reserve.give();
    return write();
  });

// Writes a record and leaves the name that the take got meanwhile.
const putUnderItsName = (record) =>
  records("takes", "readwrite", (store) => {
    const old = store.get(record.id);
    old.onsuccess = () => store.put({ ...record, name: old.result?.name });
    return old;
  });

const requests = {
  // Also false where this page has it: the take that a page makes is not one for it to recover.
  async claim({ id }) {
    if (claims.has(id)) return false;
    return new Promise((answer, reject) => {
      navigator.locks
        .request(`callreel-take-${id}`, { ifAvailable: true }, (lock) => {
          answer(lock !== null);
          return lock && new Promise((release) => claims.set(id, release));
        })
        .catch(reject);
    });
  },

  release({ id }) {
    claims.get(id)?.();
    claims.delete(id);
  },

  durable: isDurable,

  async open({ id }) {
    if (!open.has(id)) {
      let handle;
      if (await isDurable()) {
        handle = await (await fileHandle(id, true)).createSyncAccessHandle();
        try {
          // Only what is new needs it: an older take is brought to its end on a full disk, too.
          if (handle.getSize() === 0) await reserve.make();
        } catch (error) {
          handle.close();
          throw error;
        }
      } else {
        handle = memory.files.get(id) ?? new Memory();
        memory.files.set(id, handle);
      }
      open.set(id, { handle, size: handle.getSize() });
    }
    return open.get(id).size;
  },

  // Appends, patches and flushes; on any failure the file is what it was.
  append({ id, bytes, patches }) {
    const take = open.get(id);
    if (!take) throw new DOMException("this take is not open", "InvalidStateError");
    try {
      writeAll(take.handle, bytes, take.size);
      for (const { offset, bytes: patch } of patches) writeAll(take.handle, patch, offset);
      take.handle.flush();
    } catch (error) {
      try {
        take.handle.truncate(take.size);
        take.handle.flush();
      } catch {
        // What was acknowledged is on the disk already; the rest is cut when the take is read.
      }
      throw error;
    }
    take.size += bytes.byteLength;
    return take.size;
  },

  close({ id }) {
    open.get(id)?.handle.close();
    open.delete(id);
  },

  async file({ id }) {
    if (await isDurable()) return (await fileHandle(id)).getFile();
    const file = memory.files.get(id);
    if (!file) throw new DOMException("there is no such take", "NotFoundError");
    return file.file(id);
  },

  // A piece of the file. While that grows it is read here and now: a Blob of a file that changed
  // can't be read any more.
  async read({ id, from, to }) {
    const take = open.get(id);
    if (!take) return (await requests.file({ id })).slice(from, to);
    const bytes = new Uint8Array(to - from);
    let done = 0;
    while (done < bytes.byteLength) {
      const read = take.handle.read(bytes.subarray(done), { at: from + done });
      if (read === 0) throw new DOMException("the file is shorter", "NotReadableError");
      done += read;
    }
    return new Blob([bytes]);
  },

  async remove({ id }) {
    requests.close({ id });
    requests.release({ id });
    memory.files.delete(id);
    unsaved.delete(id);
    for (const kind of ["takes", "uploads"]) {
      memory[kind].delete(id);
      if (await isDurable()) await records(kind, "readwrite", (store) => store.delete(id));
    }
    if (!(await isDurable())) return;
    await (await folder()).removeEntry(id).catch((error) => {
      if (error.name !== "NotFoundError") throw error;
    });
  },

  async list() {
    if (!(await isDurable())) {
      return [...memory.files].map(([id, file]) => ({ id, size: file.getSize() }));
    }
    const files = [];
    for await (const [id, handle] of (await folder()).entries()) {
      if (id.startsWith(".")) continue;
      const file = await handle.getFile().catch((error) => {
        // Another page deleted it at this moment.
        if (error.name !== "NotFoundError") throw error;
      });
      if (file) files.push({ id, size: file.size });
    }
    return files;
  },

  async putUpload({ record }) {
    if (!(await isDurable())) return void memory.uploads.set(record.id, record);
    await records("uploads", "readwrite", (store) => store.put(record));
  },

  // What is `needed`, and has no room in the reserve either, is held in memory.
  async put({ record, needed }) {
    if (!(await isDurable())) {
      const { name } = memory.takes.get(record.id) ?? {};
      return void memory.takes.set(record.id, { ...record, name });
    }
    const put = () => putUnderItsName(record);
    if (!needed) return void (await put());
    unsaved.set(record.id, record);
    await pressing(put);
    unsaved.delete(record.id);
  },

  async rename({ id, name }) {
    let known = memory.takes.get(id);
    if (known) known.name = name;
    if (await isDurable()) {
      const rename = () =>
        records("takes", "readwrite", (store) => {
          const old = store.get(id);
          old.onsuccess = () => old.result && store.put({ ...old.result, name });
          return old;
        });
      known = await pressing(rename);
    }
    if (!known) throw new DOMException("there is no such take", "NotFoundError");
  },

  async records({ kind }) {
    if (!(await isDurable())) return [...memory[kind].values()];
    const stored = await records(kind, "readonly", (store) => store.getAll());
    if (kind === "uploads") return stored;
    const known = (record) => ({ ...record, ...unsaved.get(record.id) });
    return stored.map(known);
  },
};

// Serves the requests that come through a port: one after another, so that appends keep their order
// and a file is never closed under one.
export function serve(port) {
  let turn = Promise.resolve();
  port.onmessage = ({ data: { request, op, args } }) => {
    turn = turn.then(async () => {
      try {
        port.postMessage({ request, value: await requests[op](args) });
      } catch (error) {
        port.postMessage({ request, error: { name: error.name, message: error.message } });
      }
    });
  };
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) serve(self);
