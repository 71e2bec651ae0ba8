//! Another page in another browser, which plays what the studio made.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    browser::{Browser, Camera, Launch, Session},
    film::Film,
    serve::StaticFiles,
    wait::PATIENCE,
};

const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Player</title>
<link rel=icon href=data:,><video muted playsinline></video>";

/// A browser with a player.
#[derive(Debug)]
pub struct Player {
    session: Session,
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
    for (const part of [0.9, 0.5, 0.1]) {
        const arrived = next('seeked');
        video.currentTime = duration * part;
        await arrived;
        if (Math.abs(video.currentTime - duration * part) > 0.25)
            throw new Error(`seeks to ${video.currentTime} s instead of ${duration * part} s`);
    }
    return { told_ms: told * 1000, duration_ms: duration * 1000, width: videoWidth };";

impl Player {
    /// Starts a browser with a player in it.
    pub async fn start(browser: Browser) -> Result<Self> {
        let dir = TempDir::with_prefix("callreel-player-")?;
        std::fs::write(dir.path().join("index.html"), PAGE)?;
        let files = StaticFiles::start_in(dir.path())?;
        let mut launch = Launch::new(browser)?;
        launch.camera = Camera::None;
        let session = launch.start().await?;
        session.page().goto(&format!("{}/", files.url())).await?;
        Ok(Self {
            session,
            dir,
            files,
        })
    }

    /// Whether the browser says that it can decode this type.
    pub async fn can_play(&self, mime: &str) -> Result<bool> {
        let answer: String = self
            .session
            .page()
            .eval_with(
                "return document.createElement('video').canPlayType(arg)",
                &json!(mime),
            )
            .await?;
        Ok(!answer.is_empty())
    }

    /// Plays a file from its beginning to its end, and seeks in it.
    pub async fn play(&self, film: &Film, mime: &str) -> Result<Played> {
        let name = film.path().file_name().context("a file has a name")?;
        std::fs::copy(film.path(), self.dir.path().join(name))?;
        let browser = self.session.launch().browser;
        let what = json!({
            "name": name.to_string_lossy(),
            "type": mime,
            "patience": PATIENCE.as_millis() as u64,
        });
        let page = self.session.page();
        ensure!(page.eval::<String>("return location.origin").await? == self.files.url());
        // A player that comes to no end says so itself; this is for a browser that hangs.
        tokio::time::timeout(PATIENCE * 3, page.eval_with(PLAY, &what))
            .await
            .with_context(|| format!("{browser} does not answer"))?
            .with_context(|| format!("{browser} does not play {}", film.path().display()))
    }

    /// Ends the browser.
    pub async fn quit(self) -> Result<()> {
        self.session.quit().await
    }
}
