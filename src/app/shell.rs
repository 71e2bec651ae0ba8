//! What every page has around it: the name, the navigation, and its own tools in the header.

use crate::{
    components::{El, el, list},
    i18n::Words,
    routes::Route,
};
use yew::prelude::*;

/// Header and page. While a take is made the mark of the app is red.
pub fn shell(words: Words, route: Route, recording: bool, tools: Html, page: Vec<Html>) -> Html {
    let skip = el("a.skip[href=#main]").say(words.t("shell.skip"));
    let brand = el("a")
        .class_if("brand", recording, "live")
        .set("href", route.base())
        .with(mark())
        .say("Callreel");
    let header = el("header.top")
        .with(brand)
        .with(navigation(words, route))
        .with(el("div.end").child(tools));
    let mut nodes = vec![skip.into(), header.into()];
    nodes.extend(page);
    list(nodes)
}

fn mark() -> El {
    let circle = |class, radius| el("circle[cx=12][cy=12]").class(class).set("r", radius);
    el("svg.mark[viewBox=0 0 24 24][aria-hidden=true]")
        .with(circle("ring", "9"))
        .with(circle("core", "4.5"))
}

fn navigation(words: Words, here: Route) -> El {
    let mut nav = el("nav").set("aria-label", words.t("shell.pages"));
    for route in Route::NAVIGATION {
        let mut link = el("a")
            .put("href", here.to(route).into())
            .say(words.t(route.name()));
        if route == here {
            link = link.set("aria-current", "page");
        }
        nav = nav.with(link);
    }
    nav
}
