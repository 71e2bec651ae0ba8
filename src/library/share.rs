//! The link to a recording: whoever has it can watch, until all links are made worthless.

use super::{
    list::title_of,
    state::{Over, State},
    view::View,
};
use crate::components::{Button, El, Glyph, dialog, el};
use callreel_browser::recordings::Recording;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The recording whose link is shown.
pub fn shared(state: &State) -> Option<&Recording> {
    match &state.over {
        Some(Over::Share(id)) => state.recording(id),
        _ => None,
    }
}

/// The link, to be copied or made worthless.
pub fn share(view: &View, node: &NodeRef) -> El {
    let words = view.words;
    let body = match shared(view.state) {
        Some(recording) => offer(view, recording),
        None => el("div"),
    };
    let closed = view.library.clone();
    let closed = Callback::from(move |()| closed.show(None));
    dialog(
        words,
        node,
        "dialog",
        words.t("share.title"),
        false,
        closed,
        body,
    )
}

fn offer(view: &View, recording: &Recording) -> El {
    let words = view.words;
    let link = view.library.link_to(recording, 0);
    let copy = {
        let link = link.clone();
        view.act(move |library| library.copy(link.clone(), "share.copied"))
    };
    let revoke = view.act_on(&recording.id, |library, id| library.revoke(id));
    // A click on the field takes all of it.
    let select = Callback::from(|event: MouseEvent| {
        event.target_unchecked_into::<HtmlInputElement>().select();
    });
    let field = el("input.input[type=text][readonly]")
        .set("aria-label", words.t("share.link"))
        .put("value", link.into())
        .onclick(select);
    let copy = Button::new(words.t("share.copy"), copy).glyph(Glyph::Copy);
    let about = words.with("share.body", &[("title", &title_of(view, recording))]);
    el("div.dialog-body")
        .with(el("p").text(about))
        .with(
            el("div.row")
                .with(field)
                .with(copy.class("btn primary").view()),
        )
        .with(el("p.quiet small").say(words.t("share.revoke.body")))
        .with(el("div.row").with(Button::new(words.t("share.revoke"), revoke).view()))
}
