//! Whether the microphone hears anything.

/// What is wrong with the microphone, if anything.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MicState {
    /// It hears something, or has not been quiet for long.
    #[default]
    Fine,
    /// Nothing has been heard for a while.
    Silent {
        /// For how long, in ms.
        for_ms: f64,
    },
    /// The system or a switch on the device mutes it (`MediaStreamTrack.muted`).
    Muted,
    /// It was unplugged or its permission taken away (`readyState` is `ended`).
    Ended,
}

/// Below this level (root mean square, 0 to 1) nothing is heard: −60 dBFS.
pub const SILENT_BELOW: f64 = 0.001;
/// From this level on something is heard again: −54 dBFS. The distance keeps the warning from
/// flickering in a quiet room.
pub const HEARD_FROM: f64 = 0.002;
/// Quiet for this long, in ms, is silence.
pub const SILENT_AFTER_MS: f64 = 4_000.0;

/// Watches the level of a microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SilenceWatch {
    quiet_since: Option<f64>,
}

impl SilenceWatch {
    /// A watch that has heard nothing yet and holds nothing against it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the level of a moment (root mean square, 0 to 1) and what the track says of itself.
    pub fn feed(&mut self, now_ms: f64, rms: f64, muted: bool, ended: bool) -> MicState {
        if ended || muted {
            self.quiet_since = None;
            return if ended {
                MicState::Ended
            } else {
                MicState::Muted
            };
        }
        let silent = |since: f64| now_ms - since >= SILENT_AFTER_MS;
        let warned = self.quiet_since.is_some_and(silent);
        // A level that is no number comes from a broken meter and counts as nothing heard.
        let heard = rms >= if warned { HEARD_FROM } else { SILENT_BELOW };
        if heard {
            self.quiet_since = None;
            return MicState::Fine;
        }
        let since = *self.quiet_since.get_or_insert(now_ms);
        if silent(since) {
            MicState::Silent {
                for_ms: now_ms - since,
            }
        } else {
            MicState::Fine
        }
    }
}

/// Where a meter's bar ends, 0 to 1, for a level (root mean square, 0 to 1). The fourth root
/// looks much like decibels (−60 dBFS is at 0.18, −20 dBFS at 0.56) and costs no logarithm.
#[must_use]
pub fn meter(rms: f64) -> f64 {
    if rms > 0.0 {
        rms.min(1.0).sqrt().sqrt()
    } else {
        0.0
    }
}
