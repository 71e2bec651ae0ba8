//! The page.

use std::rc::Rc;

use super::{
    controller::Lab,
    descriptions::descriptions,
    events::events,
    server_form::{Fields, servers},
    side::side,
    state::State,
    steps::steps,
    view::View,
};
use crate::{
    app::{Page, Redraw, looks, present, shell, words},
    components::{el, list, sync_fields},
    routes::Route,
};
use callreel_browser::media::Stream;
use callreel_engine::lab::Side;
use web_sys::{Element, HtmlVideoElement, wasm_bindgen::JsCast};
use yew::prelude::*;

/// The lab.
pub struct LabPage {
    lab: Lab,
    fields: Fields,
}

impl LabPage {
    /// The page, with nothing begun.
    pub fn start(redraw: Redraw) -> Rc<dyn Page> {
        Rc::new(Self {
            lab: Lab::start(redraw),
            fields: Fields::default(),
        })
    }
}

impl Page for LabPage {
    fn draw(&self) -> Html {
        let state = self.lab.state().clone();
        let words = words(&state.settings);
        let view = View {
            words,
            state: &state,
            lab: &self.lab,
        };
        let intro = el("div.intro")
            .with(el("h1").say(words.t("lab.title")))
            .with(el("p.quiet").say(words.t("lab.body")));
        let main = el("main.lab[id=main]")
            .with(intro)
            .with(
                el("div.bench")
                    .with(steps(&view))
                    .with(side(&view, Side::A))
                    .with(side(&view, Side::B)),
            )
            .with(descriptions(&view))
            .with(events(&view))
            .with(servers(&view, &self.fields));
        let choose = {
            let lab = self.lab.clone();
            Callback::from(move |change| lab.choose(&change))
        };
        let tools = list(looks(words, state.settings.theme, &choose).into());
        shell(words, Route::Lab, false, tools, vec![main.into()])
    }

    fn drawn(&self) {
        let state = self.lab.state().clone();
        let words = words(&state.settings);
        settle(&state);
        present(words, words.t(Route::Lab.name()), state.settings.theme);
    }
}

/// Brings into line what Yew does not draw: lists, pictures, what is scrolled.
fn settle(state: &State) {
    let document = gloo::utils::document();
    let Some(main) = document.get_element_by_id("main") else {
        return;
    };
    sync_fields(&main);
    for side in Side::ALL {
        let selector = ["video[data-side=", side.name(), "]"].concat();
        if let Ok(Some(video)) = main.query_selector(&selector) {
            let received = state.ends[side as usize].received.as_ref();
            show(video.unchecked_ref(), received);
        }
    }
    if let Some(events) = document.get_element_by_id("events") {
        follow(&events, state.events.len());
    }
}

fn show(video: &HtmlVideoElement, stream: Option<&Stream>) {
    let raw = stream.map(Stream::as_raw);
    if video.src_object().as_ref() != raw {
        // What both sides send is heard from neither: it would come back into the microphone.
        video.set_muted(true);
        video.set_src_object(raw);
    }
}

/// Shows what is new; the person may be reading what is old, as long as nothing comes.
fn follow(events: &Element, count: usize) {
    let count = count.to_string();
    if events.get_attribute("data-count").as_deref() != Some(&count) {
        let set = events.set_attribute("data-count", &count);
        debug_assert!(set.is_ok(), "the name is valid");
        events.set_scroll_top(events.scroll_height());
    }
}
