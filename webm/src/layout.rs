use std::ops::Range;

use crate::cues::Cue;
use crate::head::Info;
use crate::{Patch, ebml, ids};

/// A file made seekable, as it would be finished now.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What is still to be changed in the original file, before the layout is true of it.
    pub patches: Vec<Patch>,
    /// What the seekable file consists of.
    pub layout: Layout,
    /// What was found and kept.
    pub report: Report,
}

/// A seekable file: its parts in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// A new head, then one range of the original file; several where something between
    /// clusters was damaged or out of date.
    pub parts: Vec<Part>,
    /// The length that the file tells, in ms; see [`Index::duration_ms`](crate::Index::duration_ms).
    pub duration_ms: f64,
    /// Bytes of all parts.
    pub len: u64,
}

/// A piece of a seekable file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes from here to there of the original file, patched.
    Original(Range<u64>),
}

/// What was found in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Report {
    /// Clusters with something in them that are kept.
    pub clusters: u64,
    /// Blocks that are kept.
    pub blocks: u64,
    /// Key frames among the blocks of video tracks.
    pub keyframes: u64,
    /// Entries of the new index.
    pub cues: u64,
    /// Bytes of clusters that are kept.
    pub kept_bytes: u64,
    /// Bytes lost: a block cut short at the end, and what damage made unreadable.
    pub dropped_bytes: u64,
    /// Places where the file was damaged and reading went on behind.
    pub damages: u64,
    /// The file ends in the middle of something.
    pub truncated: bool,
    /// The file had a duration, a SeekHead and Cues before.
    pub already_indexed: bool,
    /// A CodecDelay that keeps players from the file was removed.
    pub codec_delay_removed: bool,
    /// Tracks left out because nothing of them is in the file.
    pub tracks_removed: u64,
}

/// All that a new head is made from.
pub(crate) struct Head<'a> {
    /// The whole EBML header.
    pub ebml: &'a [u8],
    pub info: &'a Info,
    /// The data of the Tracks element.
    pub tracks: &'a [u8],
    pub cues: &'a [Cue],
    /// What of the original file follows.
    pub ranges: &'a [Range<u64>],
    /// Ticks.
    pub duration: f64,
    /// A cluster has a size field too short for its size, so the Segment's stays unknown too:
    /// readers expect the ends of both to be found in the same way.
    pub unsized_clusters: bool,
}

const APP: &[u8] = b"Callreel";
/// EBML header aside, a Segment begins with its ID and a size of eight bytes.
const SEGMENT_HEADER: usize = 12;
/// Bytes of a SeekHead with three entries of fixed width.
const SEEK_HEAD_LEN: usize = 5 + 3 * SEEK_LEN;
const SEEK_LEN: usize = 3 + 7 + 3 + SEEK_WIDTH;
const SEEK_WIDTH: usize = 4;

