//! The head of a recording that is still growing, made from the one it would get if it ended now.
//! It says neither how long the file is nor where its clusters are, so a player takes them as
//! they come.

use callreel_webm::{Layout, Part};

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const INFO: u32 = 0x1549_A966;
const DURATION: u32 = 0x4489;
const VOID: u8 = 0xEC;
const CUES: u32 = 0x1C53_BB6B;
const CUE_TRACK_POSITIONS: u32 = 0xB7;
const CUE_CLUSTER_POSITION: u32 = 0xF1;

/// What to send before the clusters of a growing recording.
#[derive(Debug, PartialEq, Eq)]
pub struct LiveHead {
    /// EBML header, a Segment of unknown size, Info and Tracks.
    pub bytes: Vec<u8>,
    /// Where in the spooled file the first cluster begins.
    pub start: u64,
    /// Where the last cluster begins that a player can begin with.
    pub edge: u64,
}

impl LiveHead {
    /// Takes the layout of a file that ends now.
    pub fn of(layout: &Layout) -> Option<Self> {
        let mut parts = layout.parts.iter();
        let Some(Part::Bytes(head)) = parts.next() else {
            return None;
        };
        let ranges: Vec<_> = parts
            .filter_map(|part| match part {
                Part::Original(range) => Some(range.clone()),
                Part::Bytes(_) => None,
            })
            .collect();
        let start = ranges.first()?.start;

        let ebml = Element::read(head)?;
        let segment = Element::read(head.get(ebml.whole.len()..)?)?;
        let mut bytes = ebml.whole.to_vec();
        bytes.extend_from_slice(&SEGMENT.to_be_bytes());
        bytes.extend_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        let mut position = 0;
        for child in children(segment.data) {
            match child.id {
                SEEK_HEAD => {}
                INFO => bytes.extend(without_duration(&child)),
                CUES => position = last_position(child.data).unwrap_or(0),
                _ => bytes.extend_from_slice(child.whole),
            }
        }
        // Positions count from the Segment's data in the finished file.
        let data_at = head.len() - segment.data.len();
        let mut behind_head = (position + data_at as u64).saturating_sub(head.len() as u64);
        let edge = ranges.iter().find_map(|range| {
            let len = range.end - range.start;
            let found = (behind_head < len).then(|| range.start + behind_head);
            behind_head = behind_head.saturating_sub(len);
            found
        });
        Some(Self {
            bytes,
            start,
            edge: edge.unwrap_or(start),
        })
    }
}

fn without_duration(info: &Element<'_>) -> Vec<u8> {
    let mut bytes = info.whole.to_vec();
    let data_at = info.whole.len() - info.data.len();
    let mut at = data_at;
    for child in children(info.data) {
        if child.id == DURATION {
            // A Void of the same length: its ID is one byte shorter, its size so much more.
            let place = &mut bytes[at..at + child.whole.len()];
            place.fill(0);
            place[0] = VOID;
            place[1] = 0x80 | (child.whole.len() - 2) as u8;
        }
        at += child.whole.len();
    }
    bytes
}

/// The cluster of the last cue.
fn last_position(cues: &[u8]) -> Option<u64> {
    let last = children(cues).last()?;
    let positions = children(last.data).find(|it| it.id == CUE_TRACK_POSITIONS)?;
    let position = children(positions.data).find(|it| it.id == CUE_CLUSTER_POSITION)?;
    let bytes = position.data.iter();
    Some(bytes.fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// An element of a head that we made ourselves, so whole and of known size.
struct Element<'h> {
    id: u32,
    whole: &'h [u8],
    data: &'h [u8],
}

impl<'h> Element<'h> {
    fn read(bytes: &'h [u8]) -> Option<Self> {
        let id_len = bytes.first()?.leading_zeros() as usize + 1;
        let id = bytes.get(..id_len).filter(|_| id_len <= 4)?;
        let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let size = bytes.get(id_len..)?;
        let size_len = size.first()?.leading_zeros() as usize + 1;
        let size = size.get(..size_len).filter(|_| size_len <= 8)?;
        let value = size
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        let value = value & ((1u64 << (7 * size_len)) - 1);
        let data_at = id_len + size_len;
        // The Segment is larger than its head, or of unknown size: what there is counts.
        let end = usize::try_from(value)
            .ok()
            .and_then(|size| data_at.checked_add(size))
            .map_or(bytes.len(), |end| end.min(bytes.len()));
        Some(Self {
            id,
            whole: bytes.get(..end)?,
            data: bytes.get(data_at..end)?,
        })
    }
}

fn children(mut data: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let child = Element::read(data)?;
        data = &data[child.whole.len()..];
        Some(child)
    })
}
