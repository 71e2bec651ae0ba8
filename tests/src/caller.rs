//! Somebody in a call: a browser of their own, on the room's page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Camera, Launch, Session},
    camera::BurntIn,
    finder::Finder,
    holdings::{COUNT, Holdings, WATCH},
    page::Page,
    pool::Lease,
    serve::Server,
    wait::{PATIENCE, wait_for},
};

/// Whether what a `<video>` shows is another picture than `arg.before`; gives the picture back.
const LOOK: &str = r"
    const canvas = new OffscreenCanvas(24, 16);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!video.videoWidth || video.readyState < 2) return null;
    context.drawImage(video, 0, 0, 24, 16);
    return Array.from(context.getImageData(0, 0, 24, 16).data).join();";

/// The loudest moment of a second of a `<video>`'s sound, root mean square, 0 to 1; at once where
/// there is something to hear.
const LISTEN: &str = r"
    const context = new AudioContext();
    try {
        await context.resume();
        const source = context.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks()));
        const meter = context.createAnalyser();
        meter.fftSize = 2048;
        source.connect(meter);
        const samples = new Float32Array(2048);
        let loudest = 0;
        for (let turn = 0; turn < 20 && loudest <= 0.005; turn++) {
            await new Promise(resolve => setTimeout(resolve, 50));
            meter.getFloatTimeDomainData(samples);
            const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
            loudest = Math.max(loudest, Math.sqrt(power));
        }
        return loudest;
    } finally { await context.close(); }";

/// Small pictures, half as often, unless the test has said how it wants them: a machine that plays
/// several people at once has better to do.
const SMALL_PICTURES: &str = r"() => {
    if (!location.pathname.startsWith('/room') || localStorage.getItem('callreel.settings')) return;
    const video = { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 15 } };
    localStorage.setItem('callreel.settings', JSON.stringify({ video }));
}";

/// One person of a call.
#[derive(Debug)]
pub struct Caller {
    name: String,
    session: Rc<Lease>,
    page: Page,
}

impl Caller {
    /// Starts a browser for somebody of this name.
    pub async fn start(browser: Browser, name: &str) -> Result<Self> {
        Self::start_with(Launch::new(browser)?, name).await
    }

    /// The same with another way to start it.
    pub async fn start_with(launch: Launch, name: &str) -> Result<Self> {
        let session = Lease::take(&launch).await?;
        session.preload(COUNT).await?;
        session.preload(SMALL_PICTURES).await?;
        Ok(Self {
            name: name.to_owned(),
            page: session.page().clone(),
            session: Rc::new(session),
        })
    }

