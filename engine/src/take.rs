//! The recording of a take, as a machine without IO.
//!
//! A `MediaRecorder` ends when its tracks change (MediaStream Recording, section 2.3, step on
//! `InvalidModificationError`). So a take is a sequence of *parts*, one recorder each, which the
//! vault joins into one file. The machine says when a recorder starts, pauses and stops, and where
//! on the take's timeline one part ends and the next begins.
//!
//! Moments that come in are ms on one clock (`performance.now()`); moments that go out are ms on
//! the take's timeline, which starts at 0 and leaves out pauses.

mod machine;
mod queue;

pub use machine::TakeMachine;
pub use queue::{Step, TakeQueue};

/// The number of a part, counted from 0 in the order in which recorders were started. Numbers of
/// dropped parts are not used again.
pub type Part = u32;

/// The first recorder of a take is given up when it has not begun within this many ms: on a machine
/// that has its hands full an encoder takes long to start, and there is nothing to go on with.
pub const START_WITHIN_MS: f64 = 20_000.0;
/// A recorder that is to take over from another is given up when it has not begun within this many
/// ms: the other one goes on, and what it gives meanwhile waits in memory.
pub const SWITCH_WITHIN_MS: f64 = 10_000.0;
/// A page that nothing ran in for longer than this, in ms, was held up: see
/// [`Input::PageHeldUp`].
pub const TICKS_WITHIN_MS: f64 = 1_000.0;
/// A take whose recorder ended by itself waits this many ms for another source.
pub const WAIT_FOR_SOURCE_MS: f64 = 10_000.0;
/// A recorder that has not stopped within this many ms is given up; what it wrote is kept.
pub const STOP_WITHIN_MS: f64 = 5_000.0;
/// A recorder that another one took over from, and that has given nothing for this many ms, has
/// nothing more to give: it must not hold up the other one.
pub const LATE_AFTER_MS: f64 = 15_000.0;
/// A recorder that fails sooner than this, in ms, would only fail again: the take ends then
/// instead of trying another one.
pub const RETRY_AFTER_MS: f64 = 2_000.0;
/// So many recorders in a row may end soon because tracks changed under them; a page that goes on
/// doing so would start recorders for ever.
pub const QUICK_FAILURES: u32 = 3;

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// Picture.
    Video,
    /// Sound.
    Audio,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The person wants to record.
    StartAsked,
    /// The person wants a break.
    PauseAsked,
    /// The person wants to go on.
    ResumeAsked,
    /// The person wants to finish.
    StopAsked,
    /// The tracks are others now, so a new recorder is needed.
    SourceChanged,
    /// The recorder of a part has begun to write; its chunks can follow the part before.
    PartReady {
        /// Which part.
        part: Part,
        /// The moment of its first frame or sample, on the clock of `now_ms`.
        at_ms: f64,
    },
    /// A chunk is in the vault.
    ChunkStored {
        /// Of which part.
        part: Part,
        /// Its size.
        bytes: u64,
        /// The moment until which it recorded, on the clock of `now_ms`.
        at_ms: f64,
        /// Whether it would survive a crash.
        durable: bool,
    },
    /// The vault has no room for the next chunk.
    DiskFull,
    /// A recorder reported an error.
    RecorderFailed {
        /// Of which part.
        part: Part,
        /// The name of the exception.
        code: String,
    },
    /// A recorder has stopped, asked or not, and its last chunk is in the vault.
    RecorderStopped {
        /// Of which part.
        part: Part,
    },
    /// A source went away: unplugged, permission withdrawn, or the sharing of a screen ended from
    /// the browser's own bar. The page then offers another one (`SourceChanged`) or stops.
    TrackEnded {
        /// What it carried.
        kind: TrackKind,
    },
    /// The page is about to be frozen: a phone shows another app.
    PageSuspended,
    /// The page is back.
    PageReturned,
    /// Nothing ran in the page for so many ms beyond [`TICKS_WITHIN_MS`]: the machine slept, or had
    /// its hands full. What is awaited was held up as well, and may stand in the page's own queue.
    PageHeldUp {
        /// How many.
        ms: f64,
    },
    /// Time passed; see [`TakeMachine::poll_timeout`].
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Start a recorder on the present tracks. Its chunks belong to this part; until `NextPart`
    /// they are kept, but not yet joined.
    StartRecorder {
        /// Which part.
        part: Part,
    },
    /// Stop the recorder, store its last chunk, then say `RecorderStopped`. Also said to one that
    /// failed, which may have stopped by itself.
    StopRecorder {
        /// Which part.
        part: Part,
    },
    /// Pause the recorder.
    PauseRecorder {
        /// Which part.
        part: Part,
    },
    /// Let the recorder go on.
    ResumeRecorder {
        /// Which part.
        part: Part,
    },
    /// Ask the recorder for what it has (`requestData`), because the next chance may not come.
    FlushRecorder {
        /// Which part.
        part: Part,
    },
    /// Stop the recorder and forget the part; nothing of it belongs to the take.
    DropPart {
        /// Which part.
        part: Part,
    },
    /// What this part recorded from here on is left out, because the next part has it too. Always
    /// followed by `NextPart`.
    Cut {
        /// Which part.
        part: Part,
        /// Ms on the take's timeline.
        at_ms: f64,
    },
    /// The take goes on with this part, joined after the one before. Not said of part 0, with
    /// which every take begins unless that part was dropped.
    NextPart {
        /// Which part.
        part: Part,
        /// Where it begins: ms on the take's timeline.
        at_ms: f64,
        /// For how many ms nothing was recorded between the two. The timeline leaves them out.
        gap_ms: f64,
    },
    /// All recorders are done: finish the file.
    FinishVault {
        /// Ms recorded, without pauses.
        elapsed_ms: f64,
    },
    /// Tell the person.
    Notify(Notice),
}

