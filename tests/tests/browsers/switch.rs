//! One take while everything around it changes.

use callreel_tests::{
    Browser, Camera, Context, Film, Kind, Player, Result, Screen, Studio, Test, alone_in_chromium,
    alone_in_firefox, ensure, in_both_browsers, steady_tone,
};

// Firefox has one fake camera.
alone_in_chromium!(
    one_take_across_all_changes,
    another_camera_takes_over,
    another_size_comes_into_a_take
);
alone_in_firefox!(one_take_across_all_changes, another_size_comes_into_a_take);
in_both_browsers!(a_take_changes_while_the_server_is_away);

/// The longest break in the picture where its source changes, in ms.
const BREAK_MS: f64 = 300.0;
/// The longest break in the sound, in ms: a packet is up to 60 ms long.
const SILENCE_MS: f64 = 100.0;
/// A change has its effects within this much of a film, in ms before and after it was asked for.
const AROUND_MS: (f64, f64) = (200.0, 1500.0);

async fn one_take_across_all_changes(test: &mut Test) -> Result {
    test.launch.camera = Camera::Fluent;
    Screen::prepare(test);
    steady_tone(test)?;
    let studio = Studio::open(test).await?;
    let page = studio.page().clone();
    let screen = Screen::offer(test, &page).await?;
    studio.watch_camera().await?;
    studio.start().await?;
    studio.recorded(2).await?;

    let mut changes = vec![studio.camera_clock().await?];
    // The camera is opened anew.
    page.button("Settings").click().await?;
    let wish = studio.choose("Rule for Frames per second", "Ideal");
    studio.switch(wish).await?;
    page.role("dialog", "Settings")
        .button("Close")
        .click()
        .await?;
    studio.records_on(2).await?;
    // Firefox has one fake microphone.
    if test.browser() == Browser::Chromium {
        changes.push(studio.camera_clock().await?);
        let microphones = page.select("Microphone").options().await?;
        studio.choose("Microphone", &microphones[1]).await?;
        studio.records_on(2).await?;
    }
    changes.push(studio.camera_clock().await?);
    // Firefox wants a click before a screen, and a choice is none; an earlier one may be too old.
    studio.stage().click().await?;
    studio.switch(studio.choose("Source", "Screen")).await?;
    studio.records_on(2).await?;
    changes.push(studio.camera_clock().await?);
    studio.switch(screen.end(&page)).await?;
    studio.records_on(2).await?;
    changes.push(studio.camera_clock().await?);
    studio.choose("Source", "Camera").await?;
    studio.records_on(2).await?;
    changes.push(studio.camera_clock().await?);
    studio.choose("Filter", "Grayscale").await?;
    studio.records_on(2).await?;
    let front = page.hide().await?;
    studio.records_on(2).await?;
    front.close().await?;
    page.show().await?;
    studio.stop().await?;

    let film = studio.download(test).await?;
    let log = studio.camera_log().await?;
    // The first change came when the take's clock showed two seconds.
    let about = changes[0] - 2000.0;
    let frames = film.frames()?.into_iter();
    let begins: Vec<(f64, f64)> = frames
        .filter_map(|(at_ms, burnt_in)| {
            let taken_ms = log.taken_ms_about(burnt_in?, about + at_ms)?;
            Some((at_ms, taken_ms - at_ms))
        })
        .collect();
    let (_, begin) = *begins.first().context("no frame shows the time")?;
    let changes: Vec<f64> = changes.iter().map(|change| change - begin).collect();
    assert_unbroken(test, &film, &changes)?;

    // Firefox's camera tells its time too finely for a picture that was drawn anew.
    if test.browser() == Browser::Chromium {
        let last_ms = begins.last().map_or(0.0, |(at_ms, _)| *at_ms);
        let last_change = changes.last().copied().unwrap_or_default();
        ensure!(
            last_ms > last_change + 2000.0,
            "no time behind {last_ms} ms"
        );
    }
    // What comes behind the first change still lies where it was taken.
    let moved = begins
        .iter()
        .map(|(_, other)| (other - begin).abs())
        .fold(0.0, f64::max);
    test.measured(&format!(
        "pictures lie {moved:.0} ms from where they were taken at most"
    ));
    ensure!(moved < BREAK_MS, "pictures moved by {moved} ms");
    plays_everywhere(&film).await
}

