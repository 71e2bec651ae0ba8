//! The page for addresses that no page has.

use super::Shell;
use crate::{
    components::{Glyph, icon},
    i18n::use_words,
    routes::Route,
};
use yew::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> Html {
    let words = use_words();
    let title = words.t(Route::NotFound.name());
    html! {
        <Shell title={title.clone()}>
            <main id="main" class="lost">
                <span class="badge">{ icon(Glyph::Film) }</span>
                <h1>{ title }</h1>
                <p class="quiet">{ words.t("not_found.body") }</p>
                <a class="btn primary" href="/">{ words.t("not_found.back") }</a>
            </main>
        </Shell>
    }
}
