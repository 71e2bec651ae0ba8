//! Refusals in sentences, and their ways out as buttons.

use super::view::View;
use crate::{
    components::Button,
    i18n::{Words, fill},
};
use callreel_engine::{
    constraints::Property,
    devices::DeviceKind,
    failures::{MediaFailure, WayOut},
    settings::Source,
};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};
use yew::prelude::*;

/// A refusal in words.
pub struct Refusal {
    /// What happened.
    pub title: String,
    /// Why, and what that means.
    pub body: String,
    /// What the person can do outside the page.
    pub steps: Vec<String>,
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

/// What can be done from the page, the most promising first.
pub fn buttons(view: &View, failure: &MediaFailure, source: Source) -> Vec<Button> {
    let button = |way: &'static WayOut| {
        let key = match way {
            WayOut::TryAgain => "way.try_again",
            WayOut::ChooseOtherDevice => "way.choose_other",
            WayOut::UseNearest => "way.use_nearest",
            WayOut::OpenOverHttps => "way.https",
            _ => return None,
        };
        let page = view.page.clone();
        let act = Callback::from(move |_| match way {
            WayOut::ChooseOtherDevice => focus_device(source),
            WayOut::OpenOverHttps => open_over_https(),
            way => page.studio.way_out(*way),
        });
        Some(Button::new(view.words.t(key), act))
    };
    failure.ways_out().iter().filter_map(button).collect()
}

/// Opens the same page with `https:` in front; a server without it shows the browser's own page
/// about that, from which one can come back.
fn open_over_https() {
    let changed = gloo::utils::window().location().set_protocol("https:");
    debug_assert!(changed.is_ok(), "https is a protocol");
}

/// Leads to the list in which another device can be chosen.
fn focus_device(source: Source) {
    let kind = match source {
        Source::Microphone => DeviceKind::Microphone,
        _ => DeviceKind::Camera,
    };
    let list = gloo::utils::document().get_element_by_id(kind.name());
    if let Some(list) = list.and_then(|list| list.dyn_into::<HtmlElement>().ok()) {
        let focused = list.focus();
        debug_assert!(focused.is_ok(), "focusing never throws");
    }
}
