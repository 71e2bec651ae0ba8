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
    /// `OverconstrainedError.constraint`. A name that is empty (browsers hide it before
    /// permission), unknown or not demanded relaxes every demand. `None` when there is none.
    ///
    /// A demand becomes an ideal value inside the capabilities: the browser then picks by itself
    /// the nearest it has, which no list of capabilities tells (their ranges promise no
    /// combination), and it can't refuse the same property again.
    #[must_use]
    pub fn nearest(&self, constraint: &str, possible: &TrackCapabilities) -> Option<Nearest<Self>> {
        nearest(self, constraint, |request, relax| {
            relax.choice(Property::Device, &mut request.device);
            relax.number(Property::Width, &mut request.width, possible.width);
            relax.number(Property::Height, &mut request.height, possible.height);
            relax.number(
                Property::FrameRate,
                &mut request.frame_rate,
                possible.frame_rate,
            );
            let ratio = possible.aspect_ratio;
            relax.number(Property::AspectRatio, &mut request.aspect_ratio, ratio);
            relax.choice(Property::FacingMode, &mut request.facing_mode);
        })
    }
}

impl AudioRequest {
    /// As [`VideoRequest::nearest`], for a microphone.
    #[must_use]
    pub fn nearest(&self, constraint: &str, possible: &TrackCapabilities) -> Option<Nearest<Self>> {
        nearest(self, constraint, |request, relax| {
            relax.choice(Property::Device, &mut request.device);
            relax.choice(Property::EchoCancellation, &mut request.echo_cancellation);
            relax.choice(Property::NoiseSuppression, &mut request.noise_suppression);
            relax.choice(Property::AutoGainControl, &mut request.auto_gain_control);
            let channels = possible.channel_count;
            relax.number(Property::ChannelCount, &mut request.channel_count, channels);
            relax.number(
                Property::SampleRate,
                &mut request.sample_rate,
                possible.sample_rate,
            );
        })
    }
}

/// Relaxes what is named, else everything.
fn nearest<R: Clone>(
    wanted: &R,
    constraint: &str,
    relax_all: impl Fn(&mut R, &mut Relax),
) -> Option<Nearest<R>> {
    let named = Property::from_name(constraint);
    for only in [named, None] {
        let mut request = wanted.clone();
        let mut relax = Relax {
            only,
            changed: Vec::new(),
        };
        relax_all(&mut request, &mut relax);
        if !relax.changed.is_empty() {
            return Some(Nearest {
                request,
                changed: relax.changed,
            });
        }
    }
    None
}

/// Turns demands into wishes and notes which.
struct Relax {
    /// The property to relax; `None` for all.
    only: Option<Property>,
    changed: Vec<Property>,
}

impl Relax {
    fn choice<T>(&mut self, property: Property, bound: &mut Bound<T>) {
        if !self.wants(property) {
            return;
        }
        *bound = match std::mem::take(bound) {
            Bound::Exact(value) => {
                self.changed.push(property);
                Bound::Ideal(value)
            }
            other => other,
        };
    }

    fn number<T: Measure>(
        &mut self,
        property: Property,
        bound: &mut Bound<T>,
        possible: Option<Span<T>>,
    ) {
        if let Some(wish) = bound
            .wish()
            .filter(|_| bound.is_demand() && self.wants(property))
        {
            *bound = Bound::Ideal(possible.map_or(wish, |span| span.clamp(wish)));
            self.changed.push(property);
        }
    }

    fn wants(&self, property: Property) -> bool {
        self.only.is_none_or(|only| only == property)
    }
}
