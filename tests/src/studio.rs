//! The studio as a person uses it: its controls by their names, in the order of a take.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{
    browser::Browser,
    camera::{BurntIn, READ_BURNT_IN},
    film::Film,
    finder::Finder,
    page::Page,
    test::Test,
    wait::{PATIENCE, wait_for},
};

/// The studio in a tab. Clones are the same tab.
#[derive(Clone, Debug)]
pub struct Studio(Page);

impl Studio {
    /// Opens the studio and turns the camera on, with a picture of 320 × 240 so that machines
    /// which run several tests keep up.
    pub async fn open(test: &mut Test) -> Result<Self> {
        let page = test.open("/").await?;
        page.select("Resolution").choose("QVGA 320 × 240").await?;
        let studio = Self::on(&page).await?;
        studio
            .wait_for_picture("element.videoWidth === 320")
            .await?;
        Ok(studio)
    }

    /// The studio that a tab shows, with its camera on.
    pub async fn on(page: &Page) -> Result<Self> {
        let studio = Self(page.clone());
        let turn_on = page.button("Turn on camera");
        wait_for("the studio", PATIENCE, async || {
            turn_on.click_if_there().await?;
            studio
                .wait_for_picture_within(Duration::ZERO, "element.videoWidth > 0")
                .await?;
            Ok(Some(()))
        })
        .await?;
        Ok(studio)
    }

    /// The studio that a tab shows, with its microphone on alone.
    pub async fn listen(page: &Page) -> Result<Self> {
        page.select("Source").choose("Sound only").await?;
        let turn_on = page.button("Turn on microphone");
        let level = page.role("meter", "Microphone level");
        wait_for("the microphone", PATIENCE, async || {
            turn_on.click_if_there().await?;
            Ok((level.count().await? == 1).then_some(()))
        })
        .await?;
        Ok(Self(page.clone()))
    }

    /// The tab.
    pub fn page(&self) -> &Page {
        &self.0
    }

    /// The live picture.
    pub fn stage(&self) -> Finder {
        self.0.region("Preview").css("video")
    }

    /// Waits until the live picture moves and an expression about its `element` is true.
    pub async fn wait_for_picture(&self, expression: &str) -> Result<()> {
        self.wait_for_picture_within(PATIENCE, expression).await
    }

    async fn wait_for_picture_within(&self, patience: Duration, expression: &str) -> Result<()> {
        let moves = "element.readyState >= 2 && !element.hidden";
        self.stage()
            .within(patience.min(Duration::from_secs(1)))
            .wait_until(
                &format!("a picture with {expression}"),
                patience,
                &format!("{moves} && ({expression})"),
            )
            .await
    }

    /// Chooses a line of one of the lists.
    pub async fn choose(&self, list: &str, line: &str) -> Result<()> {
        self.0.select(list).choose(line).await
    }

    /// Begins to log when the camera takes its frames.
    pub async fn watch_camera(&self) -> Result<()> {
        if self.0.browser() == Browser::Firefox {
            return Ok(());
        }
        self.stage()
            .eval(&LOG_CAMERA.replace("READ", READ_BURNT_IN))
            .await
    }

    /// What the clock of the log shows now, in ms.
    pub async fn camera_clock(&self) -> Result<f64> {
        let since = match self.0.browser() {
            Browser::Chromium => "0",
            Browser::Firefox => "performance.timeOrigin",
        };
        self.0
            .eval(&format!("return {since} + performance.now()"))
            .await
    }

    /// What was logged so far.
    pub async fn camera_log(&self) -> Result<CameraLog> {
        Ok(CameraLog(
            self.0.eval("return window.cameraLog ?? []").await?,
        ))
    }

    /// Starts a take, and waits until it is being recorded.
    pub async fn start(&self) -> Result<()> {
        self.0.button("Start recording").click().await?;
        self.0.button("Stop recording").wait().await.map(drop)
    }

    /// Waits until the take's own clock shows so many seconds.
    pub async fn recorded(&self, seconds: u32) -> Result<()> {
        self.clock_reaches("", seconds).await
    }

    /// Waits until the take's own clock shows so many seconds more than now.
    pub async fn records_on(&self, seconds: u32) -> Result<()> {
        self.clock_reaches("shown() +", seconds).await
    }

