//! What recorders do to a take.

use super::{Current, Phase, TakeMachine};
use crate::take::{
    Notice, Output, Part, QUICK_FAILURES, RETRY_AFTER_MS, STOP_WITHIN_MS, WAIT_FOR_SOURCE_MS,
};

/// What a recorder says when a track was added or removed under it.
const TRACKS_CHANGED: &str = "InvalidModificationError";

impl TakeMachine {
    pub(super) fn handle_ready(&mut self, part: Part, at_ms: f64) {
        let Some(next) = self.next.take_if(|next| next.part == part) else {
            return;
        };
        self.deadline = None;
        self.bytes += next.bytes;
        if let Phase::Starting { pause_wanted } = self.phase {
            self.begin_take(part, at_ms, pause_wanted);
        } else {
            self.join(part, at_ms);
        }
    }

    fn begin_take(&mut self, part: Part, began: f64, pause_wanted: bool) {
        self.clock.start(began);
        self.place_first(part);
        self.begin(part, began, 0.0);
        self.phase = Phase::Running;
        if pause_wanted {
            self.handle_pause(began);
        }
    }

    /// The take begins with this part. Where those before were dropped, it is not the one that is
    /// expected.
    pub(super) fn place_first(&mut self, part: Part) {
        if part > 0 {
            self.output.push(Output::NextPart {
                part,
                at_ms: 0.0,
                gap_ms: 0.0,
            });
        }
    }

    /// Lets the take go on with a part that has begun.
    fn join(&mut self, part: Part, began: f64) {
        let gap_ms = self
            .gap_since
            .take()
            .map_or(0.0, |since| (began - since).max(0.0));
        // A part can't begin before the one it follows, whatever the clocks of two encoders say.
        let earliest = self.last.map_or(0.0, |last| last.at_ms);
        let at_ms = self.clock.elapsed(began).max(earliest);
        if let Some(last) = self.last {
            self.output.push(Output::Cut {
                part: last.part,
                at_ms,
            });
        }
        self.output.push(Output::NextPart {
            part,
            at_ms,
            gap_ms,
        });
        self.close_current();
        self.clock.resume(began);
        self.begin(part, began, at_ms);
        self.gap_ms += gap_ms;
        self.notify(Notice::Joined { gap_ms });
    }

    fn begin(&mut self, part: Part, began: f64, at_ms: f64) {
        self.current = Some(Current { part, began, at_ms });
        self.last = self.current;
    }

    pub(super) fn handle_chunk(&mut self, part: Part, bytes: u64, until: Option<f64>, now_ms: f64) {
        let is_current = self.current.is_some_and(|current| current.part == part);
        if let Some(next) = self.next.as_mut().filter(|next| next.part == part) {
            next.bytes += bytes;
        } else if is_current || self.closing.contains(&part) {
            self.bytes += bytes;
            self.durable_ms = self.durable_ms.max(self.durable_until(until, is_current));
        } else {
            return;
        }
        if self.phase == Phase::Stopping {
            // It is slow, but it is writing.
            self.deadline = Some(now_ms + STOP_WITHIN_MS);
        }
        if until.is_none() && !self.warned_not_durable {
            self.warned_not_durable = true;
            self.notify(Notice::NotDurable);
        }
    }

    /// How far on the timeline a durable chunk reaches. What an old part has beyond the join is
    /// cut off, so it says nothing about the part that follows.
    fn durable_until(&self, until: Option<f64>, is_current: bool) -> f64 {
        let reached = until.map_or(0.0, |until| self.clock.elapsed(until));
        match self.current {
            Some(current) if !is_current => reached.min(current.at_ms),
            _ => reached,
        }
    }

    pub(super) fn handle_failed(&mut self, part: Part, code: String, now_ms: f64) {
        if self.next.is_some_and(|next| next.part == part) {
            self.give_up_next(code, now_ms);
            return;
        }
        let Some(failed) = self.current.take_if(|current| current.part == part) else {
            return;
        };
        // A recorder that reports an error stops by itself, but the error may also be ours, of
        // what was done with its chunks. Stopping a recorder twice does nothing.
        self.close(part);
        let expected = code == TRACKS_CHANGED;
        if !expected {
            self.notify(Notice::RecorderFailed { code });
        }
        if self.phase != Phase::Running {
            return;
        }
        self.lose_current(now_ms);
        let lasted = now_ms - failed.began;
        self.quick_failures = if lasted < RETRY_AFTER_MS {
            self.quick_failures + 1
        } else {
            0
        };
        let allowed = if expected { QUICK_FAILURES } else { 0 };
        if self.next.is_some() {
            return;
        }
        if self.joinable && self.quick_failures <= allowed {
            self.start_next(now_ms);
        } else {
            self.handle_stop(now_ms);
        }
    }

    pub(super) fn handle_stopped(&mut self, part: Part, now_ms: f64) {
        if self.closing.contains(&part) {
            self.closing.retain(|closing| *closing != part);
            self.finish_if_closed(now_ms);
        } else if self.next.is_some_and(|next| next.part == part) {
            self.give_up_next("stopped".to_owned(), now_ms);
        } else if self
            .current
            .take_if(|current| current.part == part)
            .is_some()
        {
            self.notify(Notice::RecorderEnded);
            if self.phase != Phase::Running {
                return;
            }
            self.lose_current(now_ms);
            if !self.joinable {
                self.handle_stop(now_ms);
            } else if self.next.is_none() {
                self.deadline = Some(now_ms + WAIT_FOR_SOURCE_MS);
            }
        }
    }

    /// The new recorder will not begin.
    pub(super) fn give_up_next(&mut self, code: String, now_ms: f64) {
        self.drop_next();
        self.deadline = None;
        if matches!(self.phase, Phase::Starting { .. }) {
            self.notify(Notice::StartFailed { code: code.clone() });
            self.phase = Phase::Failed { code };
            self.output.push(Output::FinishVault { elapsed_ms: 0.0 });
            return;
        }
        self.notify(Notice::SwitchFailed { code });
        if self.current.is_none() {
            self.handle_stop(now_ms);
        }
    }

    /// From now on nothing is recorded, so the timeline stands still.
    fn lose_current(&mut self, now_ms: f64) {
        self.clock.pause(now_ms);
        self.gap_since = Some(now_ms);
    }
}
