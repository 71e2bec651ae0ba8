//! Language and theme, which every page lets the person choose.

use crate::{
    components::{Choice, Glyph, Select},
    i18n::{Language, Words},
    routes::Route,
};
use callreel_engine::settings::{Settings, Theme};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// The two lists; `set` takes how the settings are to change.
pub fn looks(words: Words, theme: Theme, set: &Callback<Change>) -> [Html; 2] {
    let languages = Language::ALL
        .map(|language| Choice::fixed(language.tag(), language.own_name()))
        .into();
    let language = Select::new(
        words.t("shell.language").into(),
        words.0.tag().into(),
        languages,
    );
    let themes = Theme::ALL
        .map(|theme| Choice::fixed(theme.id(), words.of("theme.", theme.id())))
        .into();
    let theme = Select::new(words.t("shell.theme").into(), theme.id().into(), themes);
    let [language, theme] = [language.bare(Glyph::Language), theme.bare(Glyph::Theme)];
    // Its sentences come first, so that nothing is seen half in one language.
    let speak = {
        let set = set.clone();
        Callback::from(move |tag: String| {
            let set = set.clone();
            spawn_local(async move {
                if let Some(language) = Language::from_tag(&tag) {
                    language.load(Route::here().base()).await;
                }
                set.emit(Change::Language(tag));
            });
        })
    };
    [
        language.view(speak).into(),
        theme.view(set.reform(Change::Theme)).into(),
    ]
}

/// What the person chose.
#[derive(Clone, Debug)]
pub enum Change {
    /// A language, by its tag.
    Language(String),
    /// A theme, by its id.
    Theme(String),
}

impl Change {
    /// Puts the choice into the settings.
    pub fn apply(&self, settings: &mut Settings) {
        match self {
            Self::Language(tag) => settings.locale = Some(tag.clone()),
            Self::Theme(id) => settings.theme = Theme::from_id(id).unwrap_or_default(),
        }
    }
}
