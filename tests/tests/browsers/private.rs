//! A private window keeps nothing; the studio works in it, and says so.

use callreel_tests::{Browser, Result, Studio, Test, ensure, in_both_browsers};

in_both_browsers!(a_take_of_a_private_window_is_replayed_and_downloaded);

async fn a_take_of_a_private_window_is_replayed_and_downloaded(test: &mut Test) -> Result {
    test.launch.private = true;
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    let page = studio.page();
    match test.browser() {
        // Its private windows look like any other until they are closed, so nothing surer can be said.
        Browser::Chromium => studio.saved(1).await?,
        Browser::Firefox => page.says("no, in memory only").await?,
    }
    studio.stop().await?;
    page.says(match test.browser() {
        Browser::Chromium => {
            "in a private window, the browser may clear them itself: download what matters."
        }
        Browser::Firefox => "This window keeps nothing, as private windows do",
    })
    .await?;
    let duration = studio.replay_ms().await?;
    studio.replayed_at(duration / 2.0).await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    ensure!(film.frames()?.len() > 5);
    Ok(())
}
