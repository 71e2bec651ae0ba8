//! The app around its pages: which page, which language, light or dark.

mod not_found;
mod shell;

pub use shell::Shell;

use crate::{
    i18n::{Language, Words},
    routes::Route,
    studio::{StudioPage, controller::SETTINGS_KEY},
};
use callreel_browser::page;
use callreel_engine::settings::{Settings, Theme};
use not_found::NotFound;
use yew::prelude::*;

/// How the app looks and speaks, and how to change that.
#[derive(Clone, Debug, PartialEq)]
pub struct Appearance {
    /// The language that the person chose, as a BCP 47 tag; `None` follows the browser.
    pub locale: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// Takes the person's choice.
    pub choose: Callback<(Option<String>, Theme)>,
}

impl Appearance {
    /// The language to speak.
    pub fn language(&self) -> Language {
        Language::of_person(self.locale.as_deref())
    }
}

/// What the studio remembers.
pub fn remembered() -> Settings {
    Settings::from_json(&page::stored(SETTINGS_KEY).unwrap_or_default())
}

/// How the app looks and speaks.
#[hook]
pub fn use_appearance() -> Appearance {
    use_context().expect("every page is drawn inside the app, which provides this")
}

/// Draws the app in place of what `index.html` shows until then.
pub fn mount() {
    let place = gloo::utils::document().get_element_by_id("app");
    match place {
        Some(place) => yew::Renderer::<App>::with_root(place).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

#[component]
fn App() -> Html {
    let chosen = use_state(|| {
        let Settings { locale, theme, .. } = remembered();
        (locale, theme)
    });
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |(locale, theme): (Option<String>, Theme)| {
            let settings = Settings {
                locale: locale.clone(),
                theme,
                ..remembered()
            };
            // Where storage is refused the choice holds until the page is closed.
            page::store(SETTINGS_KEY, &settings.to_json());
            chosen.set((locale, theme));
        })
    };
    let (locale, theme) = (*chosen).clone();
    let appearance = Appearance {
        locale,
        theme,
        choose,
    };
    let words = Words(appearance.language());
    let page = match Route::here() {
        Route::Studio => html! { <StudioPage /> },
        Route::NotFound => html! { <NotFound /> },
    };
    html! {
        <ContextProvider<Words> context={words}>
            <ContextProvider<Appearance> context={appearance}>
                { page }
            </ContextProvider<Appearance>>
        </ContextProvider<Words>>
    }
}
