//! Something to say, with what can be done about it.

use super::{Button, Glyph, icon};
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

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warning => "warning",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Good => Glyph::Check,
            Self::Warning => Glyph::Warning,
        }
    }
}

/// A note under construction.
#[must_use]
pub struct Note {
    tone: Tone,
    text: String,
    actions: Vec<Html>,
    dismiss: Option<Button>,
}

impl Note {
    /// A note that says this.
    pub fn new(tone: Tone, text: String) -> Self {
        Self {
            tone,
            text,
            actions: Vec::new(),
            dismiss: None,
        }
    }

    /// With a button that does something about it.
    pub fn action(mut self, button: Button) -> Self {
        self.actions.push(button.view());
        self
    }

    /// With a button that takes it away.
    pub fn dismiss(mut self, label: String, act: impl Fn() + 'static) -> Self {
        self.dismiss = Some(Button::new(label, act).icon(Glyph::Close).class("quiet"));
        self
    }

    /// The note.
    pub fn view(self, key: u32) -> Html {
        html! {
            <div key={key} class={classes!("note", self.tone.class())}>
                { icon(self.tone.glyph()) }
                <p>{ self.text }</p>
                { for self.actions }
                { for self.dismiss.map(Button::view) }
            </div>
        }
    }
}
