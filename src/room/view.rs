//! What the parts of the page are drawn from, and how they act.

use super::{controller::Room, state::State};
use crate::{
    components::{Button, El, Glyph, el},
    i18n::Words,
};
use yew::prelude::*;

/// Everything that a part of the page is drawn from.
pub struct View<'a> {
    /// The sentences.
    pub words: Words,
    /// What is known.
    pub state: &'a State,
    /// What acts.
    pub room: &'a Room,
}

impl View<'_> {
    /// The whole of it; the main part of a page that is the app's own.
    pub fn main(&self, class: &'static str) -> El {
        let is_own = self.room.embedder().is_none();
        el(if is_own { "main" } else { "div" })
            .set("id", "main")
            .class(class)
    }

    /// A click does this.
    pub fn act(&self, act: impl Fn(&Room) + 'static) -> Callback<MouseEvent> {
        let room = self.room.clone();
        Callback::from(move |_| act(&room))
    }

    /// A button of which a picture is seen, and its name heard.
    pub fn icon(&self, key: &'static str, glyph: Glyph, act: impl Fn(&Room) + 'static) -> Button {
        Button::new(self.words.t(key), self.act(act)).icon(glyph)
    }

    /// What to call somebody.
    pub fn name(&self, name: &str) -> String {
        match name {
            "" => self.words.t("room.nameless").to_owned(),
            name => name.to_owned(),
        }
    }
}