    /// The page itself waits, so that no question comes late.
    async fn clock_reaches(&self, from: &str, seconds: u32) -> Result<()> {
        let timer = self.0.role("timer", "Recorded time");
        let patience = PATIENCE + Duration::from_secs(seconds.into());
        let is_reached: bool = timer
            .eval(&format!(
                "const shown = () => element.innerText.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
                 const wanted = {from} {seconds}, late = Date.now() + {};
                 while (shown() < wanted && Date.now() < late) await new Promise(resolve => setTimeout(resolve, 30));
                 return shown() >= wanted",
                patience.as_millis(),
            ))
            .await?;
        anyhow::ensure!(is_reached, "the take's clock does not show {seconds} s");
        Ok(())
    }

    /// What the take's own clock shows, in ms.
    pub async fn recorded_ms(&self) -> Result<f64> {
        let shown = self.0.role("timer", "Recorded time").text().await?;
        let seconds = clock_seconds(&shown).context("the clock shows no time")?;
        Ok(f64::from(seconds) * 1000.0)
    }

    /// Does something that puts another picture on the stage, and waits for that.
    pub async fn switch(&self, act: impl Future<Output = Result<()>>) -> Result<()> {
        self.stage()
            .eval::<()>("window.before = element.srcObject")
            .await?;
        act.await?;
        self.wait_for_picture("element.srcObject !== window.before")
            .await
    }

    /// Waits until the page says that so many seconds of the take are saved.
    pub async fn saved(&self, seconds: u32) -> Result<()> {
        wait_for(&format!("{seconds} s to be saved"), PATIENCE, async || {
            let shown = self.0.region("Preview").css(".slate").text().await?;
            let saved = shown
                .split_once("up to ")
                .and_then(|(_, rest)| clock_seconds(rest.split_whitespace().next()?));
            Ok(saved.filter(|saved| *saved >= seconds).map(drop))
        })
        .await
    }

    /// Waits until the camera has filmed for so many ms more, by its own time.
    pub async fn filmed(&self, ms: f64) -> Result<()> {
        let since = "const since = (now, then) => now.period_ms \
            ? (now.ms - then.ms + now.period_ms) % now.period_ms : now.ms - then.ms;";
        self.stage()
            .eval(&format!(
                "const read = {READ_BURNT_IN}; {since}
                 const late = Date.now() + {};
                 let first;
                 while (Date.now() < late) {{
                     await new Promise(resolve => setTimeout(resolve, 20));
                     try {{ first ??= read(element); if (since(read(element), first) >= {ms}) return; }} catch {{ /* a blurred frame */ }}
                 }}
                 throw new Error('the camera stands still')",
                PATIENCE.as_millis() + ms as u128,
            ))
            .await
    }

    /// Ends the take, and waits until it can be replayed.
    pub async fn stop(&self) -> Result<()> {
        self.0.button("Stop recording").click().await?;
        self.replayable().await
    }

    /// Waits until there is a take in the player.
    pub async fn replayable(&self) -> Result<()> {
        self.replay()
            .wait_until("the replay", PATIENCE, "element.readyState >= 2")
            .await
    }

    /// Downloads the take that is in the player.
    pub async fn download(&self, test: &mut Test) -> Result<Film> {
        let download = self.takes().css("li.open").button("Download");
        test.download(async { download.click().await })
            .await
            .map(Film::new)
    }

    /// The list of takes.
    pub fn takes(&self) -> Finder {
        self.0.region("Takes")
    }

    /// The player.
    pub fn replay(&self) -> Finder {
        self.takes().css("video")
    }

    /// How long the replay says it is, in ms.
    pub async fn replay_ms(&self) -> Result<f64> {
        // JSON has no word for infinity.
        let seconds: Option<f64> = self.replay().eval("return element.duration").await?;
        Ok(seconds.context("the replay has no finite duration")? * 1000.0)
    }

    /// What the camera burnt into the frame that the replay shows `at_ms`.
    pub async fn replayed_at(&self, at_ms: f64) -> Result<BurntIn> {
        seek(&self.replay(), at_ms).await?;
        self.0.burnt_in(&self.replay()).await
    }
}