/// Something the person should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A source went away.
    SourceEnded {
        /// What it carried.
        kind: TrackKind,
    },
    /// The new source is in the take.
    Joined {
        /// For how many ms nothing was recorded; 0 when the recorders overlapped.
        gap_ms: f64,
    },
    /// The new source could not be recorded; the take goes on with the old one, if that lives.
    SwitchFailed {
        /// The name of the exception, or `start_timeout`.
        code: String,
    },
    /// This file format can't be joined, so the take ended with the source.
    CannotJoin,
    /// The disk is full; the take ended and everything so far is kept.
    DiskFull,
    /// The recorder could not be started; there is no take.
    StartFailed {
        /// The name of the exception, or `start_timeout`.
        code: String,
    },
    /// The recorder failed in mid-take; everything so far is kept.
    RecorderFailed {
        /// The name of the exception.
        code: String,
    },
    /// The recorder ended by itself, because its sources did.
    RecorderEnded,
    /// A recorder did not answer when told to stop; what it wrote is kept.
    StopTimedOut,
    /// Chunks are kept, but might not survive a crash of the browser.
    NotDurable,
    /// The page may be frozen from here on; what was recorded is kept.
    Suspended,
    /// The page is back.
    Returned {
        /// After so many ms.
        after_ms: f64,
    },
}

/// Where a take stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TakeState {
    /// Nothing was asked.
    #[default]
    Idle,
    /// The first recorder is being started.
    Starting,
    /// One recorder records.
    Recording,
    /// Nothing is recorded, because the person said so.
    Paused,
    /// A new recorder is being started beside the one that records.
    Switching,
    /// Nothing is recorded, because no source is left or the new one has not begun.
    Waiting,
    /// Recorders are writing their last chunks.
    Stopping,
    /// Everything is in the vault.
    Finished,
    /// Nothing was recorded.
    Failed {
        /// The name of the exception, or `start_timeout`.
        code: String,
    },
}

impl TakeState {
    /// Whether there is a take that a closed tab would interrupt.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(
            self,
            Self::Starting
                | Self::Recording
                | Self::Paused
                | Self::Switching
                | Self::Waiting
                | Self::Stopping
        )
    }
}
