//! The app around its pages: which page, and what each of them has around it.

mod looks;
mod not_found;
mod root;
mod shell;

pub use looks::{Change, looks};
pub use root::{Page, Redraw, Root, Start};
pub use shell::shell;

use crate::{
    i18n::{Language, Words},
    routes::Route,
};
use callreel_browser::page;
use callreel_engine::settings::{Settings, Theme};
use not_found::NotFound;
use wasm_bindgen_futures::spawn_local;

/// Where the browser keeps what the person has chosen.
pub const SETTINGS_KEY: &str = "callreel.settings";

/// What the studio remembers, the looks of every page among it.
pub fn remembered() -> Settings {
    Settings::from_json(&page::stored(SETTINGS_KEY).unwrap_or_default())
}

/// The sentences for a person who has chosen this.
pub fn words(settings: &Settings) -> Words {
    Words(Language::of_person(settings.locale.as_deref()))
}

/// Tells the browser the page's language, its title and whether it is light or dark.
pub fn present(words: Words, title: &str, theme: Theme) {
    let theme = (theme != Theme::System).then(|| theme.id());
    page::set_document(words.0.tag(), &[title, "Callreel"].join(" · "), theme);
}

/// Draws the page in place of what `index.html` shows until then.
pub fn mount() {
    let Words(language) = words(&remembered());
    if language.is_loaded() {
        return draw();
    }
    spawn_local(async move {
        language.load(Route::here().base()).await;
        draw();
    });
}

fn draw() {
    let page: fn(Redraw) -> std::rc::Rc<dyn Page> = match Route::here() {
        #[cfg(feature = "studio")]
        Route::Studio => crate::studio::StudioPage::start,
        #[cfg(feature = "library")]
        Route::Library | Route::Watch => crate::library::LibraryPage::start,
        #[cfg(feature = "room")]
        Route::Room => crate::room::RoomPage::start,
        #[cfg(feature = "lab")]
        Route::Lab => crate::lab::LabPage::start,
        _ => NotFound::start,
    };
    let document = gloo::utils::document();
    // Without its place the page is drawn into the body.
    let place = document.get_element_by_id("app");
    if let Some(place) = place.or_else(|| Some(document.body()?.into())) {
        yew::Renderer::<Root>::with_root_and_props(
            place,
            Start {
                page: std::rc::Rc::new(page),
            },
        )
        .render();
    }
}
