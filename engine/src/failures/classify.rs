//! From exceptions to refusals.
//!
//! Names are specified, messages are not: these are the messages that Chromium and Firefox have
//! in their sources. An unknown message falls back to what its name says.

use super::{Asked, Context, MediaFailure, PermissionState, Refusal};
use crate::text::has;

/// What a refusal means. Total: the unknown becomes [`MediaFailure::Other`].
#[must_use]
pub fn classify(refusal: &Refusal, context: &Context) -> MediaFailure {
    // Without a secure context the interface is missing too, and the origin is the reason.
    if !context.secure {
        return MediaFailure::InsecureOrigin;
    }
    if !context.has_interface {
        return MediaFailure::Unsupported;
    }
    let message = refusal.message.to_ascii_lowercase();
    let says = |part: &str| has(&message, part);
    match refusal.name.as_str() {
        "NotAllowedError" | "PermissionDeniedError" => denied(&message, context),
        // Firefox on macOS answers so when the system keeps the screen from it; elsewhere there
        // is always a screen.
        "NotFoundError" | "DevicesNotFoundError" if context.asked == Asked::Screen => {
            MediaFailure::PermissionDeniedBySystem
        }
        "NotFoundError" | "DevicesNotFoundError" => MediaFailure::NoDevice,
        "NotReadableError" | "TrackStartError" | "SourceUnavailableError" => {
            if says("timeout") {
                MediaFailure::Timeout
            } else {
                MediaFailure::DeviceBusy
            }
        }
        "OverconstrainedError" | "ConstraintNotSatisfiedError" => MediaFailure::Overconstrained {
            constraint: refusal.constraint.clone().unwrap_or_default(),
        },
        // The page itself is secure here, so an origin that is not belongs to a sandboxed frame.
        "SecurityError" => {
            if context.policy_allows == Some(false) || says("policy") || says("origin") {
                MediaFailure::DeniedByPagePolicy
            } else {
                MediaFailure::PermissionDeniedByPerson
            }
        }
        "NotSupportedError" => {
            if says("secure origin") {
                MediaFailure::InsecureOrigin
            } else {
                MediaFailure::Unsupported
            }
        }
        "InvalidStateError" if says("activation") || says("gesture") => MediaFailure::NeedsClick,
        "TimeoutError" => MediaFailure::Timeout,
        "AbortError" => aborted(&message),
        // `mediaDevices.getDisplayMedia is not a function` and the like.
        "TypeError" if says("is not a function") || says("undefined") => MediaFailure::Unsupported,
        _ => MediaFailure::Other {
            name: refusal.name.clone(),
            message: refusal.message.clone(),
        },
    }
}

/// Who denied it.
fn denied(message: &str, context: &Context) -> MediaFailure {
    let says = |part: &str| has(message, part);
    if context.policy_allows == Some(false) || says("permissions policy") || says("feature policy")
    {
        return MediaFailure::DeniedByPagePolicy;
    }
    if says("by system") {
        return MediaFailure::PermissionDeniedBySystem;
    }
    if says("activation") || says("gesture") {
        return MediaFailure::NeedsClick;
    }
    if says("dismissed") {
        return MediaFailure::Dismissed;
    }
    match (context.asked, context.permission) {
        // A screen is asked for anew each time: closing the picker is all that "denied" means.
        (Asked::Screen, Some(PermissionState::Denied)) => MediaFailure::PermissionDeniedByPerson,
        (Asked::Screen, _) => MediaFailure::Dismissed,
        // The browser would allow it, so the refusal comes from below it.
        (_, Some(PermissionState::Granted)) => MediaFailure::PermissionDeniedBySystem,
        _ => MediaFailure::PermissionDeniedByPerson,
    }
}

/// Why the browser gave up.
fn aborted(message: &str) -> MediaFailure {
    let says = |part: &str| has(message, part);
    if says("timeout") {
        MediaFailure::Timeout
    } else if says("failed") && (says("starting") || says("allocate")) {
        // Firefox: "Starting videoinput failed".
        MediaFailure::DeviceBusy
    } else {
        MediaFailure::Aborted
    }
}
