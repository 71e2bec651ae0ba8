//! What every part of the page is drawn from.

use std::rc::Rc;

use super::{controller::Library, state::State};
use crate::i18n::{Words, fill};
use yew::prelude::*;

/// The state, and who acts.
pub struct View<'a> {
    /// The sentences.
    pub words: Words,
    /// What is known.
    pub state: &'a State,
    /// What acts.
    pub library: &'a Rc<Library>,
}

impl View<'_> {
    /// A click does this.
    pub fn act(&self, act: impl Fn(&Rc<Library>) + 'static) -> Callback<MouseEvent> {
        let library = self.library.clone();
        Callback::from(move |_| act(&library))
    }

    /// A click does this to the recording with this id.
    pub fn act_on(&self, id: &str, act: fn(&Rc<Library>, String)) -> Callback<MouseEvent> {
        let id = id.to_owned();
        self.act(move |library| act(library, id.clone()))
    }

    /// A sentence with `%{1}` filled in.
    pub fn say(&self, key: &str, with: &str) -> String {
        fill(self.words.of(key, ""), &[("1", with)])
    }
}
