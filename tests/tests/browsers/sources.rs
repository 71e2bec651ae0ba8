//! What can be recorded besides a camera, and what is done to the picture.

use std::{path::Path, process::Command};

use callreel_tests::{
    Browser, Camera, Context, Film, Kind, PATIENCE, Result, Screen, Studio, Test,
    alone_in_both_browsers, bail, ensure, in_both_browsers, wait_for,
};

in_both_browsers!(
    filters_are_in_the_take,
    a_snapshot_is_what_is_seen,
    a_screen_is_recorded_with_the_camera;
    chromium: only_the_preview_is_mirrored,
);

alone_in_both_browsers!(sound_is_recorded_alone);

/// The mean colour of a frame, and how much of it is edges; each part from 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Look {
    red: f64,
    green: f64,
    blue: f64,
    edges: f64,
}

impl Look {
    /// How far it is from grey.
    fn colour(self) -> f64 {
        let parts = [self.red, self.green, self.blue];
        parts.into_iter().fold(0.0, f64::max) - parts.into_iter().fold(1.0, f64::min)
    }
}

/// What a part of a picture, or of each frame of a film, looks like.
fn looks(file: &Path, part: &str) -> Result<Vec<Look>> {
    let pixels = |filters: &str| -> Result<Vec<[f64; 3]>> {
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(file)
            .args([
                "-vf",
                &format!("{part},{filters}"),
                "-fps_mode",
                "passthrough",
            ])
            .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            .output()
            .context("cannot run ffmpeg")?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ffmpeg: {complaints}");
        let (pixels, _) = output.stdout.as_chunks::<3>();
        Ok(pixels
            .iter()
            .map(|pixel| pixel.map(|part| f64::from(part) / 255.0))
            .collect())
    };
    let colours = pixels("format=rgb24,scale=1:1:flags=area")?;
    // Firefox's camera has its edges in the uppermost lines, Chromium's in the text below them.
    let edges = |lines: &str| {
        pixels(&format!(
            "crop=iw:{lines},format=gray,sobel,scale=1:1:flags=area"
        ))
    };
    let edges = edges("max(4\\,ih/60):0:0")?
        .into_iter()
        .zip(edges("ih/6:0:ih/8")?);
    let both = colours.into_iter().zip(edges);
    Ok(both
        .map(|([red, green, blue], ([upper, ..], [lower, ..]))| Look {
            red,
            green,
            blue,
            edges: upper.max(lower),
        })
        .collect())
}

async fn filters_are_in_the_take(test: &mut Test) -> Result {
    // In colours.
    test.launch.camera = Camera::BuiltIn(1);
    let studio = Studio::open(test).await?;
    studio.start().await?;
    let mut parts = Vec::new();
    for filter in ["No filter", "Grayscale", "Sepia", "Invert", "Blur"] {
        studio.choose("Filter", filter).await?;
        studio.records_on(1).await?;
        let from = studio.recorded_ms().await?;
        studio.records_on(1).await?;
        parts.push((from, studio.recorded_ms().await?));
    }
    studio.stop().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_opaque()?;

    let looks = looks(film.path(), "null")?;
    let times: Vec<f64> = film
        .packets(Kind::Video)?
        .iter()
        .map(|packet| packet.ms)
        .collect();
    ensure!(
        looks.len() == times.len(),
        "{} of {} frames",
        looks.len(),
        times.len()
    );
    let mut middles = Vec::new();
    for (from, to) in parts {
        let middle = times.partition_point(|at| *at < (from + to) / 2.0);
        middles.push(*looks.get(middle).context("the take is too short")?);
    }
    let [plain, grey, sepia, inverted, blurred] = middles[..] else {
        bail!("there are {} parts", middles.len());
    };
    let seen = format!("{middles:.2?}");
    ensure!(grey.colour() < 0.03, "not grey: {seen}");
    ensure!(
        sepia.red > sepia.green + 0.02 && sepia.green > sepia.blue + 0.02,
        "not brown: {seen}"
    );
    ensure!(blurred.edges < 0.7 * plain.edges, "not blurred: {seen}");
    // Firefox's camera changes its colour all the time.
    if test.browser() == Browser::Chromium {
        let sums = [
            plain.red + inverted.red,
            plain.green + inverted.green,
            plain.blue + inverted.blue,
        ];
        ensure!(plain.colour() > 0.1, "without a colour: {seen}");
        ensure!(
            sums.iter().all(|sum| (sum - 1.0).abs() < 0.1),
            "not inverted: {seen}"
        );
    }
    Ok(())
}

