//! What Firefox makes of an empty profile, made once and given to all that start with one.
//!
//! To make it takes half of the processor time that a start takes, and no test is about it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::OnceCell;

use crate::browser::{Browser, Launch};

/// Caches of its own scripts and lists of what it brings along. Nothing of a page.
const KEPT: [&str; 7] = [
    "addonStartup.json.lz4",
    "compatibility.ini",
    "extensions.json",
    "prefs.js",
    "search.json.mozlz4",
    "startupCache",
    "storage/permanent/chrome",
];

/// How the one that made it was started. Its folder is removed with everything else of this run.
static MADE: OnceCell<Launch> = OnceCell::const_new();

/// Furnishes a profile in a folder that is not there yet.
pub(crate) async fn furnish(profile: &Path) -> Result<()> {
    let made = MADE.get_or_try_init(make).await?;
    let made = made.profile.path().join(FOLDER);
    for name in KEPT {
        let (from, to) = (made.join(name), profile.join(name));
        // What another version does not make, it does without.
        if !from.exists() {
            continue;
        }
        fs::create_dir_all(to.parent().context("it is in the profile")?)?;
        let copied = Command::new("cp").arg("-r").args([&from, &to]).status()?;
        ensure!(copied.success(), "{} was not copied", from.display());
    }
    Ok(())
}

/// The part of a [`Launch::profile`] that is Firefox's.
pub(crate) const FOLDER: &str = "firefox";

async fn make() -> Result<Launch> {
    let launch = Launch::new(Browser::Firefox)?;
    // It is there, so it is not furnished with itself.
    fs::create_dir(launch.profile.path().join(FOLDER))?;
    let session = Box::pin(launch.start()).await?;
    session.page().goto("about:blank").await?;
    session.quit().await?;
    Ok(launch)
}
