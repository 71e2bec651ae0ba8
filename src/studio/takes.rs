//! The takes on this device.

use super::{
    messages::{self, Place},
    state::{Keeping, Takes},
    take_item::{player, take_item},
    view::View,
};
use crate::components::{El, Glyph, el, icon, list, text};
use yew::prelude::*;

/// The list, its head, and what is to be known about keeping takes.
pub fn takes(view: &View) -> El {
    let words = view.words;
    let count = match &view.state.takes {
        Takes::Ready(takes) => takes.len(),
        Takes::Loading | Takes::Unavailable(_) => 0,
    };
    let kept = match (view.state.durable, view.state.keeping) {
        (false, _) => "takes.not_kept",
        (true, Keeping::Promised) => "takes.kept",
        (true, Keeping::Maybe) => "takes.kept_maybe",
        (true, Keeping::Small) => "takes.kept_small",
    };
    let keeping = el("p.quiet small keeping").say(words.t(kept));
    let head = el("div.section-head")
        .with(el("h2").say(words.t("takes.title")))
        .maybe((count > 0).then(|| {
            let count = words.with("takes.count", &[("count", &count.to_string())]);
            el("span.quiet small").text(count)
        }));
    el("section.takes[id=takes][tabindex=-1]")
        .node(&view.page.nodes.takes)
        .set("aria-label", words.t("takes.title"))
        .with(head)
        .with(el("div.said[role=status]").child(messages::notices(view, Place::Takes)))
        .child(shown(view))
        .maybe((count > 0 || !view.state.durable).then_some(keeping))
}

fn shown(view: &View) -> Html {
    let words = view.words;
    match &view.state.takes {
        Takes::Loading => empty(words.t("takes.loading"), String::new()).into(),
        Takes::Unavailable(error) => {
            let why = words.with("takes.unavailable.body", &[("name", &error.name)]);
            // A take that was just made can be seen although the list can't.
            let playing = view
                .state
                .playing
                .as_ref()
                .map(|_| player(view, "", false, false));
            let card = empty(words.t("takes.unavailable"), why);
            list(playing.into_iter().chain([card]).map(Html::from).collect())
        }
        Takes::Ready(takes) if takes.is_empty() => empty(
            words.t("takes.empty"),
            words.t("takes.empty.body").to_owned(),
        )
        .into(),
        Takes::Ready(takes) => {
            let mut list = el("ul.take-list");
            for take in takes {
                list = list.with(take_item(view, take));
            }
            list.into()
        }
    }
}

fn empty(title: &'static str, body: String) -> El {
    el("div.empty")
        .with(el("span.badge").with(icon(Glyph::Film)))
        .with(el("strong").say(title))
        .with(el("p.quiet small").child(text(body.into())))
}
