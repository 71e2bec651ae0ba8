//! The nearest request that works, after an `OverconstrainedError`.

use crate::constraints::{AudioRequest, Bound, Measure, Property, VideoRequest};
use crate::tracks::{Span, TrackCapabilities};

/// A request that gives way where the browser could not.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest<R> {
    /// The request to try instead.
    pub request: R,
    /// What gave way.
    pub changed: Vec<Property>,
}

impl VideoRequest {
    /// Proposes the nearest request that works, where `constraint` is the name in
    /// `OverconstrainedError.constraint`. An empty or unknown name (browsers hide it before
    /// permission) relaxes every demand. `None` when there is nothing to relax.
    ///
    /// A demand becomes an ideal value inside the capabilities: the browser then picks by itself
    /// the nearest it has, which no list of capabilities tells (their ranges promise no
    /// combination), and it can't refuse the same property again.
    #[must_use]
    pub fn nearest(&self, constraint: &str, possible: &TrackCapabilities) -> Option<Nearest<Self>> {
        let mut request = self.clone();
        let mut changed = Vec::new();
        let named = Property::from_name(constraint);
        let mut relax = |property: Property, done: bool| {
            if done {
                changed.push(property);
            }
        };
        let hit = |property: Property| named.is_none_or(|named| named == property);
        if hit(Property::Device) {
            relax(Property::Device, relax_choice(&mut request.device));
        }
        if hit(Property::Width) {
            relax(
                Property::Width,
                relax_number(&mut request.width, possible.width),
            );
        }
        if hit(Property::Height) {
            relax(
                Property::Height,
                relax_number(&mut request.height, possible.height),
            );
        }
        if hit(Property::FrameRate) {
            relax(
                Property::FrameRate,
                relax_number(&mut request.frame_rate, possible.frame_rate),
            );
        }
        if hit(Property::AspectRatio) {
            relax(
                Property::AspectRatio,
                relax_number(&mut request.aspect_ratio, possible.aspect_ratio),
            );
        }
        if hit(Property::FacingMode) {
            relax(Property::FacingMode, relax_choice(&mut request.facing_mode));
        }
        finish(request, changed)
    }
}

impl AudioRequest {
    /// As [`VideoRequest::nearest`], for a microphone.
    #[must_use]
    pub fn nearest(&self, constraint: &str, possible: &TrackCapabilities) -> Option<Nearest<Self>> {
        let mut request = self.clone();
        let mut changed = Vec::new();
        let named = Property::from_name(constraint);
        let hit = |property: Property| named.is_none_or(|named| named == property);
        let results = [
            (
                Property::Device,
                hit(Property::Device) && relax_choice(&mut request.device),
            ),
            (
                Property::EchoCancellation,
                hit(Property::EchoCancellation) && relax_choice(&mut request.echo_cancellation),
            ),
            (
                Property::NoiseSuppression,
                hit(Property::NoiseSuppression) && relax_choice(&mut request.noise_suppression),
            ),
            (
                Property::AutoGainControl,
                hit(Property::AutoGainControl) && relax_choice(&mut request.auto_gain_control),
            ),
            (
                Property::ChannelCount,
                hit(Property::ChannelCount)
                    && relax_number(&mut request.channel_count, possible.channel_count),
            ),
            (
                Property::SampleRate,
                hit(Property::SampleRate)
                    && relax_number(&mut request.sample_rate, possible.sample_rate),
            ),
        ];
        changed.extend(
            results
                .into_iter()
                .filter(|(_, done)| *done)
                .map(|(property, _)| property),
        );
        finish(request, changed)
    }
}

fn finish<R>(request: R, changed: Vec<Property>) -> Option<Nearest<R>> {
    (!changed.is_empty()).then_some(Nearest { request, changed })
}

/// Turns a demand for one of several values into a wish.
fn relax_choice<T: Clone>(bound: &mut Bound<T>) -> bool {
    let Bound::Exact(value) = bound else {
        return false;
    };
    *bound = Bound::Ideal(value.clone());
    true
}

/// Turns a demand for a number into a wish inside what is possible.
fn relax_number<T: Measure>(bound: &mut Bound<T>, possible: Option<Span<T>>) -> bool {
    let wish = match (bound.is_demand(), bound.wish()) {
        (true, Some(wish)) => wish,
        _ => return false,
    };
    *bound = Bound::Ideal(possible.map_or(wish, |span| span.clamp(wish)));
    true
}
