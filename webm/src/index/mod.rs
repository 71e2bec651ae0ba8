mod children;
mod clock;
mod cluster;
mod walk;

use std::ops::Range;

use crate::cues::{Cue, Cues};
use crate::head::{Info, Rewritten, Tracks};
use crate::layout::{Finished, Head, Report};
use crate::reader::Reader;
use crate::{Error, Patch, Track};

pub(crate) use clock::{Clock, Reach};
use cluster::{Cluster, Group};
use walk::Pending;

/// The EBML header, Info and Tracks are held in memory, so they must not be larger (bytes).
pub(crate) const MAX_HEADER: u64 = 1 << 20;

/// A damaged file may fall into this many pieces; what comes after the last is given up.
const MAX_RANGES: usize = 4096;

/// Follows one WebM file, growing or whole, and knows at any moment how to finish it.
///
/// Feed it every byte with [`push`](Self::push). Where the file lies on a disk, bytes that nobody
/// needs to see may be left out: [`skippable`](Self::skippable) says how many,
/// [`skip`](Self::skip) that they were. Both ways give the same result.
///
/// Memory does not grow with the file but for one entry of 32 bytes a cue, of which there are at
/// most 32,768.
#[derive(Debug, Clone)]
pub struct Index {
    reader: Reader,
    state: State,
    pending: Pending,
    /// Data of the header element that is being read.
    collected: Vec<u8>,
    /// The whole EBML header.
    ebml: Vec<u8>,
    info: Option<Info>,
    tracks: Option<Tracks>,
    clocks: Vec<Clock>,
    reach: Reach,
    cluster: Option<Cluster>,
    group: Option<Group>,
    cues: Cues,
    /// Stands in where there is no other: a player needs one to find the clusters at all.
    first_block: Option<Cue>,
    /// What of the file stays, in order.
    ranges: Vec<Range<u64>>,
    /// Bytes between the last thing kept and this offset are no loss: they were an old index,
    /// or padding.
    dealt_with: u64,
    facts: Facts,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// In front of the Segment.
    Start,
    /// In the Segment, which ends there if that is known.
    Segment {
        end: Option<u64>,
    },
    /// Behind the Segment, or where nothing can be made of what follows.
    End,
    Failed(Error),
}

