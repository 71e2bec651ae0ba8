//! What is not recorded is not in the take.

use callreel_tests::{
    Camera, Context, Result, Studio, Test, alone_in_both_browsers, ensure, in_both_browsers, seek,
};

alone_in_both_browsers!(a_pause_is_not_in_the_take);
in_both_browsers!(what_changes_in_a_pause_is_recorded_after_it);

async fn a_pause_is_not_in_the_take(test: &mut Test) -> Result {
    test.launch.camera = Camera::Fluent;
    let studio = Studio::open(test).await?;
    let page = studio.page();
    studio.watch_camera().await?;
    studio.start().await?;
    studio.recorded(2).await?;

    page.button("Pause").click().await?;
    page.button("Resume").wait().await?;
    let paused_from = page.burnt_in(&studio.stage()).await?;
    let shown = page.role("timer", "Recorded time");
    let before = shown.text().await?;
    studio.filmed(2500.0).await?;
    ensure!(
        shown.text().await? == before,
        "the clock goes on in a pause"
    );
    let paused_to = page.burnt_in(&studio.stage()).await?;
    page.button("Resume").click().await?;
    page.button("Pause").wait().await?;
    studio.records_on(2).await?;
    studio.stop().await?;

    let duration = studio.replay_ms().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_in_order()?;
    let frames = film.frames()?;
    let log = studio.camera_log().await?;
    let (from, to) = (log.taken_ms(paused_from), log.taken_ms(paused_to));
    let (from, to) = (
        from.context("no frame at the pause")?,
        to.context("no frame at its end")?,
    );
    let taken: Vec<(f64, f64)> = frames
        .iter()
        .filter_map(|(at_ms, burnt_in)| Some((*at_ms, log.taken_ms((*burnt_in)?)?)))
        .collect();
    let inside = taken
        .iter()
        .filter(|(_, taken)| *taken > from && *taken < to);
    ensure!(inside.count() == 0, "frames of the pause are in the take");

    // Outside of it everything is there: the recorded time is the camera's without the pause.
    let cut = taken.partition_point(|(_, taken)| *taken <= from);
    ensure!(
        cut > 5 && taken.len() - cut > 5,
        "{cut} of {} frames before the pause",
        taken.len()
    );
    let length = |part: &[(f64, f64)]| part[part.len() - 1].1 - part[0].1;
    let recorded = length(&taken[..cut]) + length(&taken[cut..]);
    let skipped = taken[cut].1 - taken[cut - 1].1;
    let seam = taken[cut].0 - taken[cut - 1].0;
    test.measured(&format!(
        "{duration:.0} ms recorded, {recorded:.0} ms by the camera; a pause of {skipped:.0} ms takes {seam:.0} ms in the take"
    ));
    ensure!(
        (duration - recorded).abs() < 200.0,
        "{recorded} ms of camera make {duration} ms"
    );
    ensure!(seam < 150.0, "the pause left {seam} ms in the take");
    Ok(())
}

async fn what_changes_in_a_pause_is_recorded_after_it(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(1);
    let studio = Studio::open(test).await?;
    let page = studio.page();
    studio.choose("Resolution", "QVGA 320 × 240").await?;
    studio
        .wait_for_picture("element.videoWidth === 320")
        .await?;
    studio.start().await?;
    studio.recorded(2).await?;
    let pause = async || {
        page.button("Pause").click().await?;
        page.button("Resume").wait().await
    };
    let go_on = async || {
        page.button("Resume").click().await?;
        page.button("Pause").wait().await?;
        studio.records_on(2).await
    };
    let size = async |width: u32, height: u32| {
        page.button("Settings").click().await?;
        for (side, pixels) in [("Width Ideal", width), ("Height Ideal", height)] {
            page.role("spinbutton", side)
                .enter(&pixels.to_string())
                .await?;
        }
        page.role("dialog", "Settings")
            .button("Close")
            .click()
            .await?;
        let comes = format!("element.videoWidth === {width} && element.videoHeight === {height}");
        studio.wait_for_picture(&comes).await
    };
    // Another size needs another recorder, and so does another picture.
    pause().await?;
    size(640, 480).await?;
    go_on().await?;
    pause().await?;
    size(320, 240).await?;
    studio.switch(studio.choose("Filter", "Grayscale")).await?;
    go_on().await?;
    studio.stop().await?;

    let duration = studio.replay_ms().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_in_order()?;
    assert_eq!(film.sizes()?, [(320, 240), (640, 480), (320, 240)]);
    // A busy machine's second recorder begins late, and the clock waits for it.
    ensure!(duration > 4_000.0, "the take ends at {duration} ms");
    seek(&studio.replay(), duration - 500.0).await
}
