use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::room::Frame;

/// Messages kept for one peer at most, and their bytes.
const MAX_FRAMES: usize = 256;
const MAX_BYTES: usize = 128 << 10;
/// How long a message is kept. A dead connection is noticed, and its place given up, long before.
const KEEP: Duration = Duration::from_secs(120);

/// The last messages to a peer, which may not have come: what was written to a connection that is
/// dead already is lost without anybody being told.
///
/// Messages have numbers, beginning with 1. Both sides count, so none travels with them.
#[derive(Debug, Default)]
pub struct Kept {
    /// The number of the newest.
    total: u64,
    /// The number of the newest that a socket was given.
    handed: u64,
    frames: VecDeque<(Frame, Instant)>,
    bytes: usize,
}

/// What a peer that comes back gets.
pub struct Rest {
    /// The messages that it lacks.
    pub frames: Vec<Frame>,
    /// How many more it lacks.
    pub missed: u64,
}

impl Kept {
    /// Keeps one more message, which a socket was given or not.
    pub fn push(&mut self, frame: Frame, handed: bool, now: Instant) {
        self.total += 1;
        if handed {
            self.handed = self.total;
        }
        self.bytes += frame.len();
        self.frames.push_back((frame, now));
        while self.frames.len() > MAX_FRAMES || self.bytes > MAX_BYTES {
            self.drop_first();
        }
    }

    /// Forgets what is too old to be lost on the way.
    pub fn prune(&mut self, now: Instant) {
        while let Some((_, at)) = self.frames.front()
            && now.saturating_duration_since(*at) > KEEP
        {
            self.drop_first();
        }
        if self.frames.is_empty() {
            self.frames = VecDeque::new();
        }
    }

    /// What follows the message of this number, or, for a peer that does not count, the last one
    /// that a socket was given.
    pub fn rest(&mut self, received: Option<u64>) -> Rest {
        let lacking = self.total - received.unwrap_or(self.handed).min(self.total);
        self.handed = self.total;
        let frames = usize::try_from(lacking).unwrap_or(usize::MAX);
        while self.frames.len() > frames {
            self.drop_first();
        }
        Rest {
            missed: lacking - self.frames.len() as u64,
            frames: self.frames.iter().map(|(frame, _)| frame.clone()).collect(),
        }
    }

    fn drop_first(&mut self) {
        if let Some((frame, _)) = self.frames.pop_front() {
            self.bytes -= frame.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(count: usize, size: usize, now: Instant) -> Kept {
        let mut kept = Kept::default();
        for _ in 0..count {
            kept.push("a".repeat(size).into(), true, now);
        }
        kept
    }

    fn rest(kept: &mut Kept, received: Option<u64>) -> (usize, u64) {
        let rest = kept.rest(received);
        (rest.frames.len(), rest.missed)
    }

    #[test]
    fn the_rest_follows_what_came() {
        let now = Instant::now();
        let mut kept = kept(10, 1, now);
        assert_eq!(rest(&mut kept, Some(7)), (3, 0));
        assert_eq!(rest(&mut kept, Some(7)), (3, 0), "it may be lost again");
        assert_eq!(rest(&mut kept, None), (0, 0));
        kept.push("b".into(), false, now);
        assert_eq!(rest(&mut kept, None), (1, 0));
        assert_eq!(rest(&mut kept, None), (0, 0));
        assert_eq!(rest(&mut kept, Some(u64::MAX)), (0, 0));
        assert_eq!(rest(&mut kept, Some(0)), (0, 11));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let now = Instant::now();
        let mut many = kept(1000, 1, now);
        assert_eq!(rest(&mut many, Some(0)), (MAX_FRAMES, 1000 - 256));
        let mut large = kept(10, 32 << 10, now);
        assert_eq!(rest(&mut large, Some(0)), (4, 6));
        large.prune(now + KEEP);
        assert_eq!(rest(&mut large, Some(0)), (4, 6));
        large.prune(now + KEEP + Duration::from_millis(1));
        assert_eq!(rest(&mut large, Some(0)), (0, 10));
        assert_eq!(large.bytes, 0);
    }
}
