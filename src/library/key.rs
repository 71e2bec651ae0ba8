//! The owner key: shown, so that another browser can see the same library, and taken from there.

use super::view::View;
use crate::components::{Button, El, Glyph, dialog, el};
use callreel_browser::owner;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The key of this browser, and a field for another one.
pub fn key_dialog(view: &View, node: &NodeRef, field: &NodeRef) -> El {
    let words = view.words;
    let own = owner::key();
    let export = own.map(|key| {
        let copied = key.clone();
        let copy = view.act(move |library| library.copy(copied.clone(), "key.copied"));
        let copy = Button::new(words.t("key.copy"), copy).glyph(Glyph::Copy);
        let shown = el("input.input[type=password][readonly][autocomplete=off]")
            .set("aria-label", words.t("key.own"))
            .put("value", key.into());
        el("div.row").with(shown).with(copy.view())
    });
    let take = {
        let (library, field) = (view.library.clone(), field.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = field.cast::<HtmlInputElement>() {
                library.use_key(&input.value());
                input.set_value("");
            }
        })
    };
    let input = el("input.input[type=password][required][maxlength=512][autocomplete=off]")
        .node(field)
        .set("aria-label", words.t("key.other"));
    let import = el("form.row")
        .onsubmit(take)
        .with(input)
        .with(el("button.btn").say(words.t("key.take")));
    let body = el("div.dialog-body")
        .with(el("p").say(words.t("key.body")))
        .maybe(export)
        .with(el("h3").say(words.t("key.other")))
        .with(el("p.quiet small").say(words.t("key.other.body")))
        .with(import);
    let closed = view.library.clone();
    let closed = Callback::from(move |()| closed.show(None));
    dialog(
        words,
        node,
        "dialog",
        words.t("key.title"),
        false,
        closed,
        body,
    )
}
