//! Dialogs: the browser's own, which keeps the focus inside and gives it back.

use super::{Button, Glyph};
use crate::i18n::use_words;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Properties of [`Dialog`].
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Its name and heading.
    pub label: AttrValue,
    /// Whether it is shown.
    pub open: bool,
    /// Called when the person closes it.
    pub onclose: Callback<()>,
    /// What it holds.
    pub children: Html,
    /// More classes.
    #[prop_or_default]
    pub class: &'static str,
    /// Stands beside the page instead of over it, so that both can be used.
    #[prop_or_default]
    pub beside: bool,
}

/// A dialog with a heading and a button that closes it.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let words = use_words();
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with((props.open, props.beside), move |&(open, beside)| {
            if let Some(dialog) = element.cast::<HtmlDialogElement>() {
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
        });
    }
    let onclose = {
        let (onclose, open) = (props.onclose.clone(), props.open);
        move |_: Event| {
            if open {
                onclose.emit(());
            }
        }
    };
    let close = {
        let onclose = props.onclose.clone();
        move || onclose.emit(())
    };
    html! {
        <dialog
            ref={element}
            class={classes!("dialog", props.class)}
            aria-label={props.label.clone()}
            closedby={if props.beside { "none" } else { "any" }}
            {onclose}
        >
            <div class="dialog-head">
                <h2>{ &props.label }</h2>
                { Button::new(words.t("common.close"), close).icon(Glyph::Close).class("quiet").view() }
            </div>
            <div class="dialog-body">{ props.children.clone() }</div>
        </dialog>
    }
}
