//! Why what came is not what was asked.

use super::cells::{Asked, Numbers, short};
use super::{Delivered, Evidence, Span, Verdict};
use crate::constraints::{Measure, VideoRequest};

/// Two fractions this close, relative to the larger, are the same: cameras say 29.97 for 30, and
/// 16 : 9 is 1.7777.
const SAME: f64 = 0.005;
/// Fewer frames than this share of the granted ones are worth a word; measuring over a second or
/// two is not exact enough for more.
const SLOW: f64 = 0.85;

/// Pixels, channels and hertz are whole and mean what they say.
fn same(one: f64, other: f64, exact: bool) -> bool {
    let apart = (one - other).abs();
    if exact {
        apart == 0.0
    } else {
        apart <= SAME * one.abs().max(other.abs())
    }
}

/// The verdict on a number, measurements aside.
pub(super) fn judge_number(
    asked: &Numbers,
    granted: Option<f64>,
    possible: Option<Span<f64>>,
    supported: bool,
) -> Verdict {
    let same = |one, other| same(one, other, asked.whole);
    if asked.is_none() {
        return if granted.is_some() {
            Verdict::NotAsked
        } else {
            Verdict::NotReported
        };
    }
    if !supported {
        return Verdict::NotSupportedByBrowser;
    }
    let Some(granted) = granted else {
        return Verdict::NotReported;
    };
    let wish = asked.exact.or(asked.ideal);
    let holds = wish.is_none_or(|wish| same(wish, granted))
        && asked
            .min
            .is_none_or(|min| granted >= min || same(min, granted))
        && asked
            .max
            .is_none_or(|max| granted <= max || same(max, granted));
    if holds {
        return Verdict::AsAsked;
    }
    let target = wish
        .or(asked.min.filter(|min| granted < *min))
        .or(asked.max);
    match (possible, target) {
        (Some(span), Some(target))
            if !span.contains(target) && !same(span.clamp(target), target) =>
        {
            Verdict::OutOfRange {
                min: span.min,
                max: span.max,
            }
        }
        (_, target) => Verdict::BrowserChose {
            asked: target.map(short).unwrap_or_default(),
            granted: short(granted),
        },
    }
}

/// The verdict on one of several words.
pub(super) fn judge_choice(asked: &Asked, granted: Option<&str>, supported: bool) -> Verdict {
    match (&asked.value, granted) {
        (None, None) => Verdict::NotReported,
        (None, Some(_)) => Verdict::NotAsked,
        (Some(_), _) if !supported => Verdict::NotSupportedByBrowser,
        (Some(_), None) => Verdict::NotReported,
        (Some(asked), Some(granted)) if asked == granted => Verdict::AsAsked,
        (Some(asked), Some(granted)) => Verdict::BrowserChose {
            asked: asked.clone(),
            granted: granted.to_owned(),
        },
    }
}

/// Whether fewer frames arrive than granted.
pub(super) fn judge_rate(evidence: &Evidence) -> Option<Verdict> {
    let granted = evidence.granted.frame_rate?;
    let delivered = evidence.delivered.frames_per_second?;
    (delivered < granted * SLOW).then_some(Verdict::SlowerThanGranted { granted, delivered })
}

/// Whether width and height came exchanged, in the settings or in the picture.
pub(super) fn is_rotated(request: &VideoRequest, evidence: &Evidence) -> bool {
    let Evidence {
        granted, delivered, ..
    } = evidence;
    let exchanged = |one: (Option<u32>, Option<u32>), other: (Option<u32>, Option<u32>)| {
        matches!(
            (one, other),
            ((Some(width), Some(height)), (Some(other_width), Some(other_height)))
                if width == other_height && height == other_width && width != height
        )
    };
    let settings = (granted.width, granted.height);
    exchanged((request.width.wish(), request.height.wish()), settings)
        || exchanged(settings, (delivered.width, delivered.height))
}

/// Width divided by height as measured.
pub(super) fn delivered_ratio(delivered: &Delivered) -> Option<f64> {
    match (delivered.width, delivered.height) {
        (Some(width), Some(height)) if height > 0 => Some(width.as_f64() / height.as_f64()),
        _ => None,
    }
}