async fn a_snapshot_is_what_is_seen(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(1);
    let studio = Studio::open(test).await?;
    studio.switch(studio.choose("Filter", "Grayscale")).await?;
    // The composed picture follows its source.
    studio.choose("Resolution", "VGA 640 × 480").await?;
    studio
        .wait_for_picture("element.videoWidth === 640")
        .await?;
    let page = studio.page().clone();
    // The sentence goes away by itself, so it is read before anything else is done.
    let mut said = String::new();
    let file = test
        .download(async {
            page.button("Take snapshot").click().await?;
            said = wait_for("the page to say where it is", PATIENCE, async || {
                let text: String = page.eval("return document.body.innerText").await?;
                Ok(text.contains("in your downloads").then_some(text))
            })
            .await?;
            Ok(())
        })
        .await?;
    let bytes = std::fs::read(&file)?;
    ensure!(
        bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "{} is no PNG",
        file.display()
    );
    let side = |at: usize| {
        bytes[at..at + 4]
            .iter()
            .fold(0_u32, |side, byte| side << 8 | u32::from(*byte))
    };
    ensure!(
        (side(16), side(20)) == (640, 480),
        "{} × {}",
        side(16),
        side(20)
    );
    let look = looks(&file, "null")?;
    ensure!(look.len() == 1 && look[0].colour() < 0.03, "{look:?}");
    let name = file
        .file_name()
        .context("a file has a name")?
        .to_string_lossy();
    let wanted = format!("The snapshot is in your downloads: {name}");
    ensure!(said.contains(&wanted), "{said}");
    Ok(())
}

async fn only_the_preview_is_mirrored(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let shown = "getComputedStyle(element).scale";
    studio
        .stage()
        .wait_until(
            "a mirrored preview",
            PATIENCE,
            &format!("{shown} === '-1 1'"),
        )
        .await?;
    let page = studio.page().clone();
    let file = test
        .download(async { page.button("Take snapshot").click().await })
        .await?;
    // Mirrored, the camera's time could not be read.
    let readable = |film: &Film| -> Result<bool> {
        Ok(film
            .frames()?
            .iter()
            .any(|(_, burnt_in)| burnt_in.is_some()))
    };
    ensure!(readable(&Film::new(file))?, "the snapshot is mirrored");
    studio.start().await?;
    studio.recorded(1).await?;
    page.button("Mirror the preview").click().await?;
    studio
        .stage()
        .wait_until(
            "a preview as it is",
            PATIENCE,
            &format!("{shown} === 'none'"),
        )
        .await?;
    studio.records_on(1).await?;
    studio.stop().await?;
    ensure!(
        readable(&studio.download(test).await?)?,
        "the take is mirrored"
    );
    Ok(())
}

/// Where the camera is shown, a little inside its border, and a part of the screen of that size.
const CORNER: &str = "crop=iw*0.15:ih*0.2:iw*0.8:ih*0.75";
const SCREEN: &str = "crop=iw*0.15:ih*0.2:iw*0.4:ih*0.4";

async fn a_screen_is_recorded_with_the_camera(test: &mut Test) -> Result {
    Screen::prepare(test);
    let page = test.open("/").await?;
    let _screen = Screen::offer(test, &page).await?;
    let studio = Studio::on(&page).await?;
    let mut films = Vec::new();
    for source in ["Screen", "Screen and camera"] {
        let share = async {
            // To Firefox a choice is no click, which it wants before a screen; the page says so.
            if test.browser() == Browser::Firefox && source == "Screen" {
                // An earlier click, which there may have been to turn the camera on, holds for 5 s.
                let forgotten = "!navigator.userActivation.isActive";
                page.wait_until("the last click to be forgotten", PATIENCE, forgotten)
                    .await?;
                studio.choose("Source", source).await?;
                return page.button("Try again").click().await;
            }
            studio.choose("Source", source).await
        };
        studio.switch(share).await?;
        studio.start().await?;
        studio.recorded(2).await?;
        studio.stop().await?;
        let film = studio.download(test).await?;
        film.assert_decodes()?;
        film.assert_seekable()?;
        ensure!(
            film.packets(Kind::Audio)?.len() > 10,
            "the microphone is not in the take"
        );
        films.push(film);
        // What is shared takes another size, and nobody is asked again.
        studio.choose("Resolution", "QVGA 320 × 240").await?;
        studio.wait_for_picture("element.videoWidth <= 320").await?;
    }
    // The tab that Chromium shares has strong colours all over, and its camera is black and white.
    if test.browser() == Browser::Chromium {
        for (film, has_camera) in films.iter().zip([false, true]) {
            let last = |part| -> Result<Look> {
                looks(film.path(), part)?.pop().context("there is no frame")
            };
            let (screen, corner) = (last(SCREEN)?, last(CORNER)?);
            ensure!(screen.colour() > 0.2, "{screen:?} is not the shared tab");
            ensure!(
                (corner.colour() < 0.1) == has_camera,
                "{corner:?} in the corner, with the camera: {has_camera}"
            );
        }
    }
    ensure!(
        films[1].packets(Kind::Video)?.len() > 5,
        "there are hardly any pictures"
    );
    Ok(())
}

async fn sound_is_recorded_alone(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    let studio = Studio::listen(&page).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.stop().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    ensure!(film.packets(Kind::Video)?.is_empty(), "there is a picture");
    let sound: f64 = film
        .packets(Kind::Audio)?
        .iter()
        .map(|packet| packet.lasts_ms)
        .sum();
    let duration = studio.replay_ms().await?;
    ensure!(
        (sound - duration).abs() < 200.0,
        "{sound} ms of sound in {duration} ms"
    );
    Ok(())
}
