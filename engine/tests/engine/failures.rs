//! What browsers throw, as seen in Chromium 156, Firefox 153 and in reports of their users.

use callreel_engine::failures::{
    Asked, Context, MediaFailure, PermissionState, Refusal, WayOut, classify,
};

const PAGE: Context = Context {
    asked: Asked::Camera,
    secure: true,
    has_interface: true,
    policy_allows: Some(true),
    permission: None,
};
const SCREEN: Context = Context {
    asked: Asked::Screen,
    ..PAGE
};

fn refusal(name: &str, message: &str) -> Refusal {
    Refusal {
        name: name.to_owned(),
        message: message.to_owned(),
        constraint: None,
    }
}

fn check(context: Context, name: &str, message: &str, expected: MediaFailure) {
    assert_eq!(
        classify(&refusal(name, message), &context),
        expected,
        "{name}: {message}"
    );
}

#[test]
fn chromium() {
    use MediaFailure as F;
    for (name, message, expected) in [
        (
            "NotAllowedError",
            "Permission denied",
            F::PermissionDeniedByPerson,
        ),
        (
            "NotAllowedError",
            "Permission denied by user",
            F::PermissionDeniedByPerson,
        ),
        (
            "NotAllowedError",
            "Permission denied by system",
            F::PermissionDeniedBySystem,
        ),
        ("NotAllowedError", "Permission dismissed", F::Dismissed),
        ("NotFoundError", "Requested device not found", F::NoDevice),
        (
            "NotReadableError",
            "Could not start video source",
            F::DeviceBusy,
        ),
        (
            "NotReadableError",
            "Could not start audio source",
            F::DeviceBusy,
        ),
        ("NotReadableError", "Device in use", F::DeviceBusy),
        (
            "NotReadableError",
            "Timeout starting video source",
            F::Timeout,
        ),
        ("AbortError", "Timeout starting video source", F::Timeout),
        ("AbortError", "Invalid state", F::Aborted),
        ("AbortError", "Failed due to shutdown", F::Aborted),
        ("AbortError", "Error starting screen capture", F::Aborted),
        ("NotSupportedError", "Not supported", F::Unsupported),
        (
            "NotSupportedError",
            "Only secure origins are allowed (see: https://goo.gl/Y0ZkNV).",
            F::InsecureOrigin,
        ),
        (
            "SecurityError",
            "Invalid security origin",
            F::DeniedByPagePolicy,
        ),
    ] {
        check(PAGE, name, message, expected);
    }
}

#[test]
fn firefox() {
    use MediaFailure as F;
    const DENIED: &str =
        "The request is not allowed by the user agent or the platform in the current context.";
    for (name, message, expected) in [
        ("NotAllowedError", DENIED, F::PermissionDeniedByPerson),
        (
            "NotFoundError",
            "The object can not be found here.",
            F::NoDevice,
        ),
        (
            "NotReadableError",
            "Failed to allocate videosource",
            F::DeviceBusy,
        ),
        (
            "NotReadableError",
            "Concurrent mic process limit.",
            F::DeviceBusy,
        ),
        ("AbortError", "Starting videoinput failed", F::DeviceBusy),
        ("AbortError", "Starting audioinput failed", F::DeviceBusy),
        ("AbortError", "The operation was aborted.", F::Aborted),
        (
            "SecurityError",
            "The operation is insecure.",
            F::PermissionDeniedByPerson,
        ),
    ] {
        check(PAGE, name, message, expected);
    }
    let granted = Context {
        permission: Some(PermissionState::Granted),
        ..PAGE
    };
    check(
        granted,
        "NotAllowedError",
        DENIED,
        F::PermissionDeniedBySystem,
    );
    let prompt = Context {
        permission: Some(PermissionState::Prompt),
        ..PAGE
    };
    check(
        prompt,
        "NotAllowedError",
        DENIED,
        F::PermissionDeniedByPerson,
    );
}

#[test]
fn safari() {
    let message = "The request is not allowed by the user agent or the platform in the current context, possibly because the user denied permission.";
    check(
        PAGE,
        "NotAllowedError",
        message,
        MediaFailure::PermissionDeniedByPerson,
    );
}

