//! Dialogs: the browser's own, which keeps the focus inside and gives it back.

use super::{Button, El, Glyph, el};
use crate::i18n::Words;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// A dialog with a heading and a button that closes it; so does a click outside it, unless it
/// stands beside the page. `onclose` is called whenever it closes.
pub fn dialog(
    words: Words,
    node: &NodeRef,
    class: &'static str,
    label: &'static str,
    beside: bool,
    onclose: Callback<()>,
    body: El,
) -> El {
    let close = Button::new(words.t("common.close"), onclose.reform(|_| ()))
        .icon(Glyph::Close)
        .class("btn quiet");
    let head = el("div.dialog-head")
        .with(el("h2").say(label))
        .with(close.view());
    el("dialog")
        .node(node)
        .class(class)
        .set("aria-label", label)
        .set("closedby", if beside { "none" } else { "any" })
        .onclose(onclose.reform(|_| ()))
        .with(head)
        .with(body)
}

/// Opens or closes a dialog: beside the page, so that both can be used, or over it.
pub fn show_dialog(node: &NodeRef, open: bool, beside: bool) {
    let Some(dialog) = node.cast::<HtmlDialogElement>() else {
        return;
    };
    match (open, dialog.open()) {
        (true, false) if beside => dialog.show(),
        (true, false) => {
            let shown = dialog.show_modal();
            debug_assert!(shown.is_ok(), "a closed dialog of the page can be shown");
        }
        (false, true) => dialog.close(),
        _ => {}
    }
}
