//! Whatever ends a take, it is there afterwards.

use std::hash::{BuildHasher as _, RandomState};

use callreel_tests::{
    Context, Film, PATIENCE, Page, Result, Studio, Test, alone_in_both_browsers, ensure,
    in_both_browsers, is_soak, wait_for,
};

alone_in_both_browsers!(takes_survive_killed_browsers);
in_both_browsers!(a_take_survives_a_reload, two_tabs_never_claim_one_take);

/// What may be lost, in ms: one timeslice, and what a chunk needs from the camera to the disk.
const TIMESLICE_MS: f64 = 1000.0;
const ON_THE_WAY_MS: f64 = 400.0;

async fn takes_survive_killed_browsers(test: &mut Test) -> Result {
    let (kills, longest) = if is_soak() { (50, 3000.0) } else { (5, 2000.0) };
    let mut lost = Vec::new();
    for kill in 1..=kills {
        let studio = Studio::open(test).await?;
        let moment = random() * longest;
        studio.start().await?;
        studio.saved(1).await?;
        studio.filmed(moment).await?;
        let last_seen = studio.page().burnt_in(&studio.stage()).await?;
        test.kill_browser();

        let studio = Studio::open(test).await?;
        let what = format!("kill {kill}, {moment:.0} ms after the first second was saved");
        let film = recovered(&studio, test, kill).await.context(what.clone())?;
        let frames = film.frames()?;
        let last_kept = frames.iter().rev().find_map(|(_, burnt_in)| *burnt_in);
        let lost_ms = last_seen.since(last_kept.context("no frame is readable")?);
        ensure!(
            lost_ms <= TIMESLICE_MS + ON_THE_WAY_MS,
            "{what}: {lost_ms:.0} ms are lost"
        );
        lost.push(lost_ms.round());
    }
    test.measured(&format!("ms lost at each kill: {lost:?}"));
    Ok(())
}

/// Plays and downloads the newest of `count` takes, which was cut off.
async fn recovered(studio: &Studio, test: &mut Test, count: usize) -> Result<Film> {
    let takes = studio.takes();
    wait_for("the take to be listed", PATIENCE, async || {
        Ok((takes.clone().any("listitem").count().await? == count).then_some(()))
    })
    .await?;
    let newest = takes.css("li:first-child");
    ensure!(
        newest.text().await?.contains("Recovered"),
        "{}",
        newest.text().await?
    );
    newest.button("Play").click().await?;
    studio.replayable().await?;
    let duration = studio.replay_ms().await?;
    studio
        .replayed_at(duration / 2.0)
        .await
        .context("seeking to the middle")?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    Ok(film)
}

async fn a_take_survives_a_reload(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.page().reload().await?;
    let studio = Studio::on(studio.page()).await?;
    let film = recovered(&studio, test, 1).await?;
    ensure!(film.frames()?.len() > 5);
    Ok(())
}

async fn two_tabs_never_claim_one_take(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(1).await?;

    let other = studio.page().new_tab().await?;
    other.goto(&format!("{}/", test.server()?.url())).await?;
    let live = other.region("Takes").css("li");
    live.wait_until(
        "the live take",
        PATIENCE,
        "element.innerText.includes('Being recorded')",
    )
    .await?;
    for button in ["Play", "Download", "Delete"] {
        ensure!(
            live.clone().button(button).count().await? == 0,
            "{button} is offered"
        );
    }
    // It looks again whenever it comes to the front, and must leave the take alone every time.
    refocus(&studio, &other).await?;
    live.wait_until(
        "the live take",
        PATIENCE,
        "element.innerText.includes('Being recorded')",
    )
    .await?;

    studio.page().show().await?;
    studio.recorded(3).await?;
    studio.stop().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    ensure!(!studio.takes().text().await?.contains("Recovered"));

    other.show().await?;
    live.button("Download").wait().await?;
    ensure!(!other.region("Takes").text().await?.contains("Recovered"));
    Ok(())
}

async fn refocus(studio: &Studio, other: &Page) -> Result {
    studio.page().show().await?;
    other.show().await?;
    other
        .wait_until(
            "the tab to be in front",
            PATIENCE,
            "document.visibilityState === 'visible'",
        )
        .await
}

/// From 0 to 1.
fn random() -> f64 {
    RandomState::new().hash_one(0) as f64 / u64::MAX as f64
}
