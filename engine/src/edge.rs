//! Staying at the live edge of what is watched while it is being made.
//!
//! A browser plays a stream from where it joined it, at real speed. Whatever it lost at its start,
//! or while the network was away, it stays behind for good. So what has arrived and was not yet
//! shown is looked at again and again: what is never needed is played a little faster until it is
//! used up.

/// How much faster a player catches up: little enough that speech stays natural.
pub const FASTER: f64 = 1.25;

/// What has arrived and is not needed is left alone below this, in ms.
const SPARE_MS: f64 = 900.0;
/// So much of it is kept against unsteady arrival, in ms.
const KEPT_MS: f64 = 500.0;
/// Less than this, in ms, may run out between two looks.
const SCARCE_MS: f64 = 250.0;
/// From here on it is quicker to join again, in ms.
const FAR_MS: f64 = 8_000.0;
/// Whoever has stood still for so long, in ms, joins again.
const STOOD_MS: f64 = 2_000.0;
/// So long it is looked at before it is decided, in ms: parts of a take arrive every second.
const WINDOW_MS: f64 = 4_000.0;
/// Takes whose parts are longer are looked at for at most so long, in ms.
const LONGEST_WINDOW_MS: f64 = 16_000.0;

/// What a player does at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// When that is.
    pub now_ms: f64,
    /// What has arrived and was not yet shown, in ms of the recording.
    pub ahead_ms: f64,
    /// Whether the person, or the browser for want of a click, has stopped it.
    pub is_paused: bool,
    /// Whether it waits for data (`readyState` below `HAVE_FUTURE_DATA`).
    pub is_starved: bool,
}

/// What it should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Play at the real speed.
    Usual,
    /// Play [`FASTER`].
    Faster,
    /// Load the stream again, which begins at its edge.
    Rejoin,
}

/// Decides how a player gets back to the live edge, and stays there.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// How long it is looked at before it is decided.
    window_ms: f64,
    /// Since when, and the least that was ahead in that time.
    looked: Option<(f64, f64)>,
    /// Until when it plays faster.
    faster_until: Option<f64>,
    /// Since when it stands still.
    stands_since: Option<f64>,
    was_starved: bool,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            window_ms: WINDOW_MS,
            looked: None,
            faster_until: None,
            stands_since: None,
            // Before its first frame it waits because it begins.
            was_starved: true,
        }
    }
}

impl Edge {
    /// Takes what the player does, and says what it should do. To be called a few times a second.
    pub fn look(&mut self, look: Look) -> Pace {
        let Look {
            now_ms, ahead_ms, ..
        } = look;
        if look.is_paused {
            self.stands_since.get_or_insert(now_ms);
            return self.begin_anew(Pace::Usual);
        }
        let stood = self.stands_since.take().map_or(0.0, |since| now_ms - since);
        if stood >= STOOD_MS {
            return self.begin_anew(Pace::Rejoin);
        }
        if look.is_starved {
            // What looked spare was needed: longer parts arrive more seldom.
            if !self.was_starved {
                self.window_ms = (self.window_ms * 2.0).min(LONGEST_WINDOW_MS);
            }
            self.was_starved = true;
            return self.begin_anew(Pace::Usual);
        }
        self.was_starved = false;
        if let Some(until) = self.faster_until {
            return match now_ms < until && ahead_ms > SCARCE_MS {
                true => Pace::Faster,
                false => self.begin_anew(Pace::Usual),
            };
        }
        let (since, least) = self.looked.unwrap_or((now_ms, f64::INFINITY));
        let least = least.min(ahead_ms);
        self.looked = Some((since, least));
        if now_ms - since < self.window_ms || least < SPARE_MS {
            if now_ms - since >= self.window_ms {
                self.looked = None;
            }
            return Pace::Usual;
        }
        if least >= FAR_MS {
            return self.begin_anew(Pace::Rejoin);
        }
        self.faster_until = Some(now_ms + (least - KEPT_MS) / (FASTER - 1.0));
        Pace::Faster
    }

    fn begin_anew(&mut self, pace: Pace) -> Pace {
        self.looked = None;
        self.faster_until = None;
        if pace == Pace::Rejoin {
            self.was_starved = true;
        }
        pace
    }
}