/// When the camera took its frames.
///
/// Firefox's camera burns in the time of day. Chromium's burns in a number, and skips time, not
/// numbers, when the machine is busy; so the page is asked when each frame that it showed was taken.
#[derive(Clone, Debug)]
pub struct CameraLog(Vec<(BurntIn, f64)>);

impl CameraLog {
    /// When a frame was taken, in ms; `None` for one of a time that was not logged.
    pub fn taken_ms(&self, frame: BurntIn) -> Option<f64> {
        if frame.period_ms == 0.0 {
            return Some(frame.ms);
        }
        let nearest = |a: &(f64, f64), b: &(f64, f64)| a.0.abs().total_cmp(&b.0.abs());
        let (after, at_ms) = self.logged_beside(frame).min_by(nearest)?;
        Some(at_ms + after)
    }

    /// The same for a camera that was opened anew and began its numbers again: of the times when
    /// the frame may have been taken, the one nearest to `expected_ms`, if it is within seconds of it.
    pub fn taken_ms_about(&self, frame: BurntIn, expected_ms: f64) -> Option<f64> {
        if frame.period_ms == 0.0 {
            return Some(frame.ms);
        }
        let off = |taken_ms: &f64| (taken_ms - expected_ms).abs();
        let times = self
            .logged_beside(frame)
            .map(|(after, at_ms)| at_ms + after);
        let nearest = times.min_by(|a, b| off(a).total_cmp(&off(b)))?;
        (off(&nearest) < 5000.0).then_some(nearest)
    }

    /// The logged frames from about the same time: how long after each this one was taken, and when
    /// each was, in ms.
    fn logged_beside(&self, frame: BurntIn) -> impl Iterator<Item = (f64, f64)> {
        let half = frame.period_ms / 2.0;
        let after = move |logged| (frame.since(logged) + half).rem_euclid(frame.period_ms) - half;
        let logged = self
            .0
            .iter()
            .map(move |(logged, at_ms)| (after(*logged), *at_ms));
        logged.filter(|(after, _)| after.abs() < 500.0)
    }

    /// How long the camera took to take these frames, in ms, the last one's own time included.
    pub fn length_ms(&self, frames: &[(f64, Option<BurntIn>)]) -> Option<f64> {
        let readable = || frames.iter().filter_map(|(_, burnt_in)| *burnt_in);
        let (first, last) = (readable().next()?, readable().next_back()?);
        let length = self.taken_ms(last)? - self.taken_ms(first)?;
        Some(length + length / (frames.len() - 1) as f64)
    }
}

/// Logs the frames that a video shows.
///
/// Of a composed picture it is only known when it was shown, which comes close.
const LOG_CAMERA: &str = r"
    window.cameraLog = [];
    const read = READ;
    const look = (now, frame) => {
        try { cameraLog.push([read(element), frame.captureTime ?? frame.presentationTime]); } catch { /* no frame yet */ }
        element.requestVideoFrameCallback(look);
    };
    element.requestVideoFrameCallback(look);";

/// Seeks a video, and waits until it shows the frame.
pub async fn seek(video: &Finder, at_ms: f64) -> Result<()> {
    let arrived: bool = video
        .eval(&format!(
            "element.pause();
             const heard = name => new Promise(resolve => element.addEventListener(name, () => resolve(true), {{ once: true }}));
             const go = async () => {{
                 // Firefox may forget where to go when it is told before it has the first frame.
                 if (element.readyState < 2) await heard('loadeddata');
                 const arrived = heard('seeked');
                 element.currentTime = {};
                 return arrived;
             }};
             return Promise.race([go(), new Promise(resolve => setTimeout(resolve, {}, false))])",
            json!(at_ms / 1000.0),
            PATIENCE.as_millis()
        ))
        .await?;
    anyhow::ensure!(arrived, "the video does not seek to {at_ms} ms");
    Ok(())
}

/// `m:ss` or `h:mm:ss` in seconds.
fn clock_seconds(text: &str) -> Option<u32> {
    text.trim().split(':').try_fold(0, |seconds, part| {
        Some(seconds * 60 + part.parse::<u32>().ok()?)
    })
}
