//! Bounds as the form shows them: a mode and up to three values, whatever the property's type.

use callreel_engine::{
    constraints::{Bound, BoundError, Facing, Measure, Preset, Property},
    settings::Settings,
};

/// How strictly a property is asked for, and the parts of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Not at all.
    #[default]
    None,
    /// The nearest will do.
    Ideal,
    /// This or nothing.
    Exact,
    /// Between limits.
    Range,
    /// The lower limit of a range.
    Min,
    /// The upper limit of a range.
    Max,
}

impl Mode {
    /// What can be chosen.
    const ALL: [Self; 4] = [Self::None, Self::Ideal, Self::Exact, Self::Range];

    /// The modes that a property has: words have no order, so no limits.
    pub fn of(property: Property) -> &'static [Self] {
        if property.has_choices() {
            &Self::ALL[..3]
        } else {
            &Self::ALL
        }
    }

    /// A stable word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ideal => "ideal",
            Self::Exact => "exact",
            Self::Range => "range",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// The mode of that word.
    pub fn from_id(id: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|mode| mode.id() == id)
            .unwrap_or_default()
    }
}

/// What the form needs to know of a property.
pub trait Editable {
    /// Whether its values are words.
    fn has_choices(self) -> bool;
    /// Its words.
    fn choices(self) -> &'static [&'static str];
    /// Its unit, the same in every language.
    fn unit(self) -> &'static str;
    /// The least and the greatest number that make sense.
    fn limits(self) -> (f64, f64);
    /// Where a person begins who wants limits: least, wish, greatest.
    fn usual(self) -> (f64, f64, f64);
}

impl Editable for Property {
    fn has_choices(self) -> bool {
        self == Self::Device || !self.choices().is_empty()
    }

    fn choices(self) -> &'static [&'static str] {
        match self {
            Self::FacingMode => &["user", "environment", "left", "right"],
            Self::EchoCancellation | Self::NoiseSuppression | Self::AutoGainControl => {
                &["true", "false"]
            }
            _ => &[],
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Width | Self::Height => "px",
            Self::FrameRate => "fps",
            Self::SampleRate => "Hz",
            _ => "",
        }
    }

    fn limits(self) -> (f64, f64) {
        match self {
            Self::Width | Self::Height => (1.0, 16_384.0),
            Self::FrameRate => (0.0, 240.0),
            Self::AspectRatio => (0.1, 10.0),
            Self::ChannelCount => (1.0, 8.0),
            _ => (8_000.0, 192_000.0),
        }
    }

    fn usual(self) -> (f64, f64, f64) {
        match self {
            Self::Width => (640.0, 1280.0, 1920.0),
            Self::Height => (480.0, 720.0, 1080.0),
            Self::FrameRate => (15.0, 30.0, 60.0),
            Self::AspectRatio => (1.0, 16.0 / 9.0, 2.0),
            Self::ChannelCount => (1.0, 2.0, 2.0),
            _ => (16_000.0, 48_000.0, 48_000.0),
        }
    }
}

/// A bound as the form shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// How strictly.
    pub mode: Mode,
    /// The exact or ideal number.
    pub number: Option<f64>,
    /// The lower limit.
    pub min: Option<f64>,
    /// The upper limit.
    pub max: Option<f64>,
    /// The exact or ideal word.
    pub word: Option<&'static str>,
}

impl Draft {
    /// The bound that the settings have on a property.
    pub fn of(settings: &Settings, property: Property) -> Self {
        let (video, audio) = (&settings.video, &settings.audio);
        match property {
            Property::Device => Self::default(),
            Property::Width => Self::numbers(&video.width),
            Property::Height => Self::numbers(&video.height),
            Property::FrameRate => Self::numbers(&video.frame_rate),
            Property::AspectRatio => Self::numbers(&video.aspect_ratio),
            Property::FacingMode => Self::words(&video.facing_mode, |facing| facing.name()),
            Property::EchoCancellation => Self::words(&audio.echo_cancellation, on_off),
            Property::NoiseSuppression => Self::words(&audio.noise_suppression, on_off),
            Property::AutoGainControl => Self::words(&audio.auto_gain_control, on_off),
            Property::ChannelCount => Self::numbers(&audio.channel_count),
            Property::SampleRate => Self::numbers(&audio.sample_rate),
        }
    }

    /// What a mode begins with: usual values, so that it takes effect at once.
    pub fn begin(mode: Mode, property: Property) -> Self {
        let (min, number, max) = property.usual();
        let range = mode == Mode::Range;
        Self {
            mode,
            number: Some(number),
            min: range.then_some(min),
            max: range.then_some(max),
            word: property.choices().first().copied(),
        }
    }

    /// The number of a part.
    pub fn value(&self, part: Mode) -> Option<f64> {
        match part {
            Mode::Min => self.min,
            Mode::Max => self.max,
            _ => self.number,
        }
    }

