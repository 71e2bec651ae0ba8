//! The page for addresses that no page has.

use std::rc::Rc;

use super::{Page, Redraw, present, remembered, shell, words};
use crate::{
    components::{Glyph, el, icon, nothing},
    routes::Route,
};
use callreel_engine::settings::Settings;
use yew::prelude::*;

/// Says so, and leads back.
pub struct NotFound(Settings);

impl NotFound {
    /// The page; it never changes.
    pub fn start(_: Redraw) -> Rc<dyn Page> {
        Rc::new(Self(remembered()))
    }
}

impl Page for NotFound {
    fn draw(&self) -> Html {
        let words = words(&self.0);
        let page = el("main.lost[id=main]")
            .with(el("span.badge").with(icon(Glyph::Film)))
            .with(el("h1").say(words.t(Route::NotFound.name())))
            .with(el("p.quiet").say(words.t("not_found.body")))
            .with(
                el("a.btn primary")
                    .set("href", Route::NotFound.base())
                    .say(words.t("not_found.back")),
            );
        shell(words, Route::NotFound, false, nothing(), vec![page.into()])
    }

    fn drawn(&self) {
        let words = words(&self.0);
        present(words, words.t(Route::NotFound.name()), self.0.theme);
    }
}
