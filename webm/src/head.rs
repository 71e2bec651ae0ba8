//! What a file says about itself before its clusters: Info and Tracks.

use crate::ebml::{self, Child};
use crate::{Error, ids};

/// What a track carries (RFC 9559, section 5.1.4.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Subtitles, or anything else.
    Other,
}

/// One track of a file (RFC 9559, section 5.1.4.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The number blocks name it by.
    pub number: u64,
    /// What it carries.
    pub kind: TrackKind,
    /// The codec, as Matroska names it: `V_VP9`, `A_OPUS`.
    pub codec_id: String,
    /// The codec's own header, or nothing.
    pub codec_private: Vec<u8>,
    /// Pixels of the first picture's width; 0 for sound.
    pub width: u32,
    /// Pixels of the first picture's height; 0 for sound.
    pub height: u32,
    /// Sound channels; 0 for pictures.
    pub channels: u32,
    /// Samples of sound in a second (Hz); 0 for pictures.
    pub sample_rate: f64,
    /// The length of a frame in ms where the file fixes it, otherwise 0.
    pub default_duration_ms: f64,
}

impl Track {
    fn parse(entry: &[u8]) -> Self {
        let mut track = Self {
            number: 0,
            kind: TrackKind::Other,
            codec_id: String::new(),
            codec_private: Vec::new(),
            width: 0,
            height: 0,
            channels: 0,
            sample_rate: 0.0,
            default_duration_ms: 0.0,
        };
        for child in ebml::children(entry) {
            match child.id {
                ids::TRACK_NUMBER => track.number = ebml::uint(child.data),
                ids::TRACK_TYPE => {
                    track.kind = match ebml::uint(child.data) {
                        1 => TrackKind::Video,
                        2 => TrackKind::Audio,
                        _ => TrackKind::Other,
                    }
                }
                ids::CODEC_ID => {
                    // ASCII by its type, and padded with zeros perhaps (RFC 8794, section 7.4).
                    let name = child.data.iter().take_while(|&&byte| byte != 0);
                    track.codec_id = name.map(|&byte| char::from(byte)).collect();
                }
                ids::CODEC_PRIVATE => track.codec_private = child.data.to_vec(),
                ids::DEFAULT_DURATION => {
                    track.default_duration_ms = ebml::uint(child.data) as f64 / 1e6;
                }
                ids::VIDEO => track.parse_video(child.data),
                ids::AUDIO => track.parse_audio(child.data),
                _ => {}
            }
        }
        track
    }

    fn parse_video(&mut self, data: &[u8]) {
        for child in ebml::children(data) {
            match child.id {
                ids::PIXEL_WIDTH => self.width = ebml::uint(child.data) as u32,
                ids::PIXEL_HEIGHT => self.height = ebml::uint(child.data) as u32,
                _ => {}
            }
        }
    }

    fn parse_audio(&mut self, data: &[u8]) {
        // Absent elements have these values (RFC 9559, section 5.1.4.1.29).
        self.channels = 1;
        self.sample_rate = 8000.0;
        for child in ebml::children(data) {
            match child.id {
                ids::CHANNELS => self.channels = ebml::uint(child.data) as u32,
                ids::SAMPLING_FREQUENCY => self.sample_rate = ebml::float(child.data),
                _ => {}
            }
        }
    }

    pub(crate) fn is_opus(&self) -> bool {
        self.codec_id == "A_OPUS"
    }
}

/// More tracks than this are no recording.
const MAX_TRACKS: usize = 64;

/// What the Tracks element says.
#[derive(Debug, Clone)]
pub(crate) struct Tracks {
    pub list: Vec<Track>,
    /// The element's data, as it is in the file.
    pub data: Vec<u8>,
}

impl Tracks {
    /// Takes the data of a Tracks element.
    pub fn parse(data: Vec<u8>) -> Result<Self, Error> {
        let list: Vec<_> = ebml::children(&data)
            .filter(|child| child.id == ids::TRACK_ENTRY)
            .map(|entry| Track::parse(entry.data))
            .filter(|track| track.number != 0)
            .take(MAX_TRACKS)
            .collect();
        if list.is_empty() {
            return Err(Error::NoTracks);
        }
        Ok(Self { list, data })
    }

