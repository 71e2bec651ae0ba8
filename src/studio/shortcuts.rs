//! Keys that act anywhere on the page, and the dialog that lists them.

use super::{controller::Studio, transport::Phase};
use crate::{components::Dialog, i18n::use_words};
use callreel_browser::Listener;
use callreel_engine::settings::Settings;
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

/// What a key can ask of the page itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Show or hide the settings.
    Settings,
    /// Show the list of keys.
    Help,
    /// Close what is open.
    Close,
}

/// What the keys act on.
pub struct Keys {
    /// The controller.
    pub studio: Studio,
    /// What the recording does.
    pub phase: Phase,
    /// Whether there is a picture.
    pub picture: bool,
    /// What the person has chosen so far.
    pub settings: Settings,
    /// Takes what is asked of the page.
    pub ask: Callback<Ask>,
}

impl Keys {
    /// Listens until the listener is dropped.
    pub fn listen(self) -> Listener {
        let document = gloo::utils::document();
        Listener::new(&document, "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let held = event.ctrl_key() || event.meta_key() || event.alt_key();
            if held || event.repeat() || event.is_composing() || is_typing(event) {
                return;
            }
            self.press(&event.key().to_ascii_lowercase());
        })
    }

    fn press(&self, key: &str) {
        let Self {
            studio,
            phase,
            settings,
            ..
        } = self;
        match (key, phase) {
            ("r", Phase::Idle) => studio.record(),
            ("r", Phase::Running | Phase::Paused) => studio.stop(),
            ("p", Phase::Running) => studio.pause(),
            ("p", Phase::Paused) => studio.resume(),
            ("s", _) if self.picture => studio.snapshot(),
            ("f", _) => studio.flip_camera(),
            ("m", _) => studio.set(Settings {
                mirror: !settings.mirror,
                ..settings.clone()
            }),
            (",", _) => self.ask.emit(Ask::Settings),
            ("?", _) => self.ask.emit(Ask::Help),
            ("escape", _) => self.ask.emit(Ask::Close),
            _ => {}
        }
    }
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

/// Properties of [`Help`].
#[derive(Clone, PartialEq, Properties)]
pub struct HelpProps {
    /// Whether it is shown.
    pub open: bool,
    /// Called when the person closes it.
    pub onclose: Callback<()>,
}

/// The list of keys.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let words = use_words();
    html! {
        <Dialog label={words.t("shortcut.title")} open={props.open} onclose={props.onclose.clone()}>
            <dl class="keys">
                { for KEYS.into_iter().map(|(key, does)| html! {
                    <div><dt><kbd>{ key }</kbd></dt><dd>{ words.t(does) }</dd></div>
                }) }
            </dl>
        </Dialog>
    }
}
