//! A take goes on while nobody sees the page.

use callreel_tests::{
    BurntIn, Camera, Context, Result, Studio, Test, alone_in_both_browsers, ensure,
};

alone_in_both_browsers!(a_hidden_take_keeps_its_frames);

/// The share of frames that a hidden page has to keep.
const KEPT: f64 = 0.9;
/// The share of the camera's frames that a filter has to keep. A quiet machine keeps 95 % and more;
/// this leaves room for a busy one.
const FILTERED: f64 = 0.75;

/// One take: seen and unseen, without a filter and with one.
async fn a_hidden_take_keeps_its_frames(test: &mut Test) -> Result {
    test.launch.camera = Camera::Fluent;
    let studio = Studio::open(test).await?;
    studio.watch_camera().await?;
    studio.start().await?;
    studio.recorded(1).await?;
    let direct = rounds(&studio).await?;
    studio.choose("Filter", "Grayscale").await?;
    studio.records_on(1).await?;
    let filtered = rounds(&studio).await?;
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
    let rates = |rounds: [Round; ROUNDS]| {
        let of = |pick: fn(&Round) -> (f64, f64)| median(rounds.map(|round| rate(pick(&round))));
        (of(|round| round.seen), of(|round| round.hidden))
    };
    let (seen, unseen) = rates(direct);
    let (seen_filtered, filtered) = rates(filtered);
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

/// Seen and hidden take turns, and the medians count: what else the machine does comes and goes.
const ROUNDS: usize = 3;

/// From when to when the page was seen, and then hidden.
#[derive(Clone, Copy)]
struct Round {
    seen: (f64, f64),
    hidden: (f64, f64),
}

async fn rounds(studio: &Studio) -> Result<[Round; ROUNDS]> {
    let mut rounds = [Round {
        seen: (0.0, 0.0),
        hidden: (0.0, 0.0),
    }; ROUNDS];
    for round in &mut rounds {
        round.seen = stretch(studio).await?;
        round.hidden = hidden_stretch(studio).await?;
    }
    Ok(rounds)
}

fn median(mut rates: [f64; ROUNDS]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[ROUNDS / 2]
}

/// Records on for a while: from when to when.
async fn stretch(studio: &Studio) -> Result<(f64, f64)> {
    let from = studio.camera_clock().await?;
    studio.records_on(2).await?;
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
