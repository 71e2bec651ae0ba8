//! Five seconds of camera: recorded, replayed, sought in and downloaded.

use callreel_tests::{Context, Result, Studio, Test, alone_in_both_browsers, ensure};

alone_in_both_browsers!(a_take_is_as_long_as_it_was_and_seeks);

async fn a_take_is_as_long_as_it_was_and_seeks(test: &mut Test) -> Result {
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
