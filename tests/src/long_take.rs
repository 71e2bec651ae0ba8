//! Long takes that are made in less time than they last.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    page::Page,
    shelf::{base64, sample},
};

/// How long one part of it is, in ms: a little longer than the sample.
pub const PART_MS: f64 = 2_520.0;
/// Bytes of a part: 2.5 Mbit/s.
const PART_BYTES: u32 = 787_500;
/// A recorder gives its bytes in so many chunks a part, about one a second.
const CHUNKS: u32 = 3;

/// The flag with which Chromium lets its garbage be collected.
pub const GARBAGE_FLAG: &str = "--js-flags=--expose-gc";

/// A recorder whose bytes come when the test asks for them: a small recording again and again,
/// each of its frames made as long as those of a real camera by bytes that decoders pass over.
const RECORDER: &str = r"
    const bytes = Uint8Array.from(atob(arg.sample), c => c.charCodeAt(0));
    const blocks = [];
    let at = 0, head, cluster = 0;
    const vint = marked => {
        const length = Math.clz32(bytes[at]) - 23;
        let value = marked ? bytes[at] : bytes[at] & (0xff >> length);
        for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
        at += length;
        return value;
    };
    while (at < bytes.length) {
        const from = at, id = vint(true), size = vint(false);
        const content = bytes.subarray(at, at + size);
        if (id === 0x1f43b675) head ??= bytes.slice(0, from);
        if (id === 0x1f43b675 || id === 0x18538067) continue;
        if (id === 0xe7) cluster = content.reduce((value, byte) => value * 256 + byte, 0);
        if (id === 0xa3) blocks.push({ ms: cluster + (content[1] << 8 | content[2]), content });
        at += size;
    }
    const total = track => blocks.filter(({ content }) => content[0] === track)
        .reduce((sum, { content }) => sum + content.length, 0);
    const tracks = [...new Set(blocks.map(({ content }) => content[0]))];
    const video = tracks.reduce((one, other) => total(one) > total(other) ? one : other);
    const frames = blocks.filter(({ content }) => content[0] === video).length;
    const long = Math.floor((arg.partBytes - bytes.length) / frames);
    const cycle = new Uint8Array(arg.partBytes);
    let end = 0;
    const put = (...values) => { cycle.set(values, end); end += values.length; };
    put(0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x84, 0, 0, 0, 0);
    for (const { ms, content } of blocks) {
        const size = content.length + (content[0] === video ? long : 0);
        put(0xa3, 0x10 | size >> 24, size >> 16, size >> 8, size, content[0], ms >> 8, ms, content[3]);
        cycle.set(content.subarray(4), end);
        end += size - 4;
    }
    const part = number => {
        const made = cycle.slice(0, end);
        new DataView(made.buffer).setUint32(14, number * arg.partMs);
        return made;
    };
    let made = 0, fed = 0, recorder;
    window.MediaRecorder = class extends EventTarget {
        static isTypeSupported = MediaRecorder.isTypeSupported;
        state = 'inactive';
        constructor(stream, options) {
            super();
            Object.assign(this, { stream, mimeType: options.mimeType });
            recorder = this;
        }
        start() {
            this.state = 'recording';
            setTimeout(() => { this.dispatchEvent(new Event('start')); this.give(head); });
        }
        give(chunk) {
            fed += chunk.length;
            const data = new Blob([chunk], { type: this.mimeType });
            this.dispatchEvent(new BlobEvent('dataavailable', { data }));
        }
        requestData() {}
        stop() {
            this.state = 'inactive';
            setTimeout(() => { this.give(new Uint8Array()); this.dispatchEvent(new Event('stop')); });
        }
    };
    const kept = async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('callreel-takes');
        let size = 0;
        for await (const [name, handle] of folder)
            if (!name.startsWith('.')) size = Math.max(size, (await handle.getFile()).size);
        return size;
    };
    window.record = async parts => {
        for (const last = made + parts; made < last; made++) {
            const bytes = part(made);
            const step = Math.ceil(bytes.length / arg.chunks);
            for (let from = 0; from < bytes.length; from += step) recorder.give(bytes.subarray(from, from + step));
            // The next comes when this one is on the disk, but for the bytes that change as they are joined.
            const late = Date.now() + 60_000;
            while (await kept() < fed - 4096) {
                if (Date.now() > late) throw new Error(`${await kept()} of ${fed} bytes are kept`);
                await new Promise(resolve => setTimeout(resolve, 1));
            }
        }
    };";

/// Puts such a recorder in the place of the page's own, for the takes that it starts from now on.
pub async fn record_long_takes(page: &Page) -> Result<()> {
    let what = json!({
        "sample": base64(&sample("chromium-vp8-opus.webm")?),
        "partMs": PART_MS,
        "partBytes": PART_BYTES,
        "chunks": CHUNKS,
    });
    page.eval_with(RECORDER, &what).await
}

/// Lets that recorder record so many parts, and waits until the page has kept them.
pub async fn record_parts(page: &Page, parts: u32) -> Result<()> {
    page.eval_with("return window.record(arg)", &json!(parts))
        .await
}

/// Has Chromium keep nothing for its developer tools, which WebDriver has open: they hold on to what
/// the page sent, up to 200 MB of it.
pub async fn forget_requests(page: &Page) -> Result<()> {
    if page.browser() == Browser::Chromium {
        page.dev_tools("Network.disable", json!({})).await?;
    }
    Ok(())
}

/// Has the browser give back what nobody uses any more. Chromium has to be started with
/// [`GARBAGE_FLAG`].
pub async fn collect_garbage(page: &Page) -> Result<()> {
    match page.browser() {
        Browser::Chromium => {
            // Of the page and of each worker.
            let realms = page.bidi().send_raw("script.getRealms", json!({})).await?;
            for realm in realms["realms"].as_array().into_iter().flatten() {
                let collect = json!({
                    "functionDeclaration": "() => globalThis.gc?.()",
                    "awaitPromise": true,
                    "target": { "realm": realm["realm"] },
                });
                page.bidi().send_raw("script.callFunction", collect).await?;
            }
        }
        Browser::Firefox => {
            let windows = json!({ "moz:scope": "chrome" });
            let windows = page
                .bidi()
                .send_raw("browsingContext.getTree", windows)
                .await?;
            let window = &windows["contexts"][0]["context"];
            ensure!(window.is_string(), "Firefox has no window");
            let collect = json!({
                "functionDeclaration": "() => new Promise(done => {
                    Services.obs.notifyObservers(null, 'child-mmu-request');
                    Cc['@mozilla.org/memory-reporter-manager;1'].getService(Ci.nsIMemoryReporterManager)
                        .minimizeMemoryUsage(() => done());
                })",
                "awaitPromise": true,
                "target": { "context": window },
            });
            let answer: Value = page.bidi().send_raw("script.callFunction", collect).await?;
            ensure!(answer["type"] == "success", "{answer}");
        }
    }
    Ok(())
}
