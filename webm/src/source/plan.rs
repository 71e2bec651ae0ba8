use crate::block::BlockHeader;
use crate::head::{Track, TrackKind};
use crate::take::Join;
use crate::{Error, Index};

/// The longest Opus packet that recorders write, in ms.
const PACKET_MS: f64 = 60.0;

/// How blocks become part of the take.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Nanoseconds of a tick.
    pub scale: f64,
    /// Ticks added to the recorder's times.
    pub shift: i64,
    lanes: Vec<Lane>,
}

/// The way of one track into the take.
#[derive(Debug, Clone)]
struct Lane {
    from: u64,
    to: u64,
    kind: TrackKind,
    /// The earliest time a block may have, in ticks.
    floor: i64,
    /// Where the track's last frame so far ends, in ticks.
    before: Option<f64>,
    /// The time of the first block that went this way.
    first: Option<i64>,
}

/// Where a block goes.
pub(super) struct Placed {
    pub track: u64,
    /// Ticks on the take's timeline.
    pub time: i64,
    /// Ticks from its cluster's timestamp.
    pub relative: i16,
}

impl Plan {
    pub fn new(own: &Index, take: &Index, at_ms: Option<f64>) -> Result<Self, Error> {
        let scale = own.scale();
        let Some(at_ms) = at_ms else {
            return Ok(Self {
                scale,
                shift: 0,
                lanes: Vec::new(),
            });
        };
        if scale != take.scale() {
            return Err(Error::TimescaleChanged);
        }
        let lanes: Result<_, _> = own.tracks().iter().map(|it| Lane::new(it, take)).collect();
        Ok(Self {
            scale,
            shift: (at_ms * 1e6 / scale) as i64,
            lanes: lanes?,
        })
    }

    /// How the part goes on from what was there, as far as it has come.
    pub fn join(&self) -> Join {
        let gap = |kind| {
            let lane = self.lanes.iter().find(|lane| lane.kind == kind)?;
            Some((lane.first? as f64 - lane.before?) * self.scale / 1e6)
        };
        Join {
            at_ms: self.shift as f64 * self.scale / 1e6,
            video_gap_ms: gap(TrackKind::Video),
            audio_gap_ms: gap(TrackKind::Audio),
        }
    }

    /// With the first cluster's time known, moves the whole part behind what is there already.
    /// It also moves forward over a hole in the sound no longer than a packet: that is only where
    /// the last packet before the cut happened to end, and would be heard as a click.
    pub fn settle_shift(&mut self, first: i64) {
        if self.lanes.iter().any(|lane| lane.first.is_some()) {
            return;
        }
        let floor = self.lanes.iter().map(|lane| lane.floor).max();
        let least = floor.unwrap_or(0).saturating_sub(first);
        let sound = self.lanes.iter().find(|lane| lane.kind == TrackKind::Audio);
        let hole_ms = sound
            .and_then(|lane| lane.before)
            .map(|before| (self.shift.saturating_add(first) as f64 - before) * self.scale / 1e6);
        if hole_ms.is_some_and(|hole| hole <= PACKET_MS) {
            self.shift = least;
        } else {
            self.shift = self.shift.max(least);
        }
    }

    /// Where a block goes; `None` where there is no place for it.
    pub fn place(&self, header: &BlockHeader, cluster_time: i64, joins: bool) -> Option<Placed> {
        let time = cluster_time.saturating_add(i64::from(header.time));
        if !joins {
            return Some(Placed {
                track: header.track,
                time,
                relative: header.time,
            });
        }
        let lane = self.lanes.iter().find(|lane| lane.from == header.track)?;
        let time = time.max(lane.floor);
        Some(Placed {
            track: lane.to,
            time,
            relative: i16::try_from(time - cluster_time).ok()?,
        })
    }

    pub fn note(&mut self, header: &BlockHeader, time: i64) {
        if let Some(lane) = self.lanes.iter_mut().find(|it| it.from == header.track) {
            lane.first.get_or_insert(time);
        }
    }
}

impl Lane {
    fn new(own: &Track, take: &Index) -> Result<Self, Error> {
        let mut same_kind = take.tracks().iter().filter(|track| track.kind == own.kind);
        let track = same_kind.next().ok_or(Error::CodecChanged)?;
        if !goes_on(track, own) {
            return Err(Error::CodecChanged);
        }
        let clock = take.clocks().iter().find(|it| it.number == track.number);
        let clock = clock.filter(|clock| clock.latest.is_some());
        Ok(Self {
            from: own.number,
            to: track.number,
            kind: own.kind,
            floor: clock.map_or(0, |clock| clock.floor(take.scale())),
            before: clock.map(|clock| clock.end(take.scale())),
            first: None,
        })
    }
}

/// Whether a decoder set up for one track can go on with another.
fn goes_on(track: &Track, next: &Track) -> bool {
    // Opus decodes at 48 kHz whatever rate the recorder was given (RFC 7845, section 5.1).
    let same_rate = track.is_opus() || track.sample_rate == next.sample_rate;
    track.codec_id == next.codec_id && track.channels == next.channels && same_rate
}
