//! What the parts of the page are drawn from, and how they act.

use super::{controller::Lab, state::State};
use crate::i18n::Words;
use yew::prelude::*;

/// Everything that a part of the page is drawn from.
pub struct View<'a> {
    /// The sentences.
    pub words: Words,
    /// What is known.
    pub state: &'a State,
    /// What acts.
    pub lab: &'a Lab,
}

impl View<'_> {
    /// A click does this.
    pub fn act(&self, act: impl Fn(&Lab) + 'static) -> Callback<MouseEvent> {
        let lab = self.lab.clone();
        Callback::from(move |_| act(&lab))
    }
}

/// Milliseconds as they are shown.
pub fn ms(value: f64) -> String {
    [&*whole(value), " ms"].concat()
}

/// A number without what is behind the point.
pub fn whole(value: f64) -> String {
    (value.max(0.0).round() as u32).to_string()
}
