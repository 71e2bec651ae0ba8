//! The stage without a picture: nothing open yet, being opened, or refused.

use super::{refusals, view::View};
use crate::components::{Button, El, Glyph, el, icon};
use callreel_engine::{failures::MediaFailure, settings::Source};
use yew::prelude::*;

/// Nothing is open: says what a click will do.
pub fn off(view: &View) -> El {
    let (words, source) = (view.words, view.settings().source);
    let open = Button::new(
        words.of("off.open.", source.id()),
        view.act(|studio| studio.open()),
    )
    .glyph(source_glyph(source))
    .class("btn primary large");
    let mut others = el("div.others[role=group]").set("aria-label", words.t("off.others"));
    for other in Source::ALL {
        let offered = !other.uses_screen() || view.studio().can_share_screen();
        if other == source || !offered {
            continue;
        }
        let page = view.page.clone();
        let switch = move |_| page.studio.change(&|settings| settings.source = other);
        let switch = Button::new(words.of("source.", other.id()), Callback::from(switch))
            .glyph(source_glyph(other))
            .class("btn on-dark");
        others = others.with(switch.view());
    }
    card()
        .with(el("h2").say(words.t("off.title")))
        .with(el("p").say(words.of("off.body.", source.id())))
        .with(open.view())
        .with(others)
}

/// The browser is asking.
pub fn opening(view: &View) -> El {
    let (words, source) = (view.words, view.settings().source);
    card()
        .set("role", "status")
        .with(el("span.badge breathing").with(icon(source_glyph(source))))
        .with(el("h2").say(words.t("opening.title")))
        .with(el("p").say(words.of("opening.body.", source.id())))
}

/// It was refused: why, and what helps.
pub fn failed(view: &View, failure: &MediaFailure, source: Source) -> El {
    let refusal = refusals::explain(view, failure, source);
    let mut steps = el("ul");
    let has_steps = !refusal.steps.is_empty();
    for step in refusal.steps {
        steps = steps.with(el("li").text(step));
    }
    let mut ways = el("div.ways");
    for (place, way) in refusals::buttons(view, failure, source)
        .into_iter()
        .enumerate()
    {
        let class = if place == 0 {
            "btn primary"
        } else {
            "btn on-dark"
        };
        ways = ways.with(way.class(class).view());
    }
    card()
        .set("role", "alert")
        .with(el("span.badge warn").with(icon(Glyph::Warning)))
        .with(el("h2").text(refusal.title))
        .with(el("p").text(refusal.body))
        .maybe(has_steps.then_some(steps))
        .with(ways)
}

/// A card between the corners of a viewfinder.
fn card() -> El {
    let mut corners = el("span.viewfinder[aria-hidden=true]");
    for _ in 0..4 {
        corners = corners.with(el("i"));
    }
    el("div.card-on-stage").with(corners)
}

const fn source_glyph(source: Source) -> Glyph {
    match source {
        Source::Camera => Glyph::Camera,
        Source::Screen => Glyph::Screen,
        Source::ScreenWithCamera => Glyph::ScreenWithCamera,
        Source::Microphone => Glyph::Microphone,
    }
}
