//! What a browser says about a running track.

use crate::constraints::{Facing, Property};

/// A closed interval, as a capability reports it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span<T> {
    /// The smallest possible value.
    pub min: T,
    /// The largest possible value.
    pub max: T,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// Whether the value lies inside, ends included.
    #[must_use]
    pub fn contains(&self, value: T) -> bool {
        self.min <= value && value <= self.max
    }

    /// The value inside that is nearest to the given one.
    #[must_use]
    pub fn clamp(&self, value: T) -> T {
        if value < self.min {
            self.min
        } else if value > self.max {
            self.max
        } else {
            value
        }
    }
}

/// What `MediaStreamTrack.getSettings()` reported (Media Capture and Streams, section 4.3.8,
/// `MediaTrackSettings`). What a browser does not report is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackSettings {
    /// The id of the source.
    pub device_id: Option<String>,
    /// The id shared by the parts of one physical device.
    pub group_id: Option<String>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Frames per second.
    pub frame_rate: Option<f64>,
    /// Width divided by height.
    pub aspect_ratio: Option<f64>,
    /// Where the camera looks.
    pub facing_mode: Option<Facing>,
    /// Samples per second (Hz).
    pub sample_rate: Option<u32>,
    /// Number of audio channels.
    pub channel_count: Option<u32>,
    /// Whether echo is cancelled; the values `"all"` and `"remote-only"` count as true.
    pub echo_cancellation: Option<bool>,
    /// Whether noise is suppressed.
    pub noise_suppression: Option<bool>,
    /// Whether the gain is automatic.
    pub auto_gain_control: Option<bool>,
    /// What a screen capture shows: `monitor`, `window` or `browser` (Screen Capture).
    pub display_surface: Option<String>,
}

/// What `MediaStreamTrack.getCapabilities()` reported (Media Capture and Streams, section 4.3.7,
/// `MediaTrackCapabilities`). What a browser does not report is `None`; Firefox before 132 has
/// no such method at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackCapabilities {
    /// Widths in pixels.
    pub width: Option<Span<u32>>,
    /// Heights in pixels.
    pub height: Option<Span<u32>>,
    /// Frames per second.
    pub frame_rate: Option<Span<f64>>,
    /// Width divided by height.
    pub aspect_ratio: Option<Span<f64>>,
    /// Where the camera can look; empty where the browser can't tell.
    pub facing_mode: Option<Vec<Facing>>,
    /// Samples per second (Hz).
    pub sample_rate: Option<Span<u32>>,
    /// Numbers of audio channels.
    pub channel_count: Option<Span<u32>>,
    /// Possible values of echo cancellation.
    pub echo_cancellation: Option<Vec<bool>>,
    /// Possible values of noise suppression.
    pub noise_suppression: Option<Vec<bool>>,
    /// Possible values of automatic gain.
    pub auto_gain_control: Option<Vec<bool>>,
}

/// What was measured on the running preview.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Delivered {
    /// Width of the decoded picture in pixels.
    pub width: Option<u32>,
    /// Height of the decoded picture in pixels.
    pub height: Option<u32>,
    /// Frames that arrived per second.
    pub frames_per_second: Option<f64>,
}

impl From<&TrackSettings> for TrackCapabilities {
    /// What a track gives now, as all that is known to be possible.
    fn from(given: &TrackSettings) -> Self {
        fn only<T: Copy>(value: Option<T>) -> Option<Span<T>> {
            value.map(|value| Span {
                min: value,
                max: value,
            })
        }
        Self {
            width: only(given.width),
            height: only(given.height),
            frame_rate: only(given.frame_rate),
            aspect_ratio: only(given.aspect_ratio),
            facing_mode: given.facing_mode.map(|facing| vec![facing]),
            sample_rate: only(given.sample_rate),
            channel_count: only(given.channel_count),
            echo_cancellation: given.echo_cancellation.map(|on| vec![on]),
            noise_suppression: given.noise_suppression.map(|on| vec![on]),
            auto_gain_control: given.auto_gain_control.map(|on| vec![on]),
        }
    }
}

/// Everything known about a running track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// What the browser says it granted.
    pub granted: TrackSettings,
    /// What the browser says is possible.
    pub possible: TrackCapabilities,
    /// What `getSupportedConstraints()` lists; empty means unknown.
    pub supported: Vec<Property>,
    /// What the preview shows; nothing for sound.
    pub delivered: Delivered,
}

impl Evidence {
    /// Whether the browser knows the constraint, as far as it said.
    #[must_use]
    pub fn supports(&self, property: Property) -> bool {
        self.supported.is_empty() || self.supported.contains(&property)
    }
}
