//! A disk that runs full ends a take, and takes nothing of it.

use callreel_tests::{Browser, Page, Result, Studio, Test, ensure, in_both_browsers, steady_tone};
use serde_json::json;

in_both_browsers!(a_full_disk_ends_a_take_that_is_whole);

/// What Firefox lets a site keep at the least, in bytes.
const LEAST_QUOTA: u64 = 10 << 20;
/// What is left for the take and the reserve of 1 MiB, in bytes. Chromium gives a file 1 MiB at a
/// time, Firefox what it needs.
fn room(browser: Browser) -> u64 {
    match browser {
        Browser::Chromium => 2_300_000,
        Browser::Firefox => 1_500_000,
    }
}

async fn a_full_disk_ends_a_take_that_is_whole(test: &mut Test) -> Result {
    // In KiB, for all sites.
    let limit = json!(LEAST_QUOTA / 1024);
    let limit = ("dom.quotaManager.temporaryStorage.fixedLimit".into(), limit);
    test.launch.preferences.push(limit);
    // A tone takes as many bytes as it may, so that the room is soon used up.
    steady_tone(test)?;
    let studio = Studio::open(test).await?;
    let page = studio.page().clone();
    page.button("Settings").click().await?;
    let bits = page.role("spinbutton", "Audio bit rate");
    bits.enter("510").await?;
    page.role("dialog", "Settings")
        .button("Close")
        .click()
        .await?;

    leave_room(&page, test, 0).await?;
    page.button("Start recording").click().await?;
    page.says("There is no room on the disk, so nothing could be recorded.")
        .await?;
    page.button("Start recording").wait().await?;
    ensure!(studio.takes().any("listitem").count().await? == 0);

    leave_room(&page, test, room(test.browser())).await?;
    studio.start().await?;
    page.says("The disk is full, so the take was stopped. All of it is kept.")
        .await?;
    page.button("Start recording").wait().await?;
    studio.replayable().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    let duration = studio.replay_ms().await?;
    let frames = film.frames()?.len();
    let bytes = film.path().metadata()?.len();
    test.measured(&format!("{bytes} bytes, {duration:.0} ms, {frames} frames"));
    ensure!(frames > 5, "{frames} frames are left");

    page.reload().await?;
    Studio::on(&page).await?;
    studio.takes().button("Play").click().await?;
    studio.replayable().await?;
    ensure!((studio.replay_ms().await? - duration).abs() < 1.0);
    Ok(())
}

/// Leaves so many bytes for the site.
async fn leave_room(page: &Page, test: &mut Test, bytes: u64) -> Result {
    if test.browser() == Browser::Chromium {
        let usage: u64 = page
            .eval("return (await navigator.storage.estimate()).usage")
            .await?;
        let quota = json!({ "origin": test.server()?.url(), "quotaSize": usage + bytes });
        page.dev_tools("Storage.overrideQuotaForOrigin", quota)
            .await?;
        return Ok(());
    }
    page.eval_with::<()>(
        "const root = await navigator.storage.getDirectory();
         await root.removeEntry('filler').catch(() => {});
         const { quota, usage } = await navigator.storage.estimate();
         const file = await root.getFileHandle('filler', { create: true });
         const writable = await file.createWritable();
         await writable.write(new Uint8Array(Math.max(0, quota - usage - arg)));
         await writable.close();",
        &json!(bytes),
    )
    .await
}
