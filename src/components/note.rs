//! Something to say, with what can be done about it.

use super::{Button, El, Glyph, el, icon};
use yew::prelude::*;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It went well.
    Good,
    /// Worth a look.
    Warning,
}

/// A note under construction.
#[must_use]
pub struct Note(El);

impl Note {
    /// A note that says this.
    pub fn new(tone: Tone, text: String) -> Self {
        let (class, glyph) = match tone {
            Tone::Info => ("note", Glyph::Info),
            Tone::Good => ("note good", Glyph::Check),
            Tone::Warning => ("note warning", Glyph::Warning),
        };
        Self(
            el("div")
                .class(class)
                .with(icon(glyph))
                .with(el("p").text(text)),
        )
    }

    /// With a button that does something about it.
    pub fn action(self, button: Button) -> Self {
        Self(self.0.with(button.view()))
    }

    /// With a button that takes it away.
    pub fn dismiss(self, label: &'static str, act: Callback<MouseEvent>) -> Self {
        self.action(
            Button::new(label, act)
                .icon(Glyph::Close)
                .class("btn quiet"),
        )
    }

    /// The note; `key` tells it from the others.
    pub fn view(self, key: u32) -> Html {
        self.0.key(key.to_string()).into()
    }
}
