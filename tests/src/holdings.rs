//! What a page holds of the browser's resources, counted from outside of it.

use serde::Deserialize;

/// What is open in a page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Holdings {
    /// Connections to other people.
    pub connections: usize,
    /// Live tracks of cameras, microphones, screens and canvases, copies counted.
    pub tracks: usize,
    /// Sockets.
    pub sockets: usize,
    /// Listeners of everything but elements and what scripts have made, which take theirs with them.
    pub listeners: usize,
    /// Audio contexts.
    pub contexts: usize,
    /// Workers.
    pub workers: usize,
    /// Object URLs.
    pub urls: usize,
}

impl Holdings {
    /// Whether nothing is open that anybody else could notice.
    pub fn is_silent(&self) -> bool {
        (self.connections, self.tracks, self.sockets) == (0, 0, 0)
    }
}

/// Counts what the page makes and ends; to be run before its own scripts.
pub(crate) const COUNT: &str = r"() => {
    if (!window.isSecureContext || window.countLive) return;
    const targets = EventTarget.prototype;
    const listen = targets.addEventListener, unlisten = targets.removeEventListener;
    const tracks = new Set(), urls = new Set(), known = new WeakMap();
    let listeners = 0;

    const same = (type, callback, options) => listener =>
        listener.type === type && listener.callback === callback && listener.capture === capture(options);
    const capture = options => Boolean(options?.capture ?? (options === true));
    // What a script has made itself goes with whoever holds it, like an element.
    const isMade = ({ constructor }) =>
        Object.getPrototypeOf(constructor) === EventTarget && !`${constructor}`.includes('[native code]');
    const isCounted = target => !(target instanceof Element || isMade(target));
    targets.addEventListener = function (type, callback, options) {
        const target = this ?? window;
        if (callback && isCounted(target) && !options?.once) {
            const list = known.get(target) ?? [];
            known.set(target, list);
            if (!list.some(same(type, callback, options))) {
                list.push({ type, callback, capture: capture(options) });
                listeners++;
            }
        }
        return listen.call(target, type, callback, options);
    };
    targets.removeEventListener = function (type, callback, options) {
        const target = this ?? window, list = known.get(target) ?? [];
        const at = list.findIndex(same(type, callback, options));
        if (at >= 0) {
            list.splice(at, 1);
            listeners--;
        }
        return unlisten.call(target, type, callback, options);
    };

    // What is made by `new` and ended by a method.
    const counted = (name, end) => {
        const live = new Set(), Original = window[name];
        if (!Original) return live;
        window[name] = class extends Original {
            constructor(...args) { super(...args); live.add(this); }
            [end](...args) { live.delete(this); return super[end](...args); }
        };
        return live;
    };
    const connections = window.liveConnections = counted('RTCPeerConnection', 'close');
    const contexts = counted('AudioContext', 'close');
    const workers = counted('Worker', 'terminate');
    const sockets = window.liveSockets = new Set();
    window.joins = [];
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
        constructor(...args) {
            super(...args);
            sockets.add(this);
            listen.call(this, 'close', () => sockets.delete(this));
            listen.call(this, 'message', ({ data }) => {
                const { type, peer_id, resumed } = JSON.parse(data);
                if (type === 'joined') window.joins.push({ peer_id, resumed, at: Date.now() });
            });
        }
    };

    const keep = made => {
        for (const track of made.getTracks?.() ?? [made]) tracks.add(track);
        return made;
    };
    const after = (prototype, name, act) => {
        const original = prototype?.[name];
        if (original) prototype[name] = function (...args) {
            const made = original.apply(this, args);
            return made instanceof Promise ? made.then(act) : act(made);
        };
    };
    after(window.MediaDevices?.prototype, 'getUserMedia', keep);
    after(window.MediaDevices?.prototype, 'getDisplayMedia', keep);
    after(window.MediaStreamTrack?.prototype, 'clone', keep);
    after(HTMLCanvasElement.prototype, 'captureStream', keep);
    after(URL, 'createObjectURL', url => { urls.add(url); return url; });
    const revoke = URL.revokeObjectURL;
    URL.revokeObjectURL = url => { urls.delete(url); return revoke.call(URL, url); };
    for (const name of ['instantiate', 'instantiateStreaming']) {
        after(WebAssembly, name, made => { window.wasm ??= made.instance ?? made; return made; });
    }

    window.countLive = () => {
        for (const track of tracks) if (track.readyState === 'ended') tracks.delete(track);
        return {
            connections: connections.size, tracks: tracks.size, sockets: sockets.size, listeners,
            contexts: contexts.size, workers: workers.size, urls: urls.size,
        };
    };
}";

/// Notes whatever a person would see as a flicker: a tile or its picture that goes, comes or
/// begins anew, and what is said over it.
pub(crate) const WATCH: &str = r"
    const people = document.querySelector('section.people');
    const flickers = window.flickers = [];
    const nodes = list => [...list].filter(node =>
        node.matches?.('figure, video, .standing, .avatar') || node.querySelector?.('figure, video'));
    new MutationObserver(records => {
        for (const { type, target, addedNodes, removedNodes } of records) {
            if (type === 'attributes') {
                if (target.tagName === 'VIDEO') flickers.push(`${target.ariaLabel}: ${target.className}`);
                continue;
            }
            for (const node of nodes(addedNodes)) flickers.push(`came: ${node.outerHTML}`);
            for (const node of nodes(removedNodes)) flickers.push(`went: ${node.outerHTML}`);
        }
    }).observe(people, { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] });
    for (const video of people.querySelectorAll('video')) {
        for (const type of ['emptied', 'pause', 'ended']) {
            video.addEventListener(type, () => flickers.push(`${video.ariaLabel}: ${type}`));
        }
    }";