    /// The track cues point into: the first with pictures, else the first.
    pub fn cue_track(&self) -> Option<&Track> {
        let video = self.list.iter().find(|it| it.kind == TrackKind::Video);
        video.or(self.list.first())
    }

    /// The data with Voids in place of the CodecDelays of some tracks and of others as a whole.
    pub fn without(&self, delays: impl Fn(u64) -> bool, tracks: impl Fn(u64) -> bool) -> Rewritten {
        let mut voids = Vec::new();
        let mut rewritten = Rewritten::default();
        for entry in ebml::children(&self.data).filter(|child| child.id == ids::TRACK_ENTRY) {
            let track = Track::parse(entry.data).number;
            if tracks(track) {
                voids.push(entry.at..entry.at + entry.whole.len());
                rewritten.tracks_removed += 1;
            } else if delays(track) {
                let data_at = entry.at + entry.whole.len() - entry.data.len();
                let is_delay = |it: &Child| it.id == ids::CODEC_DELAY && ebml::uint(it.data) > 0;
                if ebml::children(entry.data).any(|it| is_delay(&it)) {
                    rewritten.delay_removed = true;
                    let gone = ebml::children(entry.data)
                        .filter(|it| is_delay(it) || it.id == ids::CRC_32);
                    voids.extend(gone.map(|it| data_at + it.at..data_at + it.at + it.whole.len()));
                }
            }
        }
        rewritten.data = self.data.clone();
        if !voids.is_empty() {
            // A checksum over what is changed would be wrong.
            let sums = ebml::children(&self.data).filter(|child| child.id == ids::CRC_32);
            voids.extend(sums.map(|it| it.at..it.at + it.whole.len()));
        }
        for range in voids {
            if let Some(element) = rewritten.data.get_mut(range) {
                ebml::make_void(element);
            }
        }
        rewritten
    }
}

/// The data of Tracks as it will stand in the finished file.
#[derive(Debug, Default)]
pub(crate) struct Rewritten {
    pub data: Vec<u8>,
    pub delay_removed: bool,
    pub tracks_removed: u64,
}

/// Info as it will stand in the finished file, but for the duration.
#[derive(Debug, Clone)]
pub(crate) struct Info {
    /// Nanoseconds of a tick (RFC 9559, section 5.1.2.9).
    pub timestamp_scale: u64,
    /// Elements kept as they were: date, title, identifiers.
    pub kept: Vec<u8>,
    pub had_duration: bool,
}

impl Default for Info {
    fn default() -> Self {
        Self {
            timestamp_scale: 1_000_000,
            kept: Vec::new(),
            had_duration: false,
        }
    }
}

impl Info {
    /// Takes the data of an Info element.
    pub fn parse(data: &[u8]) -> Self {
        let mut info = Self::default();
        for Child {
            id, data, whole, ..
        } in ebml::children(data)
        {
            match id {
                ids::TIMESTAMP_SCALE => info.timestamp_scale = ebml::uint(data).max(1),
                ids::DURATION => info.had_duration = ebml::float(data) > 0.0,
                ids::MUXING_APP | ids::WRITING_APP | ids::VOID | ids::CRC_32 => {}
                _ => info.kept.extend_from_slice(whole),
            }
        }
        info
    }
}

/// Takes a whole EBML header, which must announce WebM or Matroska (RFC 8794, section 11.2).
pub(crate) fn parse_ebml(mut header: Vec<u8>) -> Result<Vec<u8>, Error> {
    let first = ebml::children(&header).next();
    let data = first.map(|first| first.data).unwrap_or_default();
    let data_at = header.len() - data.len();
    let matroska = ebml::children(data)
        .filter(|child| child.id == ids::DOC_TYPE)
        .any(|child| matches!(child.data, b"webm" | b"matroska"));
    if !matroska {
        return Err(Error::NotWebm);
    }
    // The new head's CueRelativePosition came with version 4 (RFC 9559, section 5.1.5.1.2.3).
    let version = ebml::children(data).find(|child| child.id == ids::DOC_TYPE_VERSION);
    if let Some(version) = version.filter(|it| it.data.len() == 1 && it.data < [4].as_slice()) {
        let at = data_at + version.at + version.whole.len() - 1;
        header[at] = 4;
    }
    Ok(header)
}
