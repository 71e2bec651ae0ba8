//! The studio's part of the header: server, keys, language, theme.

use super::{
    server,
    view::{Over, View},
};
use crate::{
    components::{Button, Choice, Glyph, Select, list},
    i18n::Language,
};
use callreel_engine::settings::Theme;
use yew::prelude::*;

/// What stands at the end of the header.
pub fn tools(view: &View) -> Html {
    let words = view.words;
    let keys = view.show(|ui| ui.over = Some(Over::Keys));
    let keys = Button::new(words.t("shortcut.title"), keys)
        .icon(Glyph::Keyboard)
        .class("btn quiet keyboard");
    let languages = Language::ALL
        .map(|language| Choice::fixed(language.tag(), language.own_name()))
        .into();
    let language = Select::new(
        words.t("shell.language").into(),
        words.0.tag().into(),
        languages,
    )
    .bare(Glyph::Language)
    .view(view.set(|settings, tag| settings.locale = Some(tag.to_owned())));
    let themes = Theme::ALL
        .map(|theme| Choice::fixed(theme.id(), words.of("theme.", theme.id())))
        .into();
    let theme = view.settings().theme.id();
    let theme = Select::new(words.t("shell.theme").into(), theme.into(), themes)
        .bare(Glyph::Theme)
        .view(view.set(|settings, id| settings.theme = Theme::from_id(id).unwrap_or_default()));
    list(vec![
        server::chip(view).into(),
        keys.view().into(),
        language.into(),
        theme.into(),
    ])
}