/// What a report tells besides what follows from the rest.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    clusters: u64,
    blocks: u64,
    keyframes: u64,
    damages: u64,
    lost: u64,
    had_cues: bool,
    had_seek_head: bool,
    unsized_clusters: bool,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// An index of a file of which nothing is known yet.
    pub fn new() -> Self {
        Self {
            reader: Reader::new(),
            state: State::Start,
            pending: Pending::Nothing,
            collected: Vec::new(),
            ebml: Vec::new(),
            info: None,
            tracks: None,
            clocks: Vec::new(),
            reach: Reach::default(),
            cluster: None,
            group: None,
            cues: Cues::new(),
            first_block: None,
            ranges: Vec::new(),
            dealt_with: 0,
            facts: Facts::default(),
        }
    }

    /// Feeds the next bytes, and returns what of the bytes fed so far is to be overwritten.
    ///
    /// # Errors
    ///
    /// If the beginning of the file can't be used; every later call then returns the same error.
    /// Damage behind the first cluster is none: reading goes on at the next one.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Patch>, Error> {
        let mut patches = Vec::new();
        match self.walk(bytes, &mut patches) {
            Ok(()) => Ok(patches),
            Err(error) => {
                self.state = State::Failed(error);
                Err(error)
            }
        }
    }

    /// How many of the coming bytes nobody needs to look at: the rest of a frame, or of anything
    /// that is kept as it is.
    pub fn skippable(&self) -> u64 {
        match self.state {
            State::End => u64::MAX,
            State::Failed(_) => 0,
            _ if self.pending.is_collected() => 0,
            _ => self.reader.payload(),
        }
    }

    /// Leaves out the next `n` bytes, at most [`skippable`](Self::skippable).
    pub fn skip(&mut self, n: u64) {
        let n = n.min(self.skippable());
        if self.state == State::End {
            self.reader.swallow(n);
        } else if n > 0 {
            self.reader.skip(n);
            self.after_step();
        }
    }

    /// Whether damage was met, and no cluster has been found behind it so far.
    pub fn is_searching(&self) -> bool {
        self.reader.is_scanning()
    }

    /// Bytes seen or skipped so far.
    pub fn position(&self) -> u64 {
        self.reader.position()
    }

    /// The end of the last closed cluster: bytes before it never change again, and may be sent.
    pub fn closed(&self) -> u64 {
        match (self.state, &self.cluster) {
            (State::Start | State::Failed(_), _) => 0,
            (_, Some(cluster)) => cluster.at,
            (_, None) if self.pending.is_nothing() => self.reader.at(),
            (_, None) => self.dealt_with,
        }
    }

    /// Doubts the size of the element that the file ends in, and goes back to where it begins, to
    /// look for a cluster behind. Returns the offset of the next byte to push, and patches as
    /// [`push`](Self::push) does; `None` where the file does not end within an element's data.
    ///
    /// A damaged size can swallow all that follows, which only shows at the end of the file. An
    /// element that is merely cut short has no cluster in it: clone the index before, and keep
    /// the one that found more.
    pub fn reread_tail(&mut self) -> Option<(u64, Vec<Patch>)> {
        let unfinished = self.reader.payload() > 0 || self.group.is_some();
        if !unfinished || self.pending.is_collected() || self.tracks.is_none() {
            return None;
        }
        let doubted = match &self.cluster {
            Some(cluster) => cluster.whole_end,
            None => self.dealt_with,
        };
        self.facts.damages += 1;
        let mut patches = Vec::new();
        self.cut_cluster(&mut patches);
        self.reader.search_from(doubted + 1);
        Some((doubted + 1, patches))
    }

    /// Milliseconds to the end of the last whole frame: of an Opus packet by its own account, of
    /// a picture by the distance from the one before. Less where a player would wait for what no
    /// block reaches.
    pub fn duration_ms(&self) -> f64 {
        self.duration_ticks() * self.scale() / 1e6
    }

    /// The tracks, none before their element has come whole.
    pub fn tracks(&self) -> &[Track] {
        self.tracks.as_ref().map_or(&[], |tracks| &tracks.list)
    }

    /// What the file looks like finished at this point, up to the last whole block. The index
    /// can be fed on after that.
    ///
    /// # Errors
    ///
    /// [`Error::NoMedia`] without a whole block, [`Error::NoTracks`] without tracks, and what
    /// [`push`](Self::push) returned if it failed.
    pub fn finish(&self) -> Result<Finished, Error> {
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        if self.state == State::Start && self.ebml.is_empty() {
            return Err(Error::NotWebm);
        }
        let tracks = self.tracks.as_ref().ok_or(Error::NoTracks)?;
        let mut patches = Vec::new();
        let mut ranges = self.ranges.clone();
        let mut facts = self.facts;
        if let Some(cluster) = self.cluster.as_ref().filter(|it| it.blocks > 0) {
            extend(&mut ranges, cluster.at..cluster.whole_end);
            facts.clusters += 1;
            facts.unsized_clusters |= !cluster.close(cluster.whole_end, &mut patches);
        }
        if facts.blocks == 0 {
            return Err(Error::NoMedia);
        }
        let info = self.info.clone().unwrap_or_default();
        let rewritten = self.rewrite(tracks);
        let layout = Head {
            ebml: &self.ebml,
            info: &info,
            tracks: &rewritten.data,
            cues: self.cues(),
            ranges: &ranges,
            duration: self.duration_ticks(),
            unsized_clusters: facts.unsized_clusters,
        }
        .layout();
        let report = Report {
            codec_delay_removed: rewritten.delay_removed,
            tracks_removed: rewritten.tracks_removed,
            ..self.report(&facts, &ranges)
        };
        Ok(Finished {
            patches,
            layout,
            report,
        })
    }

    fn report(&self, facts: &Facts, ranges: &[Range<u64>]) -> Report {
        let end = ranges.last().map_or(0, |last| last.end);
        let tail = self.position().saturating_sub(end.max(self.dealt_with));
        let had_duration = self.info.as_ref().is_some_and(|info| info.had_duration);
        let unfinished = match self.state {
            State::Segment { end: Some(end) } => self.position() < end,
            _ => false,
        };
        Report {
            clusters: facts.clusters,
            blocks: facts.blocks,
            keyframes: facts.keyframes,
            cues: self.cues().len() as u64,
            kept_bytes: ranges.iter().map(|it| it.end - it.start).sum(),
            dropped_bytes: facts.lost.saturating_add(tail),
            damages: facts.damages,
            truncated: unfinished || (tail > 0 && self.state != State::End),
            already_indexed: had_duration && facts.had_cues && facts.had_seek_head,
            codec_delay_removed: false,
            tracks_removed: 0,
        }
    }

    /// Tracks without what players stumble over.
    ///
    /// Firefox writes a CodecDelay for its Opus track, but does not mark its blocks as key frames.
    /// The delay moves the first of them in front of the video's first picture; Chromium then
    /// looks for a key frame of sound to begin with, finds none and refuses the file.
    ///
    /// Of a track without a single block, nothing is known where the codec has no header of its
    /// own, as Chromium's H.264.
    fn rewrite(&self, tracks: &Tracks) -> Rewritten {
        let clocks = |number| self.clocks.iter().filter(move |it| it.number == number);
        tracks.without(
            |number| clocks(number).any(|clock| clock.is_opus && clock.unmarked),
            |number| clocks(number).all(|clock| clock.latest.is_none()),
        )
    }

    fn cues(&self) -> &[Cue] {
        match self.cues.list() {
            [] => self.first_block.as_slice(),
            cues => cues,
        }
    }

    fn duration_ticks(&self) -> f64 {
        let ends = self.clocks.iter().map(|clock| clock.end(self.scale()));
        let end = ends.fold(0.0, f64::max);
        self.reach.ticks().map_or(end, |reach| end.min(reach))
    }

    /// Nanoseconds of a tick.
    pub(crate) fn scale(&self) -> f64 {
        let scale = self.info.as_ref().map(|info| info.timestamp_scale);
        scale.unwrap_or(1_000_000) as f64
    }

    /// What is known of each track's times.
    pub(crate) fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// Whether a cluster has begun.
    pub(crate) fn has_clusters(&self) -> bool {
        self.cluster.is_some() || !self.ranges.is_empty()
    }
}

/// Adds a piece; `false` where there are too many.
fn extend(ranges: &mut Vec<Range<u64>>, range: Range<u64>) -> bool {
    let full = ranges.len() >= MAX_RANGES;
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ if full => return false,
        _ => ranges.push(range),
    }
    true
}
