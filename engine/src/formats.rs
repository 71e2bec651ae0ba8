//! What `MediaRecorder` can write, and which of it to take.
//!
//! See MediaStream Recording, sections 2.2 (`mimeType`, `isTypeSupported`) and RFC 6381.

mod bit_rates;
mod list;

pub use bit_rates::{AUDIO_BITS_PER_SECOND, VIDEO_RATES, VideoRate, video_bits_per_second};
pub use list::FORMATS;

/// What a take holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Picture, with or without sound.
    Video,
    /// Sound only.
    Audio,
}

/// The file format around the tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// WebM.
    Webm,
    /// MP4 (ISO base media).
    Mp4,
    /// Ogg.
    Ogg,
}

/// One thing a recorder may be able to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// A stable word for storage and tests.
    pub id: &'static str,
    /// What `MediaRecorder` is asked for.
    pub mime: &'static str,
    /// The file format.
    pub container: Container,
    /// The name of the video codec; `None` for sound only and for plain types.
    pub video: Option<&'static str>,
    /// The name of the audio codec; `None` for plain types.
    pub audio: Option<&'static str>,
    /// What the take holds.
    pub media: Media,
    /// Whether the browser picks the codecs.
    pub plain: bool,
    /// The extension of the file, without a dot.
    pub extension: &'static str,
    /// Whether parts can be joined into one file at cluster level, which a device change in
    /// mid-take needs.
    pub joinable: bool,
}

impl Format {
    /// The format of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.id == id)
    }
}

/// Which format comes first where the person chose none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormatOrder {
    /// vp9, vp8, h264, plain webm: what plays in most browsers first.
    #[default]
    Default,
    /// h264 first: cheap to write on most machines, but an h264 WebM does not play in Firefox or
    /// Safari.
    H264First,
}

impl FormatOrder {
    /// Every order.
    pub const ALL: [Self; 2] = [Self::Default, Self::H264First];

    /// A stable word for storage and for the page's translations.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::H264First => "h264-first",
        }
    }

    /// The order of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.id() == id)
    }
}

/// The formats that a browser has, in the default order. A plain type is offered only where the
/// browser names nothing more specific in that container.
#[must_use]
pub fn offered(media: Media, is_supported: impl Fn(&str) -> bool) -> Vec<&'static Format> {
    let supported: Vec<&'static Format> = FORMATS
        .iter()
        .filter(|format| format.media == media && is_supported(format.mime))
        .collect();
    let specific = |container| {
        supported
            .iter()
            .any(|format| !format.plain && format.container == container)
    };
    supported
        .iter()
        .filter(|format| !format.plain || !specific(format.container))
        .copied()
        .collect()
}

/// The format to record: the chosen one where the browser has it, else the first of the order,
/// else `None`, when the browser can't record this at all.
#[must_use]
pub fn choose(
    order: FormatOrder,
    chosen: Option<&str>,
    media: Media,
    is_supported: impl Fn(&str) -> bool,
) -> Option<&'static Format> {
    let offered = offered(media, is_supported);
    let find = |id: &str| offered.iter().find(|format| format.id == id);
    let preferred = match order {
        FormatOrder::Default => None,
        FormatOrder::H264First => offered.iter().find(|format| format.video == Some("H.264")),
    };
    chosen
        .and_then(find)
        .or(preferred)
        .or(offered.first())
        .copied()
}

/// How often a recorder hands over a chunk (`timeslice`), in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeslice(u32);

impl Timeslice {
    /// The shortest, in ms.
    pub const MIN_MS: u32 = 10;
    /// The longest, in ms.
    pub const MAX_MS: u32 = 10_000;

    /// The nearest timeslice that is allowed.
    #[must_use]
    pub const fn new(ms: u32) -> Self {
        if ms < Self::MIN_MS {
            Self(Self::MIN_MS)
        } else if ms > Self::MAX_MS {
            Self(Self::MAX_MS)
        } else {
            Self(ms)
        }
    }

    /// The length in ms.
    #[must_use]
    pub const fn ms(self) -> u32 {
        self.0
    }
}

impl Default for Timeslice {
    /// One second: the most that a crash may cost.
    fn default() -> Self {
        Self(1_000)
    }
}
