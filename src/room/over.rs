//! After the call: why it is over, and what can be done.

use super::{chat::card, state::Out, view::View};
use crate::{
    components::{Button, El, Glyph, el, icon},
    routes::Route,
};

/// The page of somebody who is out.
pub fn over(view: &View, out: &Out) -> El {
    let words = view.words;
    let (title, body) = match out {
        Out::Left => ("over.left", words.t("over.left.body").to_owned()),
        Out::Full(max) => (
            "over.full",
            words.with("over.full.body", &[("n", &max.to_string())]),
        ),
        Out::Refused { code, message } => {
            let known = words.find(&["over.refused.", code].concat());
            ("over.refused", known.unwrap_or(message).to_owned())
        }
    };
    let again = match out {
        Out::Left => "over.rejoin",
        Out::Full(_) | Out::Refused { .. } => "over.again",
    };
    let again =
        Button::new(words.t(again), view.act(|room| room.again())).class("btn primary large");
    let studio = view.room.embedder().is_none().then(|| {
        el("a.btn")
            .put("href", Route::Room.to(Route::Studio).into())
            .say(words.t("over.studio"))
    });
    view.main("lost")
        .with(el("span.badge").with(icon(match out {
            Out::Left => Glyph::Leave,
            _ => Glyph::Warning,
        })))
        .with(el("h1").say(words.t(title)))
        .with(el("p.quiet").text(body))
        .with(again.view())
        .maybe(studio)
        .maybe(received(view))
}

/// What came and can still be saved.
pub fn received(view: &View) -> Option<El> {
    let files = &view.state.received;
    let mut list = el("section.received")
        .set("aria-label", view.words.t("file.received"))
        .with(el("h2").say(view.words.t("file.received")))
        .with(el("p.small quiet").say(view.words.t("file.received.body")));
    for file in files {
        list = list.with(card(view, file));
    }
    (!files.is_empty()).then_some(list)
}
