//! Block headers (RFC 9559, section 10) and what an Opus packet says about its length.

use crate::ebml;

/// What stands in front of a block's frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockHeader {
    pub track: u64,
    /// Bytes of the track number.
    pub track_len: u8,
    /// Ticks from the cluster's timestamp.
    pub time: i16,
    pub flags: u8,
}

/// The fewest bytes a block can have: track, time, flags.
pub(crate) const BLOCK_MIN: u64 = 4;

impl BlockHeader {
    /// Reads the header from a block's first bytes.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (track, track_len) = ebml::vint(data).ok()??;
        let &[high, low, flags] = data.get(usize::from(track_len)..)?.first_chunk::<3>()?;
        Some(Self {
            track,
            track_len,
            time: i16::from_be_bytes([high, low]),
            flags,
        })
    }

    /// Bytes of the header.
    pub fn len(&self) -> usize {
        usize::from(self.track_len) + 3
    }

    /// The key frame flag, which only a SimpleBlock has (section 10.2).
    pub fn is_key(&self) -> bool {
        self.flags & 0x80 != 0
    }
}

/// The sound in a block of Opus packets, in ms, as far as its first bytes tell. A laced block's
/// packets are taken to be as long as the first.
pub(crate) fn opus_ms(header: &BlockHeader, data: &[u8]) -> Option<f64> {
    let frames = data.get(header.len()..)?;
    let (packets, packet) = unlace(header.flags, frames)?;
    Some(f64::from(packets) * packet_ms(packet)?)
}

/// How many frames a block laces together, and the bytes from the first (section 10.3).
fn unlace(flags: u8, frames: &[u8]) -> Option<(u16, &[u8])> {
    const XIPH: u8 = 0x02;
    const EBML: u8 = 0x06;
    let lacing = flags & 0x06;
    if lacing == 0 {
        return Some((1, frames));
    }
    let (&more, mut rest) = frames.split_first()?;
    for index in 0..more {
        match lacing {
            XIPH => {
                let end = rest.iter().position(|&byte| byte != 255)?;
                rest = &rest[end + 1..];
            }
            // The first size is a plain vint, the others are differences of the same form.
            EBML => {
                let _ = index;
                let (_, len) = ebml::vint(rest).ok()??;
                rest = rest.get(usize::from(len)..)?;
            }
            _ => break,
        }
    }
    Some((u16::from(more) + 1, rest))
}

/// The length of an Opus packet in ms, from its table of contents (RFC 6716, section 3.1).
fn packet_ms(packet: &[u8]) -> Option<f64> {
    let &toc = packet.first()?;
    let config = toc >> 3;
    let frame_ms = match config {
        0..=11 => [10.0, 20.0, 40.0, 60.0][usize::from(config & 3)],
        12..=15 => [10.0, 20.0][usize::from(config & 1)],
        _ => [2.5, 5.0, 10.0, 20.0][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1)? & 0x3F,
    };
    Some(frame_ms * f64::from(frames))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(bytes: &[u8]) -> Option<f64> {
        opus_ms(&BlockHeader::parse(bytes)?, bytes)
    }

    #[test]
    fn an_opus_packet_tells_its_length() {
        assert_eq!(ms(&[0x81, 0, 0, 0x80, 0xFC]), Some(20.0));
        // Code 3 with three frames of 20 ms, as Chromium records.
        assert_eq!(ms(&[0x81, 0, 0, 0x80, 0xFF, 0x03]), Some(60.0));
        assert_eq!(ms(&[0x81, 0, 0, 0x80]), None);
    }

    #[test]
    fn laces_are_counted() {
        // Fixed lacing of two packets.
        assert_eq!(ms(&[0x81, 0, 0, 0x04, 1, 0xFC]), Some(40.0));
        // Xiph lacing of two packets, the first 256 bytes long.
        assert_eq!(ms(&[0x81, 0, 0, 0x02, 1, 255, 1, 0xFC]), Some(40.0));
        // EBML lacing of three packets.
        assert_eq!(ms(&[0x81, 0, 0, 0x06, 2, 0x85, 0xBF, 0xFC]), Some(60.0));
    }
}
