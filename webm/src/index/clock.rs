use crate::head::{Track, TrackKind};

/// A picture is held to last no longer than this after the last of a recording, ms. A recorder
/// of a still screen writes pictures far apart.
const LONGEST_LAST_PICTURE_MS: f64 = 250.0;

/// What is known of the times of one track.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub number: u64,
    pub kind: TrackKind,
    pub is_opus: bool,
    default_ms: f64,
    /// Ticks of the first and of the latest block.
    pub first: Option<i64>,
    pub latest: Option<i64>,
    /// The latest block's length in ms, where it is known.
    length_ms: Option<f64>,
    /// Ticks between the latest block and the one before.
    distance: i64,
    /// A block is not marked as a key frame.
    pub unmarked: bool,
}

impl Clock {
    pub fn new(track: &Track) -> Self {
        Self {
            number: track.number,
            kind: track.kind,
            is_opus: track.is_opus(),
            default_ms: track.default_duration_ms,
            first: None,
            latest: None,
            length_ms: None,
            distance: 0,
            unmarked: false,
        }
    }

    /// Takes a block's time in ticks and its length in ms.
    pub fn tick(&mut self, time: i64, length_ms: Option<f64>) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        match self.latest {
            // Pictures may be stored in another order than shown.
            Some(latest) if time < latest => {}
            latest => {
                self.distance = latest.map_or(0, |latest| time.saturating_sub(latest));
                self.latest = Some(time);
                self.length_ms = length_ms;
            }
        }
    }

    /// The earliest tick at which another recorder may go on. Sound must not overlap, as its
    /// packets tell how long they are; a picture is simply replaced by the next.
    pub fn floor(&self, scale: f64) -> i64 {
        let after = self.latest.map_or(0, |latest| latest.saturating_add(1));
        match self.length_ms {
            Some(_) if self.is_opus => after.max(self.end(scale).ceil() as i64),
            _ => after,
        }
    }

    /// Where the latest frame ends, in ticks of `scale` ns.
    pub fn end(&self, scale: f64) -> f64 {
        let Some(latest) = self.latest else {
            return 0.0;
        };
        let ticks = |ms: f64| ms * 1e6 / scale;
        let length = match self.length_ms {
            Some(ms) => ticks(ms),
            None if self.default_ms > 0.0 => ticks(self.default_ms),
            None => (self.distance as f64).min(ticks(LONGEST_LAST_PICTURE_MS)),
        };
        latest as f64 + length
    }
}

/// How far Firefox holds a file to reach that it has whole: as far behind the last block as that is
/// behind the one before, of whatever tracks.
///
/// A file that says to be longer seems to it to lack its end. It waits 15 s for that whenever it
/// begins to play within the last 15 s (seen in Firefox 153).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reach {
    /// Ticks of the last block, and of the one before.
    last: Option<i64>,
    before: Option<i64>,
}

impl Reach {
    /// Takes a block's time in ticks. One that is earlier than its predecessor does not count.
    pub fn tick(&mut self, time: i64) {
        if self.last.is_none_or(|last| time >= last) {
            self.before = self.last.replace(time);
        }
    }

    /// How far, in ticks; `None` for less than two blocks.
    pub fn ticks(&self) -> Option<f64> {
        let (last, before) = (self.last?, self.before?);
        Some(last as f64 + last.saturating_sub(before) as f64)
    }
}
