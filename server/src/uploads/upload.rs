use std::{
    fs::File,
    io::{self, IoSlice, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use callreel_protocol::{RecordingId, RecordingState};
use tokio::sync::watch;

use super::writer::Turn;
use crate::{
    library::{self, OwnerHash, Row},
    spool::Indexer,
};

/// A recording that still takes bytes, and everything in memory about it.
#[derive(Debug)]
pub struct Upload {
    /// Its id.
    pub id: RecordingId,
    /// Who may write to it.
    pub owner: OwnerHash,
    /// When it began, in ms since 1970.
    pub created_at: u64,
    /// What the sender said that it is.
    pub mime_type: String,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    pub(super) media: Arc<File>,
    // A std mutex: it is held while a batch is indexed, and never across an await.
    facts: Mutex<Facts>,
    progress: watch::Sender<Progress>,
    /// The newest turn: who has an older one writes no more.
    pub(super) turns: watch::Sender<Turn>,
    pub(super) writing: Arc<tokio::sync::Mutex<()>>,
}

/// What changes about an upload.
#[derive(Debug)]
pub struct Facts {
    /// Makes what there is seekable.
    pub indexer: Indexer,
    /// Bytes of the whole, once that is known.
    pub length: Option<u64>,
    /// Bytes in the spooled file.
    pub written: u64,
    /// Bytes of those that are safe, and may be acknowledged.
    pub durable: u64,
    /// Bytes that were in the file when it was opened. They may have been acknowledged by whoever
    /// wrote them, so they are never given up, even before this process has seen them safe.
    pub floor: u64,
    /// Whether the file's name is safe too.
    pub named: bool,
    /// Length in ms by the sender's account.
    pub duration_ms: Option<u64>,
    /// When something came last.
    pub touched: Instant,
    /// The same in ms since 1970.
    pub touched_at: u64,
    /// Where it is in its life.
    pub phase: Phase,
}

/// Where an upload is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// In one of the states that a recording can be in.
    Known(RecordingState),
    /// Deleted, or in a state that only the disk knows: no longer to be used.
    Gone,
}

/// What those who watch a recording grow go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that can be read.
    pub written: u64,
    /// Nothing more comes for now.
    pub ended: bool,
}

impl Upload {
    /// An upload of which `written` bytes are spooled.
    pub fn new(row: &Row, media: File, written: u64, indexer: Indexer) -> Self {
        let facts = Facts {
            indexer,
            length: row.length,
            written,
            durable: 0,
            floor: written,
            named: false,
            duration_ms: row.duration_ms,
            touched: Instant::now(),
            touched_at: row.changed_at,
            phase: Phase::Known(row.state),
        };
        let ended = row.state != RecordingState::Recording;
        Self {
            id: row.id,
            owner: row.owner,
            created_at: row.created_at,
            mime_type: row.mime_type.clone(),
            metadata: row.metadata.clone(),
            media: Arc::new(media),
            facts: Mutex::new(facts),
            progress: watch::Sender::new(Progress { written, ended }),
            turns: watch::Sender::new(Turn::NOBODY),
            writing: Arc::default(),
        }
    }

    /// What changes about it.
    pub fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its bytes, to read from.
    pub fn media(&self) -> &Arc<File> {
        &self.media
    }

    /// Tells when there is more to read.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Whether a request is writing to it at this moment.
    pub fn is_written_to(&self) -> bool {
        self.writing.try_lock().is_err()
    }

    /// Notes that its sender is there, though nothing came.
    pub fn touch(&self) {
        let mut facts = self.facts();
        facts.touched = Instant::now();
        facts.touched_at = crate::clock::now_ms();
    }

    /// Changes the phase, and tells those who watch.
    pub(super) fn enter(&self, phase: Phase) {
        let mut facts = self.facts();
        facts.phase = phase;
        self.progress.send_replace(Progress {
            written: facts.written,
            ended: phase != Phase::Known(RecordingState::Recording),
        });
    }

    /// How far it has come, for the library.
    pub(super) fn progress(
        &self,
        state: RecordingState,
        indexed: bool,
        expired: bool,
    ) -> library::Progress {
        let facts = self.facts();
        library::Progress {
            state,
            size: facts.durable,
            duration_ms: facts.length_ms(),
            indexed,
            expired,
            changed_at: facts.touched_at,
        }
    }

    /// Appends to the spooled file; whoever calls this is the one writer. What was written before
    /// an error stays, and is counted. Blocks.
    pub(super) fn append(&self, batch: &[Bytes]) -> (usize, io::Result<()>) {
        let (written, result) = write_all(&self.media, batch);
        let mut facts = self.facts();
        facts.indexer.push(batch, written);
        facts.written += written as u64;
        facts.touched = Instant::now();
        facts.touched_at = crate::clock::now_ms();
        self.progress
            .send_modify(|progress| progress.written = facts.written);
        (written, result)
    }

    /// Gives up what nobody was told of after the disk failed to make it safe. Blocks.
    pub(super) fn revert(&self) -> io::Result<()> {
        let kept = self.facts().kept();
        self.enter(Phase::Gone);
        self.media.set_len(kept)
    }
}

impl Facts {
    /// Whether every byte is here.
    pub fn is_whole(&self) -> bool {
        self.length == Some(self.written)
    }

    /// Bytes that somebody may have been told are safe.
    pub fn kept(&self) -> u64 {
        self.durable.max(self.floor)
    }

    /// Ms so far, from the bytes or else from the sender.
    pub fn length_ms(&self) -> Option<u64> {
        self.indexer.duration_ms().or(self.duration_ms)
    }

    /// The state, unless the upload is gone.
    pub fn state(&self) -> Option<RecordingState> {
        match self.phase {
            Phase::Known(state) => Some(state),
            Phase::Gone => None,
        }
    }

    /// Whether it still takes bytes.
    pub fn is_open(&self) -> bool {
        let state = self.state();
        state.is_some_and(|state| state != RecordingState::Complete)
    }
}

/// Writes everything, and says how much went well.
fn write_all(mut file: &File, batch: &[Bytes]) -> (usize, io::Result<()>) {
    let mut slices: Vec<IoSlice<'_>> = batch.iter().map(|bytes| IoSlice::new(bytes)).collect();
    let mut rest = slices.as_mut_slice();
    let mut written = 0;
    // Empty slices at the end would look like a disk that takes nothing.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(n) => {
                written += n;
                IoSlice::advance_slices(&mut rest, n);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}
