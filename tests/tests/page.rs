//! The page loads, in every browser, and nothing it does is blocked or fails.

use std::time::Duration;

use callreel_tests::{Result, StaticFiles, Studio, Test, ensure, in_both_browsers};

in_both_browsers!(the_page_loads, the_studio_works_on_a_file_server);

async fn the_page_loads(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    page.wait_until(
        "the title",
        Duration::from_secs(10),
        "document.title.includes('Callreel')",
    )
    .await?;
    page.wait_until(
        "the app to draw",
        Duration::from_secs(10),
        "document.querySelector('button')",
    )
    .await?;
    let failed: Vec<String> = page
        .eval(
            "return performance.getEntriesByType('resource')
                .filter(entry => entry.responseStatus >= 400)
                .map(entry => `${entry.responseStatus} ${entry.name}`)",
        )
        .await?;
    ensure!(failed.is_empty(), "not loaded: {failed:?}");
    page.assert_no_errors()
}

async fn the_studio_works_on_a_file_server(test: &mut Test) -> Result {
    let files = StaticFiles::start()?;
    let page = test.open_url(&format!("{}/", files.url())).await?;
    let studio = Studio::on(&page).await?;
    page.button("On this device only").click().await?;
    page.says("No Callreel server answers here. The studio works without one")
        .await?;
    page.role("dialog", "Server")
        .button("Close")
        .click()
        .await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.stop().await?;
    let duration = studio.replay_ms().await?;
    studio.replayed_at(duration / 2.0).await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()
}
