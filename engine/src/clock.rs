//! How long a take has been recorded, pauses left out.

/// Counts the recorded time of a take from the moments at which things happened.
///
/// All moments are ms on one clock that never goes back (`performance.now()`); one that does go
/// back counts as no time passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TakeClock {
    /// Recorded before the running stretch, in ms.
    before: f64,
    /// When the running, or last, stretch began.
    since: f64,
    /// When the stretch ended, unless it runs.
    until: Option<f64>,
    started: bool,
}

impl TakeClock {
    /// A clock that has not started.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins at zero, whatever was counted before.
    pub fn start(&mut self, now_ms: f64) {
        *self = Self {
            before: 0.0,
            since: now_ms,
            until: None,
            started: true,
        };
    }

    /// Stops counting; nothing happens unless the clock runs.
    pub fn pause(&mut self, now_ms: f64) {
        if self.is_running() {
            self.until = Some(now_ms.max(self.since));
        }
    }

    /// Counts on; nothing happens unless the clock is paused.
    pub fn resume(&mut self, now_ms: f64) {
        if let Some(until) = self.until {
            self.before += until - self.since;
            self.since = now_ms.max(until);
            self.until = None;
        }
    }

    /// Stops for good; the same as a pause that nobody ends.
    pub fn stop(&mut self, now_ms: f64) {
        self.pause(now_ms);
    }

    /// Whether time counts at present.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.started && self.until.is_none()
    }

    /// Ms recorded until `now_ms`, without pauses. A moment before the running stretch counts as
    /// its beginning.
    #[must_use]
    pub fn elapsed(&self, now_ms: f64) -> f64 {
        if !self.started {
            return 0.0;
        }
        let end = self.until.map_or(now_ms, |until| now_ms.min(until));
        self.before + (end - self.since).max(0.0)
    }
}
