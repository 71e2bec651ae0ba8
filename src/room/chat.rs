//! What people write to each other.

use super::{
    state::{Line, Side},
    view::View,
};
use crate::components::{El, Glyph, el, icon, text};
use callreel_browser::page;
use callreel_engine::call::talk::{MAX_CHAT, Piece, pieces};
use web_sys::{HtmlTextAreaElement, wasm_bindgen::JsCast};
use yew::prelude::*;

/// The chat at the side.
pub fn chat(view: &View) -> El {
    let words = view.words;
    let close = view.icon("common.close", Glyph::Close, |room| room.show(Side::Chat));
    let head = el("div.side-head")
        .with(el("h2").say(words.t("room.chat")))
        .with(
            el("span.chip")
                .set("title", words.t("chat.private_why"))
                .say(words.t("chat.private")),
        )
        .with(close.class("btn quiet").view());
    let mut lines = el("div.side-body lines[id=lines][role=log][tabindex=0]")
        .set("aria-label", words.t("chat.messages"));
    if view.state.chat.is_empty() {
        lines = lines.with(el("p.quiet").say(words.t("chat.empty")));
    }
    for (place, line) in view.state.chat.iter().enumerate() {
        lines = lines.with(draw(view, line).key(place.to_string()));
    }
    el("aside.side[role=region]")
        .set("aria-label", words.t("room.chat"))
        .with(head)
        .with(lines)
        .with(form(view))
}

fn draw(view: &View, line: &Line) -> El {
    let from = match &line.from {
        Some(name) => view.name(name),
        None => view.words.t("chat.you").to_owned(),
    };
    let [.., hour, minute, _] = page::local_time(line.at_ms);
    let two = |n: u32| {
        if n < 10 {
            ["0", &n.to_string()].concat()
        } else {
            n.to_string()
        }
    };
    let time = [two(hour), two(minute)].join(":");
    let mut body = el("p.said");
    for piece in pieces(&line.text) {
        body = match piece {
            Piece::Text(words) => body.text(words.to_owned()),
            Piece::Link(address) => body.with(
                el("a[target=_blank][rel=noopener noreferrer nofollow]")
                    .put("href", address.to_owned().into())
                    .text(address.to_owned()),
            ),
        };
    }
    let class = if line.from.is_none() {
        "line mine"
    } else {
        "line"
    };
    el("div")
        .class(class)
        .with(el("p.small quiet num").text([from, time].join(" · ")))
        .with(body)
}

fn form(view: &View) -> El {
    let room = view.room.clone();
    let send = move |field: &HtmlTextAreaElement| {
        room.write(&field.value());
        field.set_value("");
    };
    let on_key = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            // While an input method composes, Enter chooses its word.
            let composing = event.is_composing() || event.key_code() == 229;
            if event.key() == "Enter" && !event.shift_key() && !composing {
                event.prevent_default();
                send(&event.target_unchecked_into());
            }
        })
    };
    let on_submit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let document = gloo::utils::document();
        if let Some(field) = document.get_element_by_id("message") {
            send(field.unchecked_ref());
        }
    });
    let words = view.words;
    el("form.write")
        .onsubmit(on_submit)
        .with(
            el("textarea.input[id=message][rows=1]")
                .put("maxlength", MAX_CHAT.to_string().into())
                .set("aria-label", words.t("chat.message"))
                .set("placeholder", words.t("chat.placeholder"))
                .onkeydown(on_key),
        )
        .with(
            el("button.btn primary icon-only[type=submit]")
                .set("aria-label", words.t("chat.send"))
                .set("title", words.t("chat.send"))
                .with(icon(Glyph::Send)),
        )
        .child(text("".into()))
}
