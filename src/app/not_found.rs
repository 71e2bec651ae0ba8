//! The page for addresses that no page has.

use super::{present, remembered, shell, words};
use crate::{
    components::{Glyph, el, icon, nothing},
    routes::Route,
};
use yew::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> Html {
    let settings = remembered();
    let words = words(&settings);
    let title = words.t(Route::NotFound.name());
    use_effect(move || present(words, title, settings.theme));
    let page = el("main.lost[id=main]")
        .with(el("span.badge").with(icon(Glyph::Film)))
        .with(el("h1").say(title))
        .with(el("p.quiet").say(words.t("not_found.body")))
        .with(
            el("a.btn primary")
                .set("href", Route::NotFound.base())
                .say(words.t("not_found.back")),
        );
    shell(words, Route::NotFound, false, nothing(), vec![page.into()])
}
