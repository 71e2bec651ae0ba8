//! The ways out of a refusal, as buttons.

use super::view::View;
use crate::components::Button;
use callreel_engine::{
    devices::DeviceKind,
    failures::{MediaFailure, WayOut},
    settings::Source,
};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};
use yew::prelude::*;

use crate::refusals::Refusal;

/// Says why something was refused.
pub fn explain(view: &View, failure: &MediaFailure, source: Source) -> Refusal {
    let mut refusal = crate::refusals::explain(view.words, failure, source);
    let unmet = view
        .state
        .unmet
        .as_ref()
        .filter(|unmet| unmet.source == source);
    if let (MediaFailure::Overconstrained { .. }, Some(unmet)) = (failure, unmet) {
        refusal.body = unmet.text(view).unwrap_or(refusal.body);
    }
    refusal
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
