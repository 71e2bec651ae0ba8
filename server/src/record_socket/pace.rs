use std::{num::NonZeroU32, time::Duration};

use tokio::time::Instant;

/// How far ahead of its rate a client may be: what it could not send for a while comes at once.
const AHEAD: Duration = Duration::from_secs(4);

/// How fast messages are read. A client that is faster is not cut, which could cost it a take, but
/// waits: what it sends stays with it.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    /// When everything that came would have come at the rate itself.
    due: Instant,
}

impl Pace {
    /// So many messages in a second.
    pub fn new(per_second: NonZeroU32, now: Instant) -> Self {
        Self {
            gap: Duration::from_secs(1) / per_second.get(),
            due: now,
        }
    }

    /// Counts a message.
    pub fn came(&mut self, now: Instant) {
        self.due = self.due.max(now) + self.gap;
    }

    /// How long the next one waits.
    pub fn wait(&self, now: Instant) -> Duration {
        self.due
            .saturating_duration_since(now)
            .saturating_sub(AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_fast_waits_and_who_was_quiet_may_be_fast_for_a_while() {
        let now = Instant::now();
        let mut pace = Pace::new(NonZeroU32::MIN.saturating_add(9), now);
        for _ in 0..40 {
            assert_eq!(pace.wait(now), Duration::ZERO);
            pace.came(now);
        }
        pace.came(now);
        assert_eq!(pace.wait(now), Duration::from_millis(100));
        let later = now + Duration::from_secs(60);
        assert_eq!(pace.wait(later), Duration::ZERO);
    }
}
