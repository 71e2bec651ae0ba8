//! Refusals in sentences, and their ways out as buttons.

use super::controller::Studio;
use crate::{components::Button, i18n::Words};
use callreel_engine::{
    constraints::Property,
    devices::DeviceKind,
    failures::{MediaFailure, WayOut},
    settings::Source,
};
use web_sys::HtmlElement;
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
    let noun = words.t(&["noun.source.", source.id()].concat());
    let constraint = match failure {
        MediaFailure::Overconstrained { constraint } => property_name(words, constraint),
        _ => String::new(),
    };
    let (name, message) = match failure {
        MediaFailure::Other { name, message } => (name.as_str(), message.as_str()),
        _ => ("", ""),
    };
    let values = [
        ("device", noun.as_str()),
        ("constraint", &constraint),
        ("name", name),
        ("message", message),
    ];
    // A screen is asked for in its own way, so some refusals read differently there.
    let of_screen = source == Source::Screen;
    let say = |part: &str| {
        let key = ["fail.", failure.code(), part].concat();
        let screen = [&key, ".screen"].concat();
        match words.find(&screen).filter(|_| of_screen) {
            Some(_) => words.with(&screen, &values),
            None => words.with(&key, &values),
        }
    };
    let steps = failure.ways_out().iter().filter_map(|way| step(*way));
    Refusal {
        title: say(".title"),
        body: say(".body"),
        steps: steps.map(|key| words.with(key, &values)).collect(),
    }
}

/// The name of a constraint, for people.
pub fn property_name(words: Words, name: &str) -> String {
    match Property::from_name(name) {
        Some(property) => words.t(&["property.", property.name()].concat()),
        None if name.is_empty() => words.t("property.unnamed"),
        None => name.to_owned(),
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

/// What can be done from the page.
pub fn buttons(words: Words, studio: &Studio, failure: &MediaFailure, source: Source) -> Vec<Html> {
    let mut first = true;
    failure
        .ways_out()
        .iter()
        .filter_map(|way| {
            let key = match way {
                WayOut::TryAgain => "way.try_again",
                WayOut::ChooseOtherDevice => "way.choose_other",
                WayOut::UseNearest => "way.use_nearest",
                _ => return None,
            };
            let (studio, way) = (studio.clone(), *way);
            let act = move || match way {
                WayOut::ChooseOtherDevice => focus_device(source),
                way => studio.way_out(way),
            };
            let class = if std::mem::take(&mut first) {
                "primary"
            } else {
                "on-dark"
            };
            Some(Button::new(words.t(key), act).class(class).view())
        })
        .collect()
}

/// Leads to the list in which another device can be chosen.
fn focus_device(source: Source) {
    let kind = match source {
        Source::Microphone => DeviceKind::Microphone,
        _ => DeviceKind::Camera,
    };
    let list = gloo::utils::document().get_element_by_id(kind.name());
    let list: Option<HtmlElement> = list.and_then(|list| {
        use web_sys::wasm_bindgen::JsCast;
        list.dyn_into().ok()
    });
    if let Some(list) = list {
        let focused = list.focus();
        debug_assert!(focused.is_ok(), "focusing never throws");
    }
}