    /// The same with another number in a part.
    pub fn changed(mut self, part: Mode, value: Option<f64>) -> Self {
        match part {
            Mode::Min => self.min = value,
            Mode::Max => self.max = value,
            _ => self.number = value,
        }
        self
    }

    /// Writes the bound into the settings.
    pub fn put(&self, settings: &mut Settings, property: Property) -> Result<(), BoundError> {
        let (video, audio) = (&mut settings.video, &mut settings.audio);
        match property {
            Property::Device => {}
            Property::Width => video.width = self.bound()?,
            Property::Height => video.height = self.bound()?,
            Property::FrameRate => video.frame_rate = self.bound()?,
            Property::AspectRatio => video.aspect_ratio = self.bound()?,
            Property::FacingMode => video.facing_mode = self.choice(Facing::from_name),
            Property::EchoCancellation => audio.echo_cancellation = self.choice(is_on),
            Property::NoiseSuppression => audio.noise_suppression = self.choice(is_on),
            Property::AutoGainControl => audio.auto_gain_control = self.choice(is_on),
            Property::ChannelCount => audio.channel_count = self.bound()?,
            Property::SampleRate => audio.sample_rate = self.bound()?,
        }
        if matches!(property, Property::Width | Property::Height) {
            settings.preset = Preset::of(&settings.video);
        }
        Ok(())
    }

    fn numbers<T: Measure>(bound: &Bound<T>) -> Self {
        let (mode, number) = match bound {
            Bound::None => (Mode::None, None),
            Bound::Ideal(value) => (Mode::Ideal, Some(value.as_f64())),
            Bound::Exact(value) => (Mode::Exact, Some(value.as_f64())),
            Bound::Range(range) => {
                return Self {
                    mode: Mode::Range,
                    number: range.ideal().map(T::as_f64),
                    min: range.min().map(T::as_f64),
                    max: range.max().map(T::as_f64),
                    word: None,
                };
            }
        };
        Self {
            mode,
            number,
            ..Self::default()
        }
    }

    fn words<T: Copy>(bound: &Bound<T>, word: impl Fn(T) -> &'static str) -> Self {
        let (mode, value) = match bound {
            Bound::Ideal(value) => (Mode::Ideal, *value),
            Bound::Exact(value) => (Mode::Exact, *value),
            Bound::None | Bound::Range(_) => return Self::default(),
        };
        Self {
            mode,
            word: Some(word(value)),
            ..Self::default()
        }
    }

    fn bound<T: Measure>(&self) -> Result<Bound<T>, BoundError> {
        let value = |number: Option<f64>| number.and_then(T::from_f64);
        Ok(match (self.mode, value(self.number)) {
            (Mode::Range, ideal) => return Bound::range(value(self.min), ideal, value(self.max)),
            (Mode::Ideal, Some(wish)) => Bound::Ideal(wish),
            (Mode::Exact, Some(demand)) => Bound::Exact(demand),
            _ => Bound::None,
        })
    }

    fn choice<T>(&self, read: impl Fn(&str) -> Option<T>) -> Bound<T> {
        match (self.mode, self.word.and_then(read)) {
            (Mode::Ideal, Some(wish)) => Bound::Ideal(wish),
            (Mode::Exact, Some(demand)) => Bound::Exact(demand),
            _ => Bound::None,
        }
    }
}

const fn on_off(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

fn is_on(word: &str) -> Option<bool> {
    Some(word == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_of_every_property_comes_back_as_it_was_put() {
        for property in Property::ALL.into_iter().filter(|p| *p != Property::Device) {
            for mode in Mode::of(property) {
                let mut settings = Settings::default();
                let draft = Draft::begin(*mode, property);
                assert_eq!(draft.put(&mut settings, property), Ok(()));
                let read = Draft::of(&settings, property);
                assert_eq!(read.mode, *mode, "{property:?}");
                if *mode != Mode::None && !property.has_choices() {
                    assert_eq!(
                        (read.min, read.number, read.max),
                        (draft.min, draft.number, draft.max)
                    );
                }
            }
        }
    }

    #[test]
    fn crossed_limits_change_nothing() {
        let mut settings = Settings::default();
        let draft = Draft {
            mode: Mode::Range,
            min: Some(9.0),
            max: Some(1.0),
            ..Draft::default()
        };
        let refused = draft.put(&mut settings, Property::Width);
        assert_eq!(refused, Err(BoundError::MinAboveMax));
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn a_size_of_the_list_is_recognised() {
        let mut settings = Settings::default();
        for (property, number) in [(Property::Width, 1920.0), (Property::Height, 1080.0)] {
            let draft = Draft {
                number: Some(number),
                ..Draft::begin(Mode::Ideal, property)
            };
            assert_eq!(draft.put(&mut settings, property), Ok(()));
        }
        assert_eq!(settings.preset, Preset::FullHd);
    }
}
