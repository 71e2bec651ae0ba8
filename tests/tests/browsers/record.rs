//! Takes of the camera: recorded, replayed, sought in and downloaded.

use callreel_tests::{
    Camera, Context, Result, Studio, Test, alone_in_both_browsers, ensure, in_both_browsers,
    is_soak,
};

alone_in_both_browsers!(a_take_is_as_long_as_it_was_and_seeks);
in_both_browsers!(takes_that_end_as_their_first_chunk_is_due_have_it);

async fn a_take_is_as_long_as_it_was_and_seeks(test: &mut Test) -> Result {
    test.launch.camera = Camera::Fluent;
    let studio = Studio::open(test).await?;
    studio.watch_camera().await?;
    studio.start().await?;
    studio.recorded(5).await?;
    studio.stop().await?;

    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_in_order()?;

    let duration = studio.replay_ms().await?;
    let frames = film.frames()?;
    let log = studio.camera_log().await?;
    let recorded = log
        .length_ms(&frames)
        .context("the first or last frame is not readable")?;
    ensure!(
        (duration - recorded).abs() < 100.0,
        "the replay takes {duration} ms, {recorded} ms were recorded"
    );

    let middle = duration / 2.0;
    let shown = studio.replayed_at(middle).await?;
    let at = frames.partition_point(|(at_ms, _)| *at_ms <= middle);
    let around = frames[at.saturating_sub(2)..(at + 1).min(frames.len())].iter();
    ensure!(
        around.clone().any(|(_, burnt_in)| *burnt_in == Some(shown)),
        "{shown:?} is shown at {middle} ms, where there are {around:?}"
    );
    Ok(())
}

/// On a machine with its hands full Firefox itself loses that chunk in one of about thirty takes.
async fn takes_that_end_as_their_first_chunk_is_due_have_it(test: &mut Test) -> Result {
    let takes = if is_soak() { 60 } else { 3 };
    let studio = Studio::open(test).await?;
    for take in 1..=takes {
        studio.start().await?;
        studio.recorded(1).await?;
        studio.stop().await?;
        let kept = studio.replay_ms().await?;
        ensure!(kept > 500.0, "of take {take} {kept} ms are left");
        studio
            .takes()
            .css("li.open")
            .button("Delete")
            .click()
            .await?;
        studio.takes().css("li.open").gone().await?;
    }
    studio.page().assert_no_errors()
}
