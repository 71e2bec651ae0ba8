//! Memory stays flat however long a take gets.

use std::time::Duration;

use callreel_tests::{
    Context, GARBAGE_FLAG, PART_MS, PATIENCE, Result, Studio, Test, collect_garbage, ensure,
    forget_requests, in_both_browsers, is_soak, record_long_takes, record_parts, wait_for,
};

in_both_browsers!(a_long_take_needs_no_more_memory_than_a_short_one);

/// By so many bytes memory may grow while a take is made, its beginning left aside.
const FLAT: u64 = 20_000_000;
/// Memory that changes by less between two looks has settled, in bytes.
const SETTLED: u64 = 1_000_000;
/// Memory is looked at so many times in a take.
const LOOKS: u32 = 5;

async fn a_long_take_needs_no_more_memory_than_a_short_one(test: &mut Test) -> Result {
    test.launch.flags.push(GARBAGE_FLAG.into());
    // Half an hour, or three minutes. It is uploaded while it is made.
    let parts_a_look = if is_soak() { 144 } else { 15 };
    let studio = Studio::open(test).await?;
    let page = studio.page().clone();
    studio.choose("Format", "WebM · VP8 + Opus").await?;
    forget_requests(&page).await?;
    record_long_takes(&page).await?;
    studio.start().await?;
    let mut sizes = Vec::new();
    for _ in 0..LOOKS {
        record_parts(&page, parts_a_look).await?;
        sizes.push(settled(test).await?);
    }
    studio.stop().await?;

    let length = studio.replay_ms().await?;
    let fed = f64::from(parts_a_look * LOOKS) * PART_MS;
    ensure!((length - fed).abs() < 100.0, "{fed} ms make {length} ms");
    let film = studio.download(test).await?;
    film.assert_seekable()?;
    film.assert_decodes()?;
    let bytes = film.path().metadata()?.len();
    let shown: Vec<u64> = sizes.iter().map(|size| size / 1_000_000).collect();
    test.measured(&format!(
        "MB of memory while {:.0} s and {} MB are recorded: {shown:?}",
        fed / 1000.0,
        bytes / 1_000_000
    ));
    let most = sizes.iter().max().context("it was looked at")?;
    ensure!(most - sizes[0] < FLAT, "memory grows: {shown:?} MB");
    Ok(())
}

/// The browser's memory once nothing more is given back, in bytes.
async fn settled(test: &mut Test) -> Result<u64> {
    let session = test.session().await?;
    let last = std::cell::Cell::new(u64::MAX);
    wait_for("the memory to settle", PATIENCE, async || {
        collect_garbage(session.page()).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = session.own_memory();
        let before = last.replace(now);
        Ok((before.abs_diff(now) < SETTLED).then_some(now))
    })
    .await
}
