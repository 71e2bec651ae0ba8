//! The machine itself.

mod recorders;

use super::{
    Input, Notice, Output, Part, START_WITHIN_MS, STOP_WITHIN_MS, SWITCH_WITHIN_MS, TakeState,
};
use crate::clock::TakeClock;

/// The name under which a recorder that never began fails.
const START_TIMEOUT: &str = "start_timeout";

/// Records one take. Feed it what happens, do what it says.
///
/// ```
/// use callreel_engine::take::{Input, Output, TakeMachine};
/// let mut take = TakeMachine::new(true);
/// assert_eq!(take.handle(Input::StartAsked, 0.0), [Output::StartRecorder { part: 0 }]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TakeMachine {
    joinable: bool,
    phase: Phase,
    clock: TakeClock,
    /// The recorder whose data are the take's at present.
    current: Option<Current>,
    /// The recorder that was started and has not begun.
    next: Option<Next>,
    /// Recorders that were told to stop, or failed, and whose last chunk is still to come.
    closing: Vec<Part>,
    /// The last part of the take, whether its recorder lives or not.
    last: Option<Current>,
    parts_started: Part,
    /// Since when nothing has been recorded although the person wants it.
    gap_since: Option<f64>,
    gap_ms: f64,
    /// How many parts in a row failed soon after they began.
    quick_failures: u32,
    bytes: u64,
    durable_ms: f64,
    warned_not_durable: bool,
    suspended_since: Option<f64>,
    deadline: Option<f64>,
    output: Vec<Output>,
}

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Idle,
    Starting { pause_wanted: bool },
    Running,
    Paused,
    Stopping,
    Finished,
    Failed { code: String },
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Current {
    part: Part,
    /// When it began, on the clock of `now_ms`.
    began: f64,
    /// Where it begins on the take's timeline.
    at_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Next {
    part: Part,
    /// Bytes that it stored already; they count once it is joined.
    bytes: u64,
}

impl TakeMachine {
    /// A take that has not started. `joinable` says whether the parts of its format can be joined
    /// (`Format::joinable`); if not, a change of source ends the take.
    #[must_use]
    pub fn new(joinable: bool) -> Self {
        Self {
            joinable,
            phase: Phase::Idle,
            clock: TakeClock::new(),
            current: None,
            next: None,
            closing: Vec::new(),
            last: None,
            parts_started: 0,
            gap_since: None,
            gap_ms: 0.0,
            quick_failures: 0,
            bytes: 0,
            durable_ms: 0.0,
            warned_not_durable: false,
            suspended_since: None,
            deadline: None,
            output: Vec::new(),
        }
    }

    /// Where the take stands.
    #[must_use]
    pub fn state(&self) -> TakeState {
        match &self.phase {
            Phase::Idle => TakeState::Idle,
            Phase::Starting { .. } => TakeState::Starting,
            Phase::Running if self.current.is_none() => TakeState::Waiting,
            Phase::Running if self.next.is_some() => TakeState::Switching,
            Phase::Running => TakeState::Recording,
            Phase::Paused => TakeState::Paused,
            Phase::Stopping => TakeState::Stopping,
            Phase::Finished => TakeState::Finished,
            Phase::Failed { code } => TakeState::Failed { code: code.clone() },
        }
    }

    /// Ms recorded, without pauses and gaps.
    #[must_use]
    pub fn elapsed(&self, now_ms: f64) -> f64 {
        self.clock.elapsed(now_ms)
    }

    /// Bytes in the vault that belong to the take.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ms on the take's timeline that would survive a crash.
    #[must_use]
    pub const fn durable_ms(&self) -> f64 {
        self.durable_ms
    }

    /// Ms lost at changes of source, all together.
    #[must_use]
    pub const fn gap_ms(&self) -> f64 {
        self.gap_ms
    }

    /// When [`Input::Tick`] is due, on the clock of `now_ms`; `None` when nothing is awaited.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<f64> {
        self.deadline
    }

    /// Takes what happened and says what is to be done, in that order. What makes no sense in the
    /// present state, or comes from a part that was dropped, is answered with nothing.
    pub fn handle(&mut self, input: Input, now_ms: f64) -> Vec<Output> {
        match input {
            Input::StartAsked => self.handle_start(now_ms),
            Input::PauseAsked => self.handle_pause(now_ms),
            Input::ResumeAsked => self.handle_resume(now_ms),
            Input::StopAsked => self.handle_stop(now_ms),
            Input::SourceChanged => self.handle_source_changed(now_ms),
            Input::PartReady { part, at_ms } => self.handle_ready(part, at_ms.min(now_ms)),
            Input::ChunkStored {
                part,
                bytes,
                at_ms,
                durable,
            } => {
                self.handle_chunk(part, bytes, durable.then_some(at_ms), now_ms);
            }
            Input::DiskFull => self.handle_disk_full(now_ms),
            Input::RecorderFailed { part, code } => self.handle_failed(part, code, now_ms),
            Input::RecorderStopped { part } => self.handle_stopped(part, now_ms),
            Input::TrackEnded { kind } => {
                if self.is_recording_wanted() {
                    self.notify(Notice::SourceEnded { kind });
                }
            }
            Input::PageSuspended => self.handle_suspended(now_ms),
            Input::PageReturned => self.handle_returned(now_ms),
            Input::PageHeldUp { ms } => {
                self.deadline = self.deadline.map(|deadline| deadline + ms);
            }
            Input::Tick => self.handle_tick(now_ms),
        }
        std::mem::take(&mut self.output)
    }

    fn handle_start(&mut self, now_ms: f64) {
        if self.phase == Phase::Idle {
            self.phase = Phase::Starting {
                pause_wanted: false,
            };
            self.start_next(now_ms);
        }
    }

    fn handle_pause(&mut self, now_ms: f64) {
        match &mut self.phase {
            Phase::Starting { pause_wanted } => *pause_wanted = true,
            Phase::Running => {
                self.clock.pause(now_ms);
                self.phase = Phase::Paused;
                self.gap_since = None;
                self.deadline = None;
                // Pausing in the middle of a switch makes it a switch during a pause: both
                // recorders end, and going on starts one on the new tracks.
                if self.drop_next() {
                    self.close_current();
                } else if let Some(Current { part, .. }) = self.current {
                    self.output.push(Output::PauseRecorder { part });
                }
            }
            _ => {}
        }
    }

    fn handle_resume(&mut self, now_ms: f64) {
        match &mut self.phase {
            Phase::Starting { pause_wanted } => *pause_wanted = false,
            Phase::Paused => {
                self.phase = Phase::Running;
                if let Some(Current { part, .. }) = self.current {
                    self.clock.resume(now_ms);
                    self.output.push(Output::ResumeRecorder { part });
                } else {
                    self.gap_since = Some(now_ms);
                    self.start_next(now_ms);
                }
            }
            _ => {}
        }
    }

    fn handle_stop(&mut self, now_ms: f64) {
        if !self.is_recording_wanted() {
            return;
        }
        self.clock.stop(now_ms);
        match self.phase {
            // It may have written something already, so it is stopped, not dropped.
            Phase::Starting { .. } => {
                if let Some(Next { part, bytes }) = self.next.take() {
                    self.bytes += bytes;
                    self.place_first(part);
                    self.close(part);
                }
            }
            _ => {
                self.drop_next();
                self.close_current();
            }
        }
        self.phase = Phase::Stopping;
        self.gap_since = None;
        self.deadline = Some(now_ms + STOP_WITHIN_MS);
        self.finish_if_closed(now_ms);
    }

    fn handle_source_changed(&mut self, now_ms: f64) {
        match self.phase {
            Phase::Starting { .. } => {
                self.drop_next();
                self.start_next(now_ms);
            }
            Phase::Running | Phase::Paused if !self.joinable => {
                self.notify(Notice::CannotJoin);
                self.handle_stop(now_ms);
            }
            Phase::Running => {
                self.drop_next();
                self.start_next(now_ms);
            }
            // Nothing is recorded at present, so the old part simply ends where it is.
            Phase::Paused => self.close_current(),
            _ => {}
        }
    }

    fn handle_disk_full(&mut self, now_ms: f64) {
        if self.is_recording_wanted() {
            self.notify(Notice::DiskFull);
            self.handle_stop(now_ms);
        }
    }

    fn handle_suspended(&mut self, now_ms: f64) {
        if self.phase == Phase::Running {
            let parts = [
                self.current.map(|current| current.part),
                self.next.map(|next| next.part),
            ];
            for part in parts.into_iter().flatten() {
                self.output.push(Output::FlushRecorder { part });
            }
            self.suspended_since = Some(now_ms);
            self.notify(Notice::Suspended);
        }
    }

    fn handle_returned(&mut self, now_ms: f64) {
        if let Some(since) = self.suspended_since.take() {
            self.notify(Notice::Returned {
                after_ms: (now_ms - since).max(0.0),
            });
        }
    }

    fn handle_tick(&mut self, now_ms: f64) {
        if self.deadline.is_none_or(|deadline| now_ms < deadline) {
            return;
        }
        self.deadline = None;
        if self.next.is_some() {
            self.give_up_next(START_TIMEOUT.to_owned(), now_ms);
        } else if self.phase == Phase::Stopping {
            self.notify(Notice::StopTimedOut);
            self.closing.clear();
            self.finish_if_closed(now_ms);
        } else {
            self.handle_stop(now_ms);
        }
    }

    fn start_next(&mut self, now_ms: f64) {
        let part = self.parts_started;
        self.parts_started += 1;
        self.next = Some(Next { part, bytes: 0 });
        let within_ms = match self.phase {
            Phase::Starting { .. } => START_WITHIN_MS,
            _ => SWITCH_WITHIN_MS,
        };
        self.deadline = Some(now_ms + within_ms);
        self.output.push(Output::StartRecorder { part });
    }

    /// Whether there was one to drop.
    fn drop_next(&mut self) -> bool {
        let Some(Next { part, .. }) = self.next.take() else {
            return false;
        };
        self.output.push(Output::DropPart { part });
        true
    }

    fn close_current(&mut self) {
        if let Some(Current { part, .. }) = self.current.take() {
            self.close(part);
        }
    }

    fn close(&mut self, part: Part) {
        self.output.push(Output::StopRecorder { part });
        self.closing.push(part);
    }

    fn finish_if_closed(&mut self, now_ms: f64) {
        if self.phase == Phase::Stopping && self.closing.is_empty() {
            self.deadline = None;
            self.phase = Phase::Finished;
            let elapsed_ms = self.clock.elapsed(now_ms);
            self.output.push(Output::FinishVault { elapsed_ms });
        }
    }

    const fn is_recording_wanted(&self) -> bool {
        matches!(
            self.phase,
            Phase::Starting { .. } | Phase::Running | Phase::Paused
        )
    }

    fn notify(&mut self, notice: Notice) {
        self.output.push(Output::Notify(notice));
    }
}