/// One seekable file, without a break in picture or sound where something changed (ms).
fn assert_unbroken(test: &Test, film: &Film, changes: &[f64]) -> Result {
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_opaque()?;
    film.assert_in_order()?;
    let around = |gap: &(f64, f64)| {
        let (before, after) = AROUND_MS;
        changes
            .iter()
            .any(|change| gap.0 > change - before && gap.0 < change + after)
    };
    let (changing, calm): (Vec<_>, Vec<_>) =
        film.gaps_ms(Kind::Video)?.into_iter().partition(around);
    let longest = |gaps: &[(f64, f64)]| gaps.iter().map(|gap| gap.1).fold(0.0, f64::max);
    let (picture, calm) = (longest(&changing), longest(&calm));
    let sound = longest(&film.gaps_ms(Kind::Audio)?);
    test.measured(&format!(
        "longest break in the picture {picture:.0} ms, while nothing changed {calm:.0} ms, in the sound {sound:.0} ms"
    ));
    // A busy machine holds frames back at any time.
    ensure!(
        picture < BREAK_MS.max(calm * 1.5),
        "the picture stands still for {picture} ms"
    );
    ensure!(sound < SILENCE_MS, "there is no sound for {sound} ms");
    let silences = film.silences()?;
    ensure!(silences.is_empty(), "silent from-to: {silences:?} ms");
    Ok(())
}

async fn plays_everywhere(film: &Film) -> Result {
    let plays = async |browser| {
        let player = Player::start(browser).await?;
        player.play(film, "video/webm").await
    };
    let [chromium, firefox] = Browser::ALL.map(plays);
    tokio::try_join!(chromium, firefox)?;
    Ok(())
}

async fn another_camera_takes_over(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(2);
    steady_tone(test)?;
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    let flip = studio.page().button("Flip camera");
    studio.switch(async { flip.click().await }).await?;
    studio.records_on(2).await?;
    let cameras = studio.page().select("Camera").options().await?;
    studio.switch(studio.choose("Camera", &cameras[0])).await?;
    studio.records_on(2).await?;
    studio.stop().await?;
    let film = studio.download(test).await?;
    // This camera does not tell its time; the clock showed whole seconds.
    assert_unbroken(test, &film, &[2500.0, 5000.0])?;
    plays_everywhere(&film).await
}

/// Of a camera that something else has open Chromium gives the size that it has.
async fn another_size_comes_into_a_take(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(1);
    steady_tone(test)?;
    let studio = Studio::open(test).await?;
    let page = studio.page();
    let comes = async |width: u32, height: u32| {
        let comes = format!("element.videoWidth === {width} && element.videoHeight === {height}");
        studio.wait_for_picture(&comes).await
    };
    studio.choose("Resolution", "VGA 640 × 480").await?;
    comes(640, 480).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    page.button("Settings").click().await?;
    let (width, height) = ("Width Ideal", "Height Ideal");
    page.role("spinbutton", width).enter("1280").await?;
    comes(1280, 480).await?;
    studio.records_on(2).await?;
    page.role("spinbutton", height).enter("720").await?;
    comes(1280, 720).await?;
    studio.records_on(2).await?;
    // The second wish comes while the first is carried out.
    page.role("spinbutton", width).enter("320").await?;
    page.role("spinbutton", height).enter("240").await?;
    comes(320, 240).await?;
    studio.records_on(3).await?;
    ensure!(page.css(".toasts .note").count().await? <= 1);
    page.role("dialog", "Settings")
        .button("Close")
        .click()
        .await?;
    studio.stop().await?;
    let film = studio.download(test).await?;
    let mut sizes = film.sizes()?;
    // What lay on the way to the last size may be seen, or not.
    sizes.retain(|size| *size != (320, 720));
    assert_eq!(sizes, [(640, 480), (1280, 480), (1280, 720), (320, 240)]);
    assert_unbroken(test, &film, &[2500.0, 5500.0, 8500.0])?;
    plays_everywhere(&film).await
}

/// What keeps time in a hidden page is a worker, which the page has to load.
async fn a_take_changes_while_the_server_is_away(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    test.server()?.kill();
    studio.switch(studio.choose("Filter", "Grayscale")).await?;
    studio.records_on(3).await?;
    studio.stop().await?;
    let duration = studio.replay_ms().await?;
    ensure!(duration > 3_500.0, "the take ends at {duration} ms");
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_in_order()
}
