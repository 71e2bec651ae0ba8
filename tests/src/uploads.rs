//! Takes and their recordings, as the browser and the server hold them.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    page::Page,
    wait::{PATIENCE, wait_for},
};

/// One side's copy of a take.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Copy {
    /// The take's id here, the recording's there.
    pub id: String,
    /// Bytes, as they were recorded.
    pub size: u64,
    /// Of all of them.
    pub sha256: String,
    /// `recording`, `interrupted` or `complete`; empty here.
    #[serde(default)]
    pub state: String,
    /// What it is called there.
    #[serde(default)]
    pub title: String,
    /// The room that it was made in, and who made it, as the server knows.
    #[serde(default)]
    pub room: String,
    /// See [`room`](Self::room).
    #[serde(default)]
    pub participant: String,
    /// The type of its picture there.
    #[serde(default)]
    pub picture: String,
}

/// What there is on both sides.
#[derive(Clone, Debug, Deserialize)]
pub struct Copies {
    /// The files in the vault.
    pub local: Vec<Copy>,
    /// The recordings of this browser's owner.
    pub remote: Vec<Copy>,
}

impl Copies {
    /// Looks on both sides. No take may be in the making: its file would change while it is read.
    pub async fn of(page: &Page) -> Result<Self> {
        Ok(Self {
            local: page.eval(&format!("{SHA256}{LOOK_HERE}")).await?,
            remote: Self::remote(page).await?,
        })
    }

    /// The recordings of this browser's owner, whatever goes on here.
    pub async fn remote(page: &Page) -> Result<Vec<Copy>> {
        page.eval(&format!("{SHA256}{LOOK_THERE}")).await
    }

    /// Waits until the server has some bytes of a recording, and gives the one that has most.
    pub async fn some_arrived(page: &Page) -> Result<Copy> {
        wait_for("bytes at the server", PATIENCE, async || {
            let remote = Self::remote(page).await?;
            let most = remote.into_iter().max_by_key(|copy| copy.size);
            Ok(most.filter(|copy| copy.size > 0))
        })
        .await
    }

    /// Waits until the server has so many complete recordings, and checks that they are the
    /// browser's takes, byte for byte, each of them once.
    pub async fn arrived(page: &Page, count: usize) -> Result<Self> {
        let copies = wait_for("complete recordings", PATIENCE, async || {
            let copies = Self::of(page).await?;
            let complete = |copy: &&Copy| copy.state == "complete";
            let is_there = copies.remote.iter().filter(complete).count() == count;
            Ok(is_there.then_some(copies))
        })
        .await
        .with_context(|| format!("{count} are expected"))?;
        ensure!(copies.remote.len() == count, "{copies:#?}");
        ensure!(copies.local.len() == count, "{copies:#?}");
        for remote in &copies.remote {
            let mut local = copies.local.iter();
            ensure!(
                local.any(|local| (local.size, &local.sha256) == (remote.size, &remote.sha256)),
                "the bytes are others: {copies:#?}"
            );
        }
        Ok(copies)
    }
}

const SHA256: &str = r"
    const sha256 = async (blob) => {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
        return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    };
";

const LOOK_HERE: &str = r"
    const copies = [];
    const vault = await (await navigator.storage.getDirectory()).getDirectoryHandle('callreel-takes', { create: true });
    for await (const [id, handle] of vault.entries()) {
        if (id.startsWith('.')) continue;
        const file = await handle.getFile();
        copies.push({ id, size: file.size, sha256: await sha256(file) });
    }
    return copies;
";

const LOOK_THERE: &str = r"
    const headers = { authorization: `Bearer ${localStorage['callreel.owner']}` };
    const copies = [];
    const { recordings } = await (await fetch('/api/recordings', { headers })).json();
    for (const { id, state, size, title, room, participant, poster_url } of recordings) {
        // One that is being made would be followed to its end.
        const isComplete = state === 'complete';
        const original = isComplete && (await fetch(`/recordings/${id}/media?original=1`, { headers }));
        const picture = (await fetch(poster_url)).headers.get('content-type');
        copies.push({ id, state, title, room, participant, size, picture, sha256: isComplete ? await sha256(await original.blob()) : '' });
    }
    return copies;
";
