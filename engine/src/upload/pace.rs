//! How much is sent at a time, how fast that goes, and how long is waited after a failure.

use super::Trouble;

/// Bytes of a piece at least: what a slow phone sends in seconds.
const MIN_PIECE: u64 = 64 << 10;
/// Bytes of a piece at most: they are in memory while they are sent.
const MAX_PIECE: u64 = 4 << 20;
/// A piece that takes longer than this is followed by a smaller one, in ms.
const SLOW_MS: f64 = 4_000.0;
/// One that takes less is followed by a larger one, in ms.
const QUICK_MS: f64 = 1_000.0;
/// The first wait after a failure, in ms.
const FIRST_WAIT_MS: f64 = 500.0;
/// The longest wait for a network or a server to come back, in ms.
const LONGEST_WAIT_MS: f64 = 30_000.0;
/// For room to be made, in ms: from this on, up to four times as long.
const ROOM_WAIT_MS: f64 = 15_000.0;
/// No server may ask for more patience than this, in ms.
const LONGEST_ASKED_MS: f64 = 600_000.0;

/// How much at a time, and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Bytes of the next piece.
    pub piece: u64,
    /// Bytes per ms, once something was sent.
    pub speed: Option<f64>,
}

impl Pace {
    pub const fn new() -> Self {
        Self {
            piece: 4 * MIN_PIECE,
            speed: None,
        }
    }

    /// `bytes` arrived, `took_ms` after they were sent off.
    pub fn arrived(&mut self, bytes: u64, took_ms: f64) {
        let took_ms = took_ms.max(1.0);
        let now = bytes as f64 / took_ms;
        self.speed = Some(self.speed.map_or(now, |before| before * 0.7 + now * 0.3));
        if took_ms > SLOW_MS {
            self.shrink();
        } else if took_ms < QUICK_MS && bytes >= self.piece {
            self.piece = (self.piece * 2).min(MAX_PIECE);
        }
    }

    /// A piece did not arrive; true where the next one is smaller.
    pub fn shrink(&mut self) -> bool {
        let before = self.piece;
        self.piece = (before / 2).max(MIN_PIECE);
        self.piece < before
    }
}

/// How long to wait after so many failures in a row, in ms. `jitter` is from 0 to 1: many browsers
/// that lost the same server must not all come back at the same moment.
pub fn wait_ms(trouble: Trouble, failures: u32, asked_ms: Option<f64>, jitter: f64) -> f64 {
    let doubled = FIRST_WAIT_MS * f64::from(1_u32 << failures.min(10));
    let wait = match trouble {
        Trouble::DiskFull | Trouble::OwnerFull => {
            ROOM_WAIT_MS * f64::from(1_u32 << failures.min(2))
        }
        Trouble::Network | Trouble::Busy | Trouble::Server => doubled.min(LONGEST_WAIT_MS),
    };
    let spread = wait * (0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    let asked = asked_ms.filter(|ms| *ms >= 0.0).unwrap_or(0.0);
    // What the server asks for is the least, and spread as well.
    spread.max(asked.min(LONGEST_ASKED_MS) * (1.0 + 0.25 * jitter.clamp(0.0, 1.0)))
}
