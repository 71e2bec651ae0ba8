//! What the studio remembers from visit to visit.

mod choices;
mod stored;

pub use choices::{Filter, Source, Theme};

use crate::constraints::{AudioRequest, Preset, VideoRequest};
use crate::devices::Remembered;
use crate::formats::{FormatOrder, Timeslice};

/// Everything the studio remembers. Stored as JSON; reading is total, so that an older, newer or
/// damaged text costs at most the fields that can't be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is recorded.
    pub source: Source,
    /// The camera that was chosen last.
    pub camera: Option<Remembered>,
    /// The microphone that was chosen last.
    pub microphone: Option<Remembered>,
    /// The speaker that was chosen last.
    pub speaker: Option<Remembered>,
    /// What is asked of the camera or screen, the device aside.
    pub video: VideoRequest,
    /// What is asked of the microphone, the device aside.
    pub audio: AudioRequest,
    /// The picture size that was picked from the list.
    pub preset: Preset,
    /// The id of the format chosen for takes with a picture; `None` follows the order.
    pub video_format: Option<String>,
    /// The id of the format chosen for takes of sound only; `None` follows the order.
    pub audio_format: Option<String>,
    /// Which format comes first.
    pub format_order: FormatOrder,
    /// Video bits per second; `None` is automatic.
    pub video_bits_per_second: Option<u32>,
    /// Audio bits per second; `None` is automatic.
    pub audio_bits_per_second: Option<u32>,
    /// How often a chunk is handed over.
    pub timeslice: Timeslice,
    /// What happens to the pixels.
    pub filter: Filter,
    /// Whether the preview is mirrored; never the recording.
    pub mirror: bool,
    /// Whether the microphone is mixed into a recording of the screen.
    pub mic_with_screen: bool,
    /// Whether the system's sound is asked for with the screen.
    pub system_audio: bool,
    /// The language, as a BCP 47 tag; `None` follows the browser.
    pub locale: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// The server to work with, as a URL; `None` is the one the page came from.
    pub server: Option<String>,
    /// Whether takes go to the server while they are made, where that allows it.
    pub upload: bool,
    /// Whether a take stays on this device once the server has all of it.
    pub keep_uploaded: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            source: Source::default(),
            camera: None,
            microphone: None,
            speaker: None,
            video: VideoRequest::default(),
            audio: AudioRequest::default(),
            preset: Preset::default(),
            video_format: None,
            audio_format: None,
            format_order: FormatOrder::default(),
            video_bits_per_second: None,
            audio_bits_per_second: None,
            timeslice: Timeslice::default(),
            filter: Filter::default(),
            mirror: true,
            mic_with_screen: true,
            system_audio: true,
            locale: None,
            theme: Theme::default(),
            server: None,
            upload: true,
            keep_uploaded: true,
        }
    }
}