#[test]
fn a_screen() {
    use MediaFailure as F;
    check(SCREEN, "NotAllowedError", "Permission denied", F::Dismissed);
    check(
        SCREEN,
        "NotAllowedError",
        "Permission denied by system",
        F::PermissionDeniedBySystem,
    );
    check(
        SCREEN,
        "NotFoundError",
        "The object can not be found here.",
        F::PermissionDeniedBySystem,
    );
    for message in [
        "getDisplayMedia requires transient activation from a user gesture.",
        "Failed to execute 'getDisplayMedia' on 'MediaDevices': getDisplayMedia() requires transient activation (user gesture).",
    ] {
        check(SCREEN, "InvalidStateError", message, F::NeedsClick);
    }
    check(
        SCREEN,
        "NotAllowedError",
        "Failed to execute 'getDisplayMedia' on 'MediaDevices': Access to the feature \"display-capture\" is disallowed by permissions policy.",
        F::DeniedByPagePolicy,
    );
}

#[test]
fn the_page_around_decides_first() {
    let insecure = Context {
        secure: false,
        has_interface: false,
        ..PAGE
    };
    check(
        insecure,
        "TypeError",
        "navigator.mediaDevices is undefined",
        MediaFailure::InsecureOrigin,
    );
    let old = Context {
        has_interface: false,
        ..PAGE
    };
    check(
        old,
        "TypeError",
        "navigator.mediaDevices is undefined",
        MediaFailure::Unsupported,
    );
    let framed = Context {
        policy_allows: Some(false),
        ..PAGE
    };
    check(
        framed,
        "NotAllowedError",
        "Permission denied",
        MediaFailure::DeniedByPagePolicy,
    );
    let unknown = Context {
        policy_allows: None,
        ..PAGE
    };
    check(
        unknown,
        "NotAllowedError",
        "Permission denied",
        MediaFailure::PermissionDeniedByPerson,
    );
}

#[test]
fn a_demand_names_itself() {
    let refusal = Refusal {
        constraint: Some("width".to_owned()),
        ..refusal("OverconstrainedError", "")
    };
    assert_eq!(
        classify(&refusal, &PAGE),
        MediaFailure::Overconstrained {
            constraint: "width".to_owned()
        }
    );
    check(
        PAGE,
        "OverconstrainedError",
        "Constraints could not be satisfied.",
        MediaFailure::Overconstrained {
            constraint: String::new(),
        },
    );
}

#[test]
fn the_unknown_keeps_its_words() {
    let other = |name: &str, message: &str| MediaFailure::Other {
        name: name.to_owned(),
        message: message.to_owned(),
    };
    check(
        PAGE,
        "TypeError",
        "audio and/or video is required",
        other("TypeError", "audio and/or video is required"),
    );
    check(PAGE, "", "", other("", ""));
    check(PAGE, "BrandNewError", "?", other("BrandNewError", "?"));
}

#[test]
fn every_refusal_has_its_code_and_a_way_out() {
    let other = MediaFailure::Other {
        name: String::new(),
        message: String::new(),
    };
    let all = [
        MediaFailure::PermissionDeniedByPerson,
        MediaFailure::PermissionDeniedBySystem,
        MediaFailure::DeniedByPagePolicy,
        MediaFailure::NoDevice,
        MediaFailure::DeviceBusy,
        MediaFailure::Overconstrained {
            constraint: String::new(),
        },
        MediaFailure::InsecureOrigin,
        MediaFailure::Unsupported,
        MediaFailure::Dismissed,
        MediaFailure::NeedsClick,
        MediaFailure::Aborted,
        MediaFailure::Timeout,
        other,
    ];
    for (place, failure) in all.iter().enumerate() {
        assert!(!failure.ways_out().is_empty(), "{failure:?}");
        assert!(
            all[place + 1..]
                .iter()
                .all(|twin| twin.code() != failure.code()),
            "{failure:?}"
        );
    }
    assert_eq!(
        MediaFailure::DeniedByPagePolicy.ways_out(),
        [WayOut::AddAllowAttribute]
    );
}
