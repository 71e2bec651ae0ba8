//! How much more fits on the disk.
//!
//! See the Storage Standard, section 7 (`StorageManager.estimate`).

/// What `navigator.storage.estimate()` answered, in bytes. Both numbers are the browser's guess,
/// and browsers blur them on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// What this origin may use at most.
    pub quota: u64,
    /// What it uses now.
    pub usage: u64,
}

/// What is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Bytes until the quota.
    pub bytes_left: u64,
    /// Ms of recording at the present bit rate; `None` while there is no bit rate.
    pub ms_left: Option<u64>,
}

/// Whether that is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomState {
    /// Nothing to say.
    Plenty,
    /// Worth a warning.
    Low,
    /// A recording should stop, or not begin.
    Full,
}

/// Less than this many bytes is full: a chunk, an index and a note must still fit.
pub const FULL_BELOW_BYTES: u64 = 16_000_000;
/// Less than this many bytes is low.
pub const LOW_BELOW_BYTES: u64 = 200_000_000;
/// Less than this many ms of recording is full.
pub const FULL_BELOW_MS: u64 = 10_000;
/// Less than this many ms of recording is low.
pub const LOW_BELOW_MS: u64 = 600_000;
/// A quota of fewer bytes is called small.
pub const SMALL_QUOTA_BYTES: u64 = 2_000_000_000;

impl Estimate {
    /// What is left for a recording of so many bits per second, sound included.
    #[must_use]
    pub fn room(&self, bits_per_second: u64) -> Room {
        let bytes_left = self.quota.saturating_sub(self.usage);
        let ms_left =
            (bits_per_second > 0).then(|| bytes_left.saturating_mul(8_000) / bits_per_second);
        Room {
            bytes_left,
            ms_left,
        }
    }

    /// Whether the quota is so small that long takes won't fit.
    ///
    /// A private window often has such a quota, but so has a small or full disk, and some private
    /// windows have a large one; browsers make the two look alike on purpose. So the page may say
    /// that room is small and that a private window is one possible reason, never more.
    #[must_use]
    pub const fn is_small(&self) -> bool {
        self.quota < SMALL_QUOTA_BYTES
    }
}

impl Room {
    /// Whether the room is enough.
    #[must_use]
    pub fn state(&self) -> RoomState {
        let below = |bytes: u64, ms: u64| {
            self.bytes_left < bytes || self.ms_left.is_some_and(|left| left < ms)
        };
        if below(FULL_BELOW_BYTES, FULL_BELOW_MS) {
            RoomState::Full
        } else if below(LOW_BELOW_BYTES, LOW_BELOW_MS) {
            RoomState::Low
        } else {
            RoomState::Plenty
        }
    }
}
