//! The server: whether there is one, and which.

use super::{
    messages::toasts,
    state::Server,
    view::{Foremost, Over, View},
};
use crate::{
    components::{Button, El, dialog, el},
    upload::Progress,
};
use callreel_engine::upload::{Trouble, UploadState};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What is said of one that answers.
const CONNECTED: &str = "server.connected";

/// What is said of it, and what that means.
fn standing(view: &View) -> (&'static str, &'static str) {
    let is_away =
        |(_, upload): &(_, Progress)| upload.state == Some(UploadState::Waiting(Trouble::Network));
    match view.state.server {
        Server::Checking => ("server.checking", "server.checking.body"),
        Server::Connected(_) if view.state.uploads.iter().any(is_away) => {
            ("server.away", "server.away.body")
        }
        Server::Connected(it) if it.uploads => (CONNECTED, "server.connected.body"),
        Server::Connected(it) if it.wants_token => ("server.token", "server.token.body"),
        Server::Connected(_) => (CONNECTED, "server.closed.body"),
        Server::None => ("server.none", "server.none.body"),
    }
}

/// A chip that says how it stands, and opens what explains it.
pub fn chip(view: &View) -> El {
    let (said, _) = standing(view);
    el("button[type=button][aria-haspopup=dialog]")
        .class_if("chip server", said == CONNECTED, "ok")
        .onclick(view.show(|ui| ui.over = Some(Over::Server)))
        .with(el("i.dot"))
        .with(el("span").say(view.words.t(said)))
}

/// Takes the token of the server's host.
fn token_form(view: &View) -> El {
    let words = view.words;
    let take = {
        let page = view.page.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = page.nodes.token.cast::<HtmlInputElement>() {
                page.studio.use_token(&input.value());
                input.set_value("");
            }
        })
    };
    let input = el("input.input[type=password][required][maxlength=4096][autocomplete=off]")
        .node(&view.page.nodes.token);
    let field = el("label.number")
        .with(el("span.label").say(words.t("server.token.field")))
        .with(input);
    el("form.row")
        .onsubmit(take)
        .with(field)
        .with(el("button.btn primary").say(words.t("server.token.take")))
}

/// What explains it, and takes another address.
pub fn server_dialog(view: &View) -> El {
    let words = view.words;
    let (said, why) = standing(view);
    let address = view.settings().server.clone().unwrap_or_default();
    let has_address = !address.is_empty();
    let connect = {
        let page = view.page.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = page.nodes.address.cast::<HtmlInputElement>() {
                page.studio.point_to_server(input.value());
            }
        })
    };
    let input = el("input.input[type=url][placeholder=https://callreel.example]")
        .node(&view.page.nodes.address)
        .put("value", address.into());
    let field = el("label.number")
        .with(el("span.label").say(words.t("server.address")))
        .with(input);
    let form = el("form.row")
        .onsubmit(connect)
        .with(field)
        .with(el("button.btn primary").say(words.t("server.connect")));
    let own = view.act(|studio| studio.point_to_server(String::new()));
    let own = Button::new(words.t("server.own"), own).class("btn quiet");
    let body = el("div.dialog-body")
        .with(el("p[role=status]").with(el("strong").say(words.t(said))))
        .with(el("p").say(words.t(why)))
        .maybe(view.state.server.wants_token().then(|| token_form(view)))
        .with(form)
        .maybe(has_address.then(|| own.view()))
        .maybe(toasts(view, Foremost::Over(Over::Server)));
    let node = &view.page.nodes.server;
    let closed = view.closed(|ui| ui.over = None);
    dialog(
        words,
        node,
        "dialog",
        words.t("server.title"),
        false,
        closed,
        body,
    )
}
