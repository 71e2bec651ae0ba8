//! The offer and the answer: what they say of each medium, and their text.

use super::view::View;
use crate::components::{Button, El, Glyph, el};
use callreel_browser::peer::Description;
use callreel_engine::sdp::{Media, media};

/// Both, beside each other.
pub fn descriptions(view: &View) -> El {
    let state = view.state;
    el("div.pair")
        .with(description(view, "lab.offer", state.offer.as_ref()))
        .with(description(view, "lab.answer", state.answer.as_ref()))
}

fn description(view: &View, key: &'static str, made: Option<&Description>) -> El {
    let words = view.words;
    let title = words.t(key);
    let panel = el("section.panel").set("aria-label", title);
    let head = el("div.panel-head").with(el("h2").say(title));
    let Some(made) = made else {
        return panel
            .with(head)
            .with(el("p.small quiet").say(words.t("lab.no_description")));
    };
    let copied = made.clone();
    let (label, glyph) = match view.state.copied == Some(made.is_offer) {
        true => (words.t("lab.copied"), Glyph::Check),
        false => (words.t("lab.copy"), Glyph::Copy),
    };
    let copy = Button::new(label, view.act(move |lab| lab.copy(copied.clone()))).glyph(glyph);
    let mut sections = el("ul.media");
    for one in media(&made.sdp) {
        sections = sections.with(medium(view, &one));
    }
    panel
        .with(head.with(copy.view()))
        .with(sections)
        .with(text(title, &made.sdp))
}

fn medium(view: &View, medium: &Media) -> El {
    let mut names: Vec<&str> = Vec::new();
    for codec in medium.codecs.iter().filter(|codec| !codec.is_helper()) {
        if !names.contains(&&*codec.name) {
            names.push(&codec.name);
        }
    }
    let title = ["m=", &medium.kind, " · mid ", &medium.mid].concat();
    let state = if medium.rejected {
        view.words.t("lab.rejected").to_owned()
    } else {
        medium.direction.clone()
    };
    let line = el("li")
        .with(el("code").text(title))
        .with(el("span.chip mono").text(state));
    match names.is_empty() {
        true => line,
        false => line.with(el("span.small codec-names").text(names.join(" · "))),
    }
}

/// The text, each medium's beginning marked.
fn text(title: &'static str, sdp: &str) -> El {
    let mut pre = el("pre.sdp[tabindex=0][role=group]").set("aria-label", title);
    for line in sdp.split('\n').map(|line| line.trim_end_matches('\r')) {
        let class = match line.get(..2) {
            Some("m=") => "m",
            _ if line.starts_with("a=candidate") => "c",
            _ => "l",
        };
        pre = pre.with(el("span").class(class).text([line, "\n"].concat()));
    }
    pre
}
