//! Another page in another browser, which plays what the studio made.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    browser::{Browser, Launch},
    camera::{BurntIn, READ_BURNT_IN},
    film::Film,
    page::Page,
    pool::Lease,
    serve::StaticFiles,
    survivors,
    wait::PATIENCE,
};

const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Player</title>
<link rel=icon href=data:,><video muted playsinline></video>";

/// A browser with a player.
#[derive(Debug)]
pub struct Player {
    page: Page,
    // The browser, where it is the player's own.
    _session: Option<Lease>,
    dir: TempDir,
    files: StaticFiles,
}

/// What the player made of a file.
#[derive(Clone, Debug, Deserialize)]
pub struct Played {
    /// Its length before it is played, in ms; `None` where the file doesn't tell.
    pub told_ms: Option<f64>,
    /// Its length after that, in ms.
    pub duration_ms: f64,
    /// The width of its picture in pixels; 0 for sound alone.
    pub width: u32,
}

/// Loads the file, plays all of it at four times the speed, and seeks in it.
const PLAY: &str = r"
    const video = document.querySelector('video');
    const file = await (await fetch(arg.name)).blob();
    video.src = URL.createObjectURL(new Blob([file], { type: arg.type }));
    const next = name => new Promise((resolve, reject) => {
        video.addEventListener(name, resolve, { once: true });
        video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
        setTimeout(() => reject(new Error(`waited too long for ${name} at ${video.currentTime} s of ${video.duration} s, ` +
            `paused ${video.paused}, readyState ${video.readyState}, ${document.visibilityState}, focus ${document.hasFocus()}`)), arg.patience);
    });
    // Not before: Firefox, told to play a file of a few seconds that it has not read to its end,
    // waits 15 s for more.
    await next('canplaythrough');
    const told = video.duration;
    video.playbackRate = 4;
    const ended = next('ended');
    await video.play();
    await ended;
    // Of an MP4 that Chromium wrote, Firefox learns the length only as it plays.
    const { duration, videoWidth } = video;
    const read = READ;
    const shown = () => { try { return read(video); } catch { return null; } };
    // Whether that is a frame of about this moment. On a busy machine frames come in bunches with
    // gaps between, and Chromium is then off by a few.
    const fits = (at, frame) => {
        const later = arg.frames.findIndex(([ms]) => ms > at);
        const end = later < 0 ? arg.frames.length : later;
        const around = arg.frames.filter(([ms], i) => (i >= end - 2 && i <= end) || Math.abs(ms - at) < 500);
        return around.some(([, ms]) => ms !== null && frame !== null && Math.abs(ms - frame.ms) < 1);
    };
    for (const part of [0.9, 0.5, 0.1]) {
        const arrived = next('seeked');
        video.currentTime = duration * part;
        await arrived;
        if (Math.abs(video.currentTime - duration * part) > 0.25)
            throw new Error(`seeks to ${video.currentTime} s instead of ${duration * part} s`);
        const at = video.currentTime * 1000, late = Date.now() + arg.patience;
        // Chromium may show the key frame in front of it first.
        while (arg.frames.length && !fits(at, shown())) {
            if (Date.now() > late) throw new Error(`shows ${JSON.stringify(shown())} at ${at} ms of ${JSON.stringify(arg.frames)}`);
            await new Promise(resolve => setTimeout(resolve, 20));
        }
    }
    return { told_ms: told * 1000, duration_ms: duration * 1000, width: videoWidth };";

impl Player {
    /// Starts a browser with a player in it.
    pub async fn start(browser: Browser) -> Result<Self> {
        let session = Lease::take(&Launch::new(browser)?).await?;
        let mut player = Self::open(session.page()).await?;
        player._session = Some(session);
        Ok(player)
    }

    /// Opens a player in a tab of a browser that runs.
    pub async fn open(page: &Page) -> Result<Self> {
        let dir = survivors::folder("player-")?;
        std::fs::write(dir.path().join("index.html"), PAGE)?;
        let files = StaticFiles::start_in(dir.path())?;
        page.goto(&format!("{}/", files.url())).await?;
        Ok(Self {
            page: page.clone(),
            _session: None,
            dir,
            files,
        })
    }

    /// Whether the browser says that it can decode this type.
    pub async fn can_play(&self, mime: &str) -> Result<bool> {
        let answer: String = self
            .page
            .eval_with(
                "return document.createElement('video').canPlayType(arg)",
                &json!(mime),
            )
            .await?;
        Ok(!answer.is_empty())
    }

    /// Plays a file from its beginning to its end, and seeks in it.
    pub async fn play(&self, film: &Film, mime: &str) -> Result<Played> {
        self.play_frames(film, mime, &[]).await
    }

    /// The same; where it seeks to, it has to show one of the film's frames from there.
    pub async fn play_frames(
        &self,
        film: &Film,
        mime: &str,
        frames: &[(f64, Option<BurntIn>)],
    ) -> Result<Played> {
        let burnt_in = |frame: &(f64, Option<BurntIn>)| (frame.0, frame.1.map(|it| it.ms));
        let name = film.path().file_name().context("a file has a name")?;
        std::fs::copy(film.path(), self.dir.path().join(name))?;
        let browser = self.page.browser();
        let what = json!({
            "name": name.to_string_lossy(),
            "type": mime,
            "frames": frames.iter().map(burnt_in).collect::<Vec<_>>(),
            "patience": PATIENCE.as_millis() as u64,
        });
        let page = &self.page;
        ensure!(page.eval::<String>("return location.origin").await? == self.files.url());
        // A player that comes to no end says so itself; this is for a browser that hangs.
        tokio::time::timeout(
            PATIENCE * 3,
            page.eval_with(&PLAY.replace("READ", READ_BURNT_IN), &what),
        )
        .await
        .with_context(|| format!("{browser} does not answer"))?
        .with_context(|| format!("{browser} does not play {}", film.path().display()))
    }
}
