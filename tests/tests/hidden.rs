//! A take goes on while nobody sees the page.

use callreel_tests::{BurntIn, Context, Result, Studio, Test, ensure, in_both_browsers};

in_both_browsers!(a_hidden_take_keeps_its_frames);

/// The share of frames that a hidden page has to keep.
const KEPT: f64 = 0.9;
/// The share of the camera's frames that a filter has to keep. A quiet machine keeps 95 % and more;
/// this leaves room for a busy one.
const FILTERED: f64 = 0.75;

/// One take: seen and unseen, without a filter and with one.
async fn a_hidden_take_keeps_its_frames(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    studio.watch_camera().await?;
    studio.start().await?;
    studio.recorded(1).await?;
    let seen = stretch(&studio).await?;
    let unseen = hidden_stretch(&studio).await?;
    studio.choose("Filter", "Grayscale").await?;
    studio.records_on(1).await?;
    let seen_filtered = stretch(&studio).await?;
    let filtered = hidden_stretch(&studio).await?;
    studio.stop().await?;

    let film = studio.download(test).await?;
    film.assert_decodes()?;
    let frames = film.frames()?;
    let log = studio.camera_log().await?;
    let mut begins = frames
        .iter()
        .filter_map(|(at_ms, burnt_in)| Some(log.taken_ms((*burnt_in)?)? - at_ms));
    let begin = begins.next().context("no frame shows the time")?;
    let rate = |(from, to): (f64, f64)| frames_a_second(&frames, from - begin, to - begin);
    let [seen, unseen, seen_filtered, filtered] = [seen, unseen, seen_filtered, filtered].map(rate);
    test.measured(&format!(
        "frames a second: {seen:.1}, in a hidden page {unseen:.1}; with a filter {seen_filtered:.1}, in a hidden page {filtered:.1}"
    ));
    ensure!(unseen >= KEPT * seen, "{unseen} frames a second of {seen}");
    ensure!(
        filtered >= KEPT * seen_filtered && filtered >= FILTERED * seen,
        "with a filter {filtered} frames a second of {seen_filtered}; the camera gave {seen}"
    );
    Ok(())
}

/// Records on for a while: from when to when.
async fn stretch(studio: &Studio) -> Result<(f64, f64)> {
    let from = studio.camera_clock().await?;
    studio.records_on(3).await?;
    Ok((from, studio.camera_clock().await?))
}

async fn hidden_stretch(studio: &Studio) -> Result<(f64, f64)> {
    let front = studio.page().hide().await?;
    let stretch = stretch(studio).await?;
    front.close().await?;
    studio.page().show().await?;
    Ok(stretch)
}

/// Different frames of the camera between two moments of a film, in ms.
fn frames_a_second(frames: &[(f64, Option<BurntIn>)], from: f64, to: f64) -> f64 {
    let mut shown: Vec<f64> = frames
        .iter()
        .filter(|(at_ms, _)| (from..to).contains(at_ms))
        .filter_map(|(_, burnt_in)| Some((*burnt_in)?.ms))
        .collect();
    shown.dedup();
    shown.len() as f64 * 1000.0 / (to - from)
}