impl Head<'_> {
    /// The layout with this head in front.
    pub fn layout(&self) -> Layout {
        let head = self.bytes();
        let kept: u64 = self.ranges.iter().map(|it| it.end - it.start).sum();
        let len = head.len() as u64 + kept;
        let ranges = self.ranges.iter().cloned().map(Part::Original);
        Layout {
            parts: std::iter::once(Part::Bytes(head)).chain(ranges).collect(),
            duration_ms: self.duration * self.info.timestamp_scale as f64 / 1e6,
            len,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut info = Vec::new();
        ebml::put(&mut info, ids::INFO, &self.info_data());
        let mut tracks = Vec::with_capacity(self.tracks.len() + 12);
        ebml::put(&mut tracks, ids::TRACKS, self.tracks);
        let kept: u64 = self.ranges.iter().map(|it| it.end - it.start).sum();

        // Positions count from the Segment's data, which begins with the SeekHead.
        let info_at = SEEK_HEAD_LEN;
        let tracks_at = info_at + info.len();
        let cues_at = tracks_at + tracks.len();
        // The Cues' length depends on how wide a position is, and positions on that length.
        let (cues_len, width) = (1..=8)
            .map(|width| (self.cues_len(width), width))
            .find(|&(len, width)| ebml::uint_width((cues_at + len) as u64 + kept) <= width)
            .unwrap_or((self.cues_len(8), 8));
        let data_len = (cues_at + cues_len) as u64;

        let mut out = Vec::with_capacity(self.ebml.len() + SEGMENT_HEADER + data_len as usize);
        out.extend_from_slice(self.ebml);
        ebml::put_id(&mut out, ids::SEGMENT);
        if self.unsized_clusters || !ebml::put_size(&mut out, data_len + kept, 8) {
            out.extend_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        }
        put_seek_head(&mut out, info_at, tracks_at, cues_at);
        out.extend_from_slice(&info);
        out.extend_from_slice(&tracks);
        self.put_cues(&mut out, data_len, width);
        out
    }

    fn info_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(self.info.kept.len() + 48);
        ebml::put_uint(&mut data, ids::TIMESTAMP_SCALE, self.info.timestamp_scale);
        ebml::put(&mut data, ids::DURATION, &self.duration.to_be_bytes());
        ebml::put(&mut data, ids::MUXING_APP, APP);
        ebml::put(&mut data, ids::WRITING_APP, APP);
        data.extend_from_slice(&self.info.kept);
        data
    }

    /// Bytes of the Cues element with positions of `width` bytes.
    fn cues_len(&self, width: usize) -> usize {
        let data: usize = self.cues.iter().map(|cue| cue_len(cue, width)).sum();
        4 + usize::from(ebml::size_width(data as u64)) + data
    }

    /// `base` is where the first range begins in the Segment's data.
    fn put_cues(&self, out: &mut Vec<u8>, base: u64, width: usize) {
        let data: usize = self.cues.iter().map(|cue| cue_len(cue, width)).sum();
        ebml::put_id(out, ids::CUES);
        ebml::put_size(out, data as u64, ebml::size_width(data as u64));
        let mut ranges = self.ranges.iter();
        let mut range = ranges.next().cloned().unwrap_or_default();
        let mut range_at = base;
        for cue in self.cues {
            // Cues and ranges are both in the file's order.
            while cue.cluster >= range.end
                && let Some(next) = ranges.next()
            {
                range_at += range.end - range.start;
                range = next.clone();
            }
            put_cue(out, cue, range_at + (cue.cluster - range.start), width);
        }
    }
}

fn put_seek_head(out: &mut Vec<u8>, info_at: usize, tracks_at: usize, cues_at: usize) {
    ebml::put_id(out, ids::SEEK_HEAD);
    ebml::put_size(out, (SEEK_HEAD_LEN - 5) as u64, 1);
    for (id, at) in [
        (ids::INFO, info_at),
        (ids::TRACKS, tracks_at),
        (ids::CUES, cues_at),
    ] {
        ebml::put_id(out, ids::SEEK);
        ebml::put_size(out, (SEEK_LEN - 3) as u64, 1);
        ebml::put(out, ids::SEEK_ID, &id.to_be_bytes());
        ebml::put(out, ids::SEEK_POSITION, &(at as u32).to_be_bytes());
    }
}

/// Bytes of a CuePoint.
fn cue_len(cue: &Cue, width: usize) -> usize {
    2 + 2 + ebml::uint_width(cue.time) + cue_positions_len(cue, width)
}

/// Bytes of its CueTrackPositions.
fn cue_positions_len(cue: &Cue, width: usize) -> usize {
    let relative = match cue.relative {
        0 => 0,
        relative => 2 + ebml::uint_width(relative),
    };
    2 + 2 + ebml::uint_width(cue.track) + 2 + width + relative
}

fn put_cue(out: &mut Vec<u8>, cue: &Cue, position: u64, width: usize) {
    ebml::put_id(out, ids::CUE_POINT);
    ebml::put_size(out, (cue_len(cue, width) - 2) as u64, 1);
    ebml::put_uint(out, ids::CUE_TIME, cue.time);
    ebml::put_id(out, ids::CUE_TRACK_POSITIONS);
    ebml::put_size(out, (cue_positions_len(cue, width) - 2) as u64, 1);
    ebml::put_uint(out, ids::CUE_TRACK, cue.track);
    ebml::put(
        out,
        ids::CUE_CLUSTER_POSITION,
        position.to_be_bytes().get(8 - width..).unwrap_or_default(),
    );
    if cue.relative != 0 {
        ebml::put_uint(out, ids::CUE_RELATIVE_POSITION, cue.relative);
    }
}