    /// Somebody else, in another window of the same browser.
    pub async fn beside(&self, name: &str) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            page: self.page.new_window().await?,
            session: Rc::clone(&self.session),
        })
    }

    /// The browser's name for the person's tile on another page.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which browser it is.
    pub fn browser(&self) -> Browser {
        self.session.launch().browser
    }

    /// The browser.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The room's page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Opens a room's green room, with camera and microphone on.
    pub async fn open(&self, server: &Server, room: &str) -> Result<()> {
        self.open_at(server.url(), room).await
    }

    /// The same where the server is reached at another origin.
    pub async fn open_at(&self, origin: &str, room: &str) -> Result<()> {
        let page = self.page();
        for device in ["camera", "microphone"] {
            page.permit(device, origin).await?;
        }
        page.goto(&format!("{origin}/room/{room}")).await?;
        self.ready().await?;
        page.role("textbox", "Your name").fill(&self.name).await
    }

    /// Opens a page of another origin, which has a room in it.
    pub async fn open_elsewhere(&self, address: &str) -> Result<()> {
        let page = self.page();
        let parts: Vec<&str> = address.splitn(4, '/').collect();
        for device in ["camera", "microphone"] {
            page.permit(device, &parts[..3].join("/")).await?;
        }
        page.goto(address).await
    }

    /// Waits in the green room until camera and microphone are on.
    pub async fn ready(&self) -> Result<()> {
        if self.session.launch().camera == Camera::None {
            return Ok(());
        }
        let page = self.page();
        // Where the browser does not say that it may, a click opens them.
        wait_for("camera or button", PATIENCE, async || {
            let button = page.button("Turn on camera and microphone");
            if button.click_if_there().await? {
                return Ok(Some(()));
            }
            let off = page.button("Turn camera off").count().await?;
            Ok((off > 0).then_some(()))
        })
        .await?;
        let on = page.button("Turn camera off");
        on.wait().await?;
        Ok(())
    }

    /// Clicks "Join" and waits until in.
    pub async fn join(&self) -> Result<()> {
        self.page().button("Join").click().await?;
        let leave = self.page().button("Leave");
        leave.wait().await?;
        Ok(())
    }

    /// Opens a room and joins it.
    pub async fn enter(&self, server: &Server, room: &str) -> Result<()> {
        self.open(server, room).await?;
        self.join().await
    }

    /// Somebody's tile.
    pub fn tile(&self, of: &str) -> Finder {
        self.page().region("Participants").role("figure", of)
    }

    /// Waits until somebody's picture comes, and goes on moving.
    pub async fn sees(&self, other: &Self) -> Result<()> {
        let what = format!("{} sees {}", self.name, other.name);
        let video = self.tile(&other.name).css("video");
        if other.browser() == Browser::Chromium {
            let (first, why) = (Cell::new(None), RefCell::new(String::new()));
            return wait_for(&what, PATIENCE, async || {
                // Before the first frame, or in one that is blurred, there is nothing to read.
                let now = match self.page().burnt_in(&video).await {
                    Ok(now) => now,
                    Err(error) => {
                        *why.borrow_mut() = format!("{error:#}");
                        return Ok(None);
                    }
                };
                let began: BurntIn = first.get().unwrap_or(now);
                first.set(Some(began));
                Ok((now.since(began) > 300.0).then_some(()))
            })
            .await
            .with_context(|| why.borrow().clone());
        }
        // Firefox's own stamp is too small for a picture that is made smaller on its way.
        let seen = RefCell::new(Vec::new());
        wait_for(&what, PATIENCE, async || {
            let picture: Value = video
                .eval(&format!("const video = element; {LOOK}"))
                .await?;
            let mut seen = seen.borrow_mut();
            if let Some(picture) = picture.as_str()
                && !seen.iter().any(|old| old == picture)
            {
                seen.push(picture.to_owned());
            }
            Ok((seen.len() >= 4).then_some(()))
        })
        .await
    }

    /// Waits until somebody is heard.
    pub async fn hears(&self, other: &Self) -> Result<()> {
        let what = format!("{} hears {}", self.name, other.name);
        let video = self.tile(&other.name).css("video");
        wait_for(&what, PATIENCE, async || {
            let loudest: f64 = video
                .eval(&format!("const video = element; {LISTEN}"))
                .await?;
            Ok((loudest > 0.005).then_some(()))
        })
        .await
    }

    /// Waits until somebody is not heard for two seconds.
    pub async fn hears_nothing_of(&self, other: &Self) -> Result<()> {
        let what = format!("{} to hear nothing of {}", self.name, other.name);
        let video = self.tile(&other.name).css("video");
        let listen = format!("const video = element; {LISTEN}");
        wait_for(&what, PATIENCE, async || {
            let first: f64 = video.eval(&listen).await?;
            let then: f64 = video.eval(&listen).await?;
            Ok((first.max(then) < 0.0005).then_some(()))
        })
        .await
    }

    /// What the page holds.
    pub async fn holds(&self) -> Result<Holdings> {
        self.page().eval("return window.countLive()").await
    }

    /// Waits until the page holds nothing any more: no connection, no device, no socket.
    pub async fn holds_nothing(&self) -> Result<()> {
        let now = RefCell::new(None);
        let waited = wait_for("everything to be given back", PATIENCE, async || {
            let holds = self.holds().await?;
            let is_silent = holds.is_silent();
            now.replace(Some(holds));
            Ok(is_silent.then_some(()))
        });
        let waited = waited.await;
        waited.with_context(|| format!("{:?} now", now.take()))
    }

    /// Waits until the page holds as much as it did.
    pub async fn holds_again(&self, before: &Holdings) -> Result<()> {
        let now = RefCell::new(None);
        let what = format!("{} to hold what it held before", self.name);
        let waited = wait_for(&what, PATIENCE, async || {
            let holds = self.holds().await?;
            let same = holds == *before;
            now.replace(Some(holds));
            Ok(same.then_some(()))
        });
        let waited = waited.await;
        waited.with_context(|| format!("{before:?} before, {:?} now", now.take()))
    }

    /// Bytes that the page uses once everything unused is gone: its objects, and the memory of
    /// its WebAssembly. `None` in Firefox, which does not tell.
    pub async fn heap(&self) -> Result<Option<u64>> {
        if self.browser() == Browser::Firefox {
            return Ok(None);
        }
        let page = self.page();
        // What the first time lets go may hold what only the second time finds.
        for _ in 0..2 {
            page.dev_tools("HeapProfiler.collectGarbage", json!({}))
                .await?;
        }
        let usage = page.dev_tools("Runtime.getHeapUsage", json!({})).await?;
        let objects = usage["usedSize"].as_f64().context("a number")?;
        let wasm: u64 = page
            .eval("return window.wasm.exports.memory.buffer.byteLength")
            .await?;
        Ok(Some(objects as u64 + wasm))
    }

    /// Begins to note whatever flickers.
    pub async fn watch_tiles(&self) -> Result<()> {
        self.page().eval(WATCH).await
    }

    /// Fails where a tile flickered since [`Caller::watch_tiles`].
    pub async fn assert_no_flicker(&self) -> Result<()> {
        let flickers: Vec<String> = self.page().eval("return window.flickers").await?;
        ensure!(flickers.is_empty(), "{} saw {flickers:#?}", self.name);
        Ok(())
    }

    /// Who the page is to the server, each time it came in, and whether it was back.
    pub async fn joins(&self) -> Result<Vec<(String, bool)>> {
        let joins: Vec<Value> = self.page().eval("return window.joins").await?;
        let read = |join: &Value| {
            let id = join["peer_id"].as_str()?.to_owned();
            Some((id, join["resumed"].as_bool()?))
        };
        joins
            .iter()
            .map(read)
            .collect::<Option<_>>()
            .context("joins have an id")
    }

    /// Begins to note how late the page's timers are.
    pub async fn watch_clock(&self) -> Result<()> {
        let watch = "let last = Date.now();
            window.late = 0;
            setInterval(() => {
                const now = Date.now();
                window.late = Math.max(window.late, now - last - 100);
                last = now;
            }, 100)";
        self.page().eval(watch).await
    }

    /// When the page came in last, in ms since 1970, and by how many ms a timer of it was late at most
    /// since [`Caller::watch_clock`].
    pub async fn came_in(&self) -> Result<(f64, f64)> {
        let look = "return [window.joins.at(-1).at, window.late]";
        self.page().eval(look).await
    }

    /// Waits until the page says that the server is lost, or no longer.
    pub async fn says_lost(&self, lost: bool) -> Result<()> {
        let says = "document.querySelector('.toasts').innerText.includes('to the server is lost')";
        let expression = if lost {
            says.to_owned()
        } else {
            format!("!{says}")
        };
        let page = self.page();
        page.wait_until("what the page says of the server", PATIENCE, &expression)
            .await
    }

    /// Prints what a person needs to understand a failure, and keeps a picture.
    pub async fn report(&self) -> Result<()> {
        let dir = crate::serve::target_dir().join("test-failures");
        std::fs::create_dir_all(&dir)?;
        let picture = dir.join(format!("{}.png", self.name));
        self.page().screenshot(&picture).await?;
        eprintln!("--- {} sees {}", self.name, picture.display());
        eprintln!("{}", self.page().console().text());
        Ok(())
    }

    /// Cuts the page's socket, as a lost network does.
    pub async fn cut_socket(&self) -> Result<()> {
        let cut: u32 = self
            .page()
            .eval_with(
                "const open = [...window.liveSockets];
                 open.forEach(socket => { window.liveSockets.delete(socket); socket.close(arg.code); });
                 return open.length",
                &json!({ "code": 4999 }),
            )
            .await?;
        ensure!(cut == 1, "there are {cut} sockets");
        Ok(())
    }

    /// Has the page's connections fail in a way that only new ones mend.
    pub async fn break_connections(&self) -> Result<()> {
        let broken: u32 = self
            .page()
            .eval(
                "const live = [...window.liveConnections];
                 for (const connection of live) {
                     connection.setLocalDescription = () => Promise.reject(new DOMException('broken', 'OperationError'));
                     connection.dispatchEvent(new Event('negotiationneeded'));
                 }
                 return live.length",
            )
            .await?;
        ensure!(broken > 0, "there is no connection");
        Ok(())
    }

    /// Notes what the page puts on the clipboard, for [`Caller::copied`].
    pub async fn watch_clipboard(&self) -> Result<()> {
        let watch = "navigator.clipboard.writeText = async text => { window.copied = text; }";
        self.page().eval(watch).await
    }

    /// What was put on the clipboard last.
    pub async fn copied(&self) -> Result<String> {
        wait_for("something on the clipboard", PATIENCE, async || {
            let copied: Option<String> = self.page().eval("return window.copied").await?;
            Ok(copied)
        })
        .await
    }
}

/// Waits until everybody sees everybody else, and hears them as one speaks after the other. All
/// microphones are off before and after.
pub async fn everybody_speaks_in_turn(callers: &[Caller]) -> Result<()> {
    let others = |one: usize| callers.iter().enumerate().filter(move |(at, _)| *at != one);
    let see = callers.iter().enumerate().map(async |(at, one)| {
        for (_, other) in others(at) {
            one.sees(other).await?;
        }
        anyhow::Ok(())
    });
    try_join_all(see).await?;
    for (at, speaker) in callers.iter().enumerate() {
        speaker.page().button("Unmute microphone").click().await?;
        try_join_all(others(at).map(|(_, one)| one.hears(speaker))).await?;
        speaker.page().button("Mute microphone").click().await?;
    }
    Ok(())
}

/// Waits until everybody sees and hears everybody else.
pub async fn everybody_meets(callers: &[&Caller]) -> Result<()> {
    let meets = callers.iter().map(async |one| {
        for other in callers.iter().filter(|other| other.name != one.name) {
            one.sees(other).await?;
            one.hears(other).await?;
        }
        anyhow::Ok(())
    });
    try_join_all(meets).await?;
    Ok(())
}
