//! The page loads, in every browser, and nothing it does is blocked or fails.

use std::{fs, path::Path, process::Command};

use callreel_tests::{
    PATIENCE, Result, StaticFiles, Studio, Test, built_app, ensure, in_both_browsers,
};

in_both_browsers!(
    the_page_loads,
    the_studio_works_on_a_file_server,
    code_that_could_not_be_loaded_is_loaded_later,
);

async fn the_page_loads(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    page.wait_until("the title", PATIENCE, "document.title.includes('Callreel')")
        .await?;
    page.wait_until(
        "the app to draw",
        PATIENCE,
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

async fn code_that_could_not_be_loaded_is_loaded_later(test: &mut Test) -> Result {
    let dir = tempfile::tempdir()?;
    let copied = Command::new("cp")
        .arg("-R")
        .arg(built_app()?.join("."))
        .arg(dir.path())
        .status()?;
    ensure!(copied.success());
    let (rests, hidden) = (rests(dir.path())?, dir.path().join("hidden"));
    fs::create_dir(&hidden)?;
    for name in &rests {
        fs::rename(dir.path().join(name), hidden.join(name))?;
    }
    let files = StaticFiles::start_in(dir.path())?;
    let page = test.open_url(&format!("{}/", files.url())).await?;
    let studio = Studio::on(&page).await?;
    page.button("Start recording").click().await?;
    page.says("A part of Callreel could not be loaded").await?;

    for name in &rests {
        fs::rename(hidden.join(name), dir.path().join(name))?;
    }
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    ensure!(studio.replay_ms().await? > 0.0);
    Ok(())
}

/// The files that pages load after they have started.
fn rests(dist: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.contains("_rest.wasm") {
            names.push(name);
        }
    }
    ensure!(!names.is_empty(), "every page is whole");
    Ok(names)
}
