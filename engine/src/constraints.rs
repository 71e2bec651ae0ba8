//! What is asked of a camera, a screen or a microphone.
//!
//! See Media Capture and Streams, sections 4.3.5 (`MediaTrackConstraints`) and 11 (constrainable
//! properties).

mod bound;
mod preset;

pub use crate::nearest::Nearest;
pub(crate) use bound::Written;
pub use bound::{Bound, BoundError, Measure, Range};
pub use preset::Preset;

use crate::json::{Object, Value};

/// Where a camera looks, as seen from the person holding it (`VideoFacingModeEnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// Towards the person.
    User,
    /// Away from the person.
    Environment,
    /// To the left of the person.
    Left,
    /// To the right of the person.
    Right,
}

impl Facing {
    /// Every direction, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::User, Self::Environment, Self::Left, Self::Right];

    /// The word of the specification.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Environment => "environment",
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The direction of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facing| facing.name() == name)
    }
}

/// A constrainable property that the studio offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Which source.
    Device,
    /// Width in pixels.
    Width,
    /// Height in pixels.
    Height,
    /// Frames per second.
    FrameRate,
    /// Width divided by height.
    AspectRatio,
    /// Where the camera looks.
    FacingMode,
    /// Whether echo is cancelled.
    EchoCancellation,
    /// Whether noise is suppressed.
    NoiseSuppression,
    /// Whether the gain is automatic.
    AutoGainControl,
    /// Number of audio channels.
    ChannelCount,
    /// Samples per second (Hz).
    SampleRate,
}

impl Property {
    /// Every property, video first.
    pub const ALL: [Self; 11] = [
        Self::Device,
        Self::Width,
        Self::Height,
        Self::FrameRate,
        Self::AspectRatio,
        Self::FacingMode,
        Self::EchoCancellation,
        Self::NoiseSuppression,
        Self::AutoGainControl,
        Self::ChannelCount,
        Self::SampleRate,
    ];

    /// The name of the specification, as in `OverconstrainedError.constraint`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "deviceId",
            Self::Width => "width",
            Self::Height => "height",
            Self::FrameRate => "frameRate",
            Self::AspectRatio => "aspectRatio",
            Self::FacingMode => "facingMode",
            Self::EchoCancellation => "echoCancellation",
            Self::NoiseSuppression => "noiseSuppression",
            Self::AutoGainControl => "autoGainControl",
            Self::ChannelCount => "channelCount",
            Self::SampleRate => "sampleRate",
        }
    }

    /// The property of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|property| property.name() == name)
    }
}

/// What is asked of a camera or a screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoRequest {
    /// Which camera, by its id.
    pub device: Bound<String>,
    /// Width in pixels.
    pub width: Bound<u32>,
    /// Height in pixels.
    pub height: Bound<u32>,
    /// Frames per second.
    pub frame_rate: Bound<f64>,
    /// Width divided by height.
    pub aspect_ratio: Bound<f64>,
    /// Where the camera looks.
    pub facing_mode: Bound<Facing>,
}

impl VideoRequest {
    /// The `MediaTrackConstraints` as JSON; `{}` where nothing is asked.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.object().finish()
    }

    /// The same wish in the form that `getDisplayMedia` accepts: there `exact`, `min` and a
    /// device are a `TypeError` (Screen Capture, section 5.1), so an exact value becomes the
    /// ideal one, a lower limit is left out and an upper one kept.
    #[must_use]
    pub fn for_screen(&self) -> Self {
        Self {
            device: Bound::None,
            width: self.width.without_demands(),
            height: self.height.without_demands(),
            frame_rate: self.frame_rate.without_demands(),
            aspect_ratio: self.aspect_ratio.without_demands(),
            facing_mode: Bound::None,
        }
    }

    pub(crate) fn object(&self) -> Object {
        let mut object = Object::default();
        object.some(Property::Device.name(), self.device.json());
        object.some(Property::Width.name(), self.width.json());
        object.some(Property::Height.name(), self.height.json());
        object.some(Property::FrameRate.name(), self.frame_rate.json());
        object.some(Property::AspectRatio.name(), self.aspect_ratio.json());
        object.some(Property::FacingMode.name(), self.facing_mode.json());
        object
    }

    pub(crate) fn read(value: &Value) -> Self {
        let get = |property: Property| value.get(property.name());
        Self {
            device: Bound::read(get(Property::Device)),
            width: Bound::read_range(get(Property::Width)),
            height: Bound::read_range(get(Property::Height)),
            frame_rate: Bound::read_range(get(Property::FrameRate)),
            aspect_ratio: Bound::read_range(get(Property::AspectRatio)),
            facing_mode: Bound::read(get(Property::FacingMode)),
        }
    }
}

/// What is asked of a microphone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioRequest {
    /// Which microphone, by its id.
    pub device: Bound<String>,
    /// Whether echo is cancelled.
    pub echo_cancellation: Bound<bool>,
    /// Whether noise is suppressed.
    pub noise_suppression: Bound<bool>,
    /// Whether the gain is automatic.
    pub auto_gain_control: Bound<bool>,
    /// Number of channels.
    pub channel_count: Bound<u32>,
    /// Samples per second (Hz).
    pub sample_rate: Bound<u32>,
}

impl AudioRequest {
    /// The `MediaTrackConstraints` as JSON; `{}` where nothing is asked.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.object().finish()
    }

    pub(crate) fn object(&self) -> Object {
        let mut object = Object::default();
        object.some(Property::Device.name(), self.device.json());
        object.some(
            Property::EchoCancellation.name(),
            self.echo_cancellation.json(),
        );
        object.some(
            Property::NoiseSuppression.name(),
            self.noise_suppression.json(),
        );
        object.some(
            Property::AutoGainControl.name(),
            self.auto_gain_control.json(),
        );
        object.some(Property::ChannelCount.name(), self.channel_count.json());
        object.some(Property::SampleRate.name(), self.sample_rate.json());
        object
    }

    pub(crate) fn read(value: &Value) -> Self {
        let get = |property: Property| value.get(property.name());
        Self {
            device: Bound::read(get(Property::Device)),
            echo_cancellation: Bound::read(get(Property::EchoCancellation)),
            noise_suppression: Bound::read(get(Property::NoiseSuppression)),
            auto_gain_control: Bound::read(get(Property::AutoGainControl)),
            channel_count: Bound::read_range(get(Property::ChannelCount)),
            sample_rate: Bound::read_range(get(Property::SampleRate)),
        }
    }
}

/// The whole `MediaStreamConstraints` as JSON, ready for `getUserMedia`: a kind that is not asked
/// for is `false`, one without wishes is `true`.
#[must_use]
pub fn stream_json(video: Option<&VideoRequest>, audio: Option<&AudioRequest>) -> String {
    let mut object = Object::default();
    object.raw("video", &kind_json(video.map(VideoRequest::object)));
    object.raw("audio", &kind_json(audio.map(AudioRequest::object)));
    object.finish()
}

fn kind_json(wishes: Option<Object>) -> String {
    match wishes {
        None => "false".to_owned(),
        Some(object) if object.is_empty() => "true".to_owned(),
        Some(object) => object.finish(),
    }
}
