//! Keys that act anywhere on the page, and the dialog that lists them.

use super::{
    messages::toasts,
    mounted::Mounted,
    view::{Foremost, Over, Phase, View},
};
use crate::components::{El, dialog, el};
use callreel_browser::Listener;
use web_sys::{Element, wasm_bindgen::JsCast};
use yew::prelude::*;

/// The keys in the order of the list, each with the key of what it does.
const KEYS: [(&str, &str); 8] = [
    ("R", "shortcut.record"),
    ("P", "shortcut.pause"),
    ("S", "shortcut.snapshot"),
    ("F", "shortcut.flip"),
    ("M", "shortcut.mirror"),
    (",", "shortcut.settings"),
    ("?", "shortcut.help"),
    ("Esc", "shortcut.close"),
];

/// Hears the keys that are meant for the page, until it is dropped.
pub fn listen(act: impl Fn(&str) + 'static) -> Listener {
    Listener::new(&gloo::utils::document(), "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let held = event.ctrl_key() || event.meta_key() || event.alt_key();
        if !(held || event.repeat() || event.is_composing() || is_typing(event)) {
            act(&event.key());
        }
    })
}

/// Whether the key is meant for a field, a list or a dialog over the page.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        // Escape closes the settings from their own fields too.
        let fields = match event.key() == "Escape" {
            true => "dialog:modal *",
            false => "input, select, textarea, [contenteditable], dialog:modal *",
        };
        element.matches(fields).unwrap_or(false)
    })
}

/// Does what the key means now.
pub fn press(page: &Mounted, key: &str, phase: Phase, has_picture: bool) {
    let studio = &page.studio;
    match (key, phase) {
        ("r" | "R", Phase::Idle) => studio.record(),
        ("r" | "R", Phase::Running | Phase::Paused) => studio.stop(),
        ("p" | "P", Phase::Running) => studio.pause(),
        ("p" | "P", Phase::Paused) => studio.resume(),
        ("s" | "S", _) if has_picture => studio.snapshot(),
        ("f" | "F", _) => studio.flip_camera(),
        ("m" | "M", _) => studio.change(&|settings| settings.mirror = !settings.mirror),
        (",", _) => page.show(|ui| ui.panel = !ui.panel),
        ("?", _) => page.show(|ui| ui.over = Some(Over::Keys)),
        ("Escape", _) => page.show(|ui| ui.panel = false),
        _ => {}
    }
}

/// The list of keys.
pub fn key_list(view: &View) -> El {
    let words = view.words;
    let mut keys = el("dl.keys");
    for (key, does) in KEYS {
        keys = keys.with(
            el("div")
                .with(el("dt").with(el("kbd").say(key)))
                .with(el("dd").say(words.t(does))),
        );
    }
    let toasts = toasts(view, Foremost::Over(Over::Keys));
    let body = el("div.dialog-body").with(keys).maybe(toasts);
    let node = &view.page.nodes.keys;
    let closed = view.closed(|ui| ui.over = None);
    dialog(
        words,
        node,
        "dialog",
        words.t("shortcut.title"),
        false,
        closed,
        body,
    )
}
