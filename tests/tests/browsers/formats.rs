//! Every format of every browser, played in every browser that can decode it.

use callreel_tests::{
    Browser, BurntIn, Context, Film, PATIENCE, Player, Result, Studio, Test, ensure,
    in_both_browsers,
};

in_both_browsers!(every_format_plays_and_seeks);

/// A take in one format.
struct Sample {
    name: String,
    film: Film,
    duration_ms: f64,
    /// Of one with pictures: when each is shown, in ms, and what the camera burnt into it.
    frames: Vec<(f64, Option<BurntIn>)>,
}

async fn every_format_plays_and_seeks(test: &mut Test) -> Result {
    let mut samples = Vec::new();
    let studio = Studio::open(test).await?;
    for name in formats(&studio).await? {
        samples.push(record(test, &studio, name, true).await?);
    }
    studio.choose("Source", "Sound only").await?;
    studio
        .page()
        .wait_until(
            "formats of sound alone",
            PATIENCE,
            "document.querySelector('.sound-only')",
        )
        .await?;
    for name in formats(&studio).await? {
        samples.push(record(test, &studio, name, false).await?);
    }

    // What these versions offer, and of it what each of them decodes: less would pass unseen.
    let (offered, decoded) = match test.browser() {
        Browser::Chromium => (9, [9, 8]),
        Browser::Firefox => (3, [3, 3]),
    };
    let names: Vec<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
    ensure!(names.len() >= offered, "only {names:?} are offered");
    for (browser, decoded) in Browser::ALL.into_iter().zip(decoded) {
        let player = match browser == test.browser() {
            true => Player::open(studio.page()).await?,
            false => Player::start(browser).await?,
        };
        let played = play(&samples, browser, &player).await?;
        test.measured(&format!("played in {browser}: {played:?}"));
        ensure!(
            played.len() >= decoded,
            "{browser} plays only {played:?} of {names:?}"
        );
    }
    Ok(())
}

/// All but the first, which stands for one of them.
async fn formats(studio: &Studio) -> Result<Vec<String>> {
    let mut options = studio.page().select("Format").options().await?;
    options.retain(|option| !option.starts_with("Auto"));
    Ok(options)
}

async fn record(
    test: &mut Test,
    studio: &Studio,
    name: String,
    has_picture: bool,
) -> Result<Sample> {
    studio.choose("Format", &name).await?;
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    let film = studio.download(test).await?;
    film.assert_decodes().with_context(|| name.clone())?;
    if name.starts_with("WebM") {
        film.assert_seekable().with_context(|| name.clone())?;
    }
    let frames = match has_picture {
        true => film.frames()?,
        false => Vec::new(),
    };
    Ok(Sample {
        name,
        film,
        duration_ms: studio.replay_ms().await?,
        frames,
    })
}

/// The names of those that a browser plays, which has to be all that it says it can.
async fn play<'samples>(
    samples: &'samples [Sample],
    browser: Browser,
    player: &Player,
) -> Result<Vec<&'samples str>> {
    let mut names = Vec::new();
    for sample in samples {
        let Some(mime) = mime(&sample.name, browser) else {
            continue;
        };
        if player.can_play(&mime).await? {
            let played = assert_plays(sample, &mime, player).await;
            played.with_context(|| format!("{} in {browser}", sample.name))?;
            names.push(sample.name.as_str());
        }
    }
    Ok(names)
}

async fn assert_plays(sample: &Sample, mime: &str, player: &Player) -> Result {
    let played = player
        .play_frames(&sample.film, mime, &sample.frames)
        .await?;
    // Which size is the browser's: Chromium hands a picture that it scales to the recorder as the
    // camera gave it.
    ensure!((played.width > 0) != sample.frames.is_empty(), "{played:?}");
    // Of an MP4 that Chromium wrote, Firefox learns the length only as it plays.
    let told_ms = match sample.name.starts_with("WebM") {
        true => played.told_ms,
        false => Some(played.duration_ms),
    };
    ensure!(
        told_ms.is_some_and(|told| (told - sample.duration_ms).abs() < 100.0),
        "{} ms in the studio, {played:?}",
        sample.duration_ms
    );
    Ok(())
}

/// The type by which a player is asked whether it decodes a format; `None` where it is known not
/// to, as H.264 outside of MP4 in Firefox. Chromium does, and denies it.
fn mime(name: &str, browser: Browser) -> Option<String> {
    let (container, codecs) = name.split_once(" · ")?;
    let is_h264 = codecs.starts_with("H.264");
    let container = match container {
        "WebM" if is_h264 && browser == Browser::Firefox => return None,
        "WebM" if is_h264 => "x-matroska",
        "WebM" => "webm",
        "MP4" => "mp4",
        _ => "ogg",
    };
    let codecs: Vec<&str> = codecs.split(" + ").map(codec).collect();
    let kind = if codecs.len() > 1 { "video" } else { "audio" };
    Some(format!(
        "{kind}/{container}; codecs=\"{}\"",
        codecs.join(", ")
    ))
}

/// A codec's name in a type (RFC 6381).
fn codec(name: &str) -> &str {
    match name {
        "VP8" => "vp8",
        "VP9" => "vp09.00.10.08",
        "AV1" => "av01.0.04M.08",
        "H.264" => "avc1.42E01E",
        "AAC" => "mp4a.40.2",
        _ => "opus",
    }
}
