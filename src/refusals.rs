//! Devices and their refusals in words.

use callreel_browser::page;
use callreel_engine::{
    constraints::Property,
    devices::{Device, DeviceKind},
    failures::{MediaFailure, WayOut},
    settings::Source,
};

use crate::i18n::{Words, fill};

/// A refusal in words.
pub struct Refusal {
    /// What happened.
    pub title: String,
    /// Why, and what that means.
    pub body: String,
    /// What the person can do outside the page.
    pub steps: Vec<String>,
    /// The line that is missing in the page, or in the page around its frame.
    pub line: Option<String>,
}

/// What the page around the frame has to say.
const FRAME: &str = "<iframe allow=\"camera; microphone; display-capture\" src=\"%\"></iframe>";
/// What the page itself has to be sent with.
const HEADER: &str = "Permissions-Policy: camera=(self), microphone=(self), display-capture=(self)";

/// What is missing where the page may not use devices at all.
fn line(failure: &MediaFailure) -> Option<String> {
    let is_policy = *failure == MediaFailure::DeniedByPagePolicy;
    is_policy.then(|| match page::is_framed() {
        true => FRAME.replace('%', &page::address()),
        false => HEADER.to_owned(),
    })
}

/// Says why something was refused.
pub fn explain(words: Words, failure: &MediaFailure, source: Source) -> Refusal {
    let constraint = match failure {
        MediaFailure::Overconstrained { constraint } => property_name(words, constraint),
        _ => "",
    };
    let (name, message) = match failure {
        MediaFailure::Other { name, message } => (name.as_str(), message.as_str()),
        _ => ("", ""),
    };
    let values = [
        ("device", words.of("noun.source.", source.id())),
        ("constraint", constraint),
        ("name", name),
        ("message", message),
    ];
    // A screen is asked for in its own way, so some refusals read differently there.
    let of_screen = source == Source::Screen;
    let say = |part: &str| {
        let key = ["fail.", failure.code(), part].concat();
        let screen = words
            .find(&[&key, ".screen"].concat())
            .filter(|_| of_screen);
        fill(screen.unwrap_or_else(|| words.of(&key, "")), &values)
    };
    let steps = failure.ways_out().iter().filter_map(|way| step(*way));
    Refusal {
        title: say(".title"),
        body: say(".body"),
        steps: steps.map(|key| words.with(key, &values)).collect(),
        line: line(failure),
    }
}

/// The name of a constraint, for people.
fn property_name(words: Words, name: &str) -> &str {
    match Property::from_name(name) {
        Some(property) => words.of("property.", property.name()),
        None if name.is_empty() => words.t("property.unnamed"),
        None => name,
    }
}

/// The sentence for what is done outside the page.
const fn step(way: WayOut) -> Option<&'static str> {
    match way {
        WayOut::TryAgain | WayOut::ChooseOtherDevice | WayOut::UseNearest => None,
        WayOut::OpenBrowserSettings => Some("step.browser_settings"),
        WayOut::OpenSystemSettings => Some("step.system_settings"),
        WayOut::ConnectDevice => Some("step.connect"),
        WayOut::CloseOtherApps => Some("step.close_others"),
        WayOut::OpenOverHttps => Some("step.https"),
        WayOut::UseOtherBrowser => Some("step.other_browser"),
        WayOut::AddAllowAttribute => Some("step.allow_attribute"),
    }
}

/// A device's own name, or its place in the list while the browser hides names.
pub fn device_name(words: Words, device: &Device) -> String {
    if device.label.is_empty() {
        let key = match device.kind {
            DeviceKind::Camera => "device.camera.nth",
            DeviceKind::Microphone => "device.microphone.nth",
            DeviceKind::Speaker => "device.speaker.nth",
        };
        return words.with(key, &[("n", &device.ordinal.to_string())]);
    }
    // Chromium ends the names of USB devices with their vendor and product, "(046d:0825)".
    match device.label.rsplit_once('(') {
        Some((name, tail)) if tail.len() == 10 && tail.as_bytes()[4] == b':' => {
            name.trim_end_matches(' ').to_owned()
        }
        _ => device.label.clone(),
    }
}
