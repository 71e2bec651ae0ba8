//! The studio's part of the header: server, keys, language, theme.

use super::{
    server,
    view::{Over, View},
};
use crate::{
    app::{Change, looks},
    components::{Button, Glyph, list},
};
use yew::prelude::*;

/// What stands at the end of the header.
pub fn tools(view: &View) -> Html {
    let words = view.words;
    let keys = view.show(|ui| ui.over = Some(Over::Keys));
    let keys = Button::new(words.t("shortcut.title"), keys)
        .icon(Glyph::Keyboard)
        .class("btn quiet keyboard");
    let page = view.page.clone();
    let set = Callback::from(move |change: Change| page.studio.change(&|s| change.apply(s)));
    let [language, theme] = looks(words, view.settings().theme, &set);
    list(vec![
        server::chip(view).into(),
        keys.view().into(),
        language,
        theme,
    ])
}
