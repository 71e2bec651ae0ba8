//! What people write to each other.

use super::{
    state::{FileStage, Line, SharedFile, Side},
    view::View,
};
use crate::components::{Button, El, Glyph, el, icon, text};
use callreel_browser::{page, transfer::chosen};
use callreel_engine::{
    call::talk::{MAX_CHAT, Piece, pieces},
    names::human_size,
};
use web_sys::{Element, HtmlTextAreaElement, wasm_bindgen::JsCast};
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
    el("aside.side[role=region][part=side]")
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
    if let Some((key, mine, number)) = line.file {
        let mut files = view.state.files.iter();
        let file = files.find(|f| (f.key, f.mine, f.number) == (key, mine, number));
        return el("div")
            .class(if mine { "line mine" } else { "line" })
            .with(el("p.small quiet num").text([from, time].join(" · ")))
            .maybe(file.map(|file| card(view, file)));
    }
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

/// A file: what it is, how far it is, and what can be done.
fn card(view: &View, file: &SharedFile) -> El {
    let words = view.words;
    let (key, mine, number) = (file.key, file.mine, file.number);
    let name = view.name(&file.with);
    let said = match (&file.stage, mine) {
        (FileStage::Offered, true) => words.with("file.waits", &[("name", &name)]),
        (FileStage::Offered, false) => words.with("file.offered", &[("name", &name)]),
        (FileStage::Moving, _) => {
            let percent = (file.done * 100 / file.size.max(1)).to_string();
            words.with("file.moving", &[("n", &percent)])
        }
        (FileStage::Kept(_), _) => words.t("file.kept").to_owned(),
        (FileStage::Sent, _) => words.with("file.sent", &[("name", &name)]),
        (FileStage::Cancelled, _) => words.t("file.cancelled").to_owned(),
        (FileStage::Damaged, _) => words.t("file.damaged").to_owned(),
    };
    let button = |label, act| Button::new(words.t(label), act);
    let mut ways = el("div.ways");
    if file.stage == FileStage::Offered && !mine {
        let accept = view.act(move |room| room.accept_file(key, number));
        ways = ways.with(button("file.accept", accept).class("btn primary").view());
    }
    if let FileStage::Kept(kept) = &file.stage {
        ways = ways.with(
            el("a.btn primary")
                .put("href", kept.url.as_str().to_owned().into())
                .put("download", file.name.clone().into())
                .say(words.t("file.save")),
        );
    }
    if matches!(file.stage, FileStage::Offered | FileStage::Moving) {
        let label = match (&file.stage, mine) {
            (FileStage::Offered, false) => "file.decline",
            _ => "file.cancel",
        };
        let cancel = view.act(move |room| room.cancel_file(key, mine, number));
        ways = ways.with(button(label, cancel).view());
    }
    let progress = (file.stage == FileStage::Moving).then(|| {
        el("progress")
            .put("max", file.size.max(1).to_string().into())
            .put("value", file.done.to_string().into())
            .put("aria-label", file.name.clone().into())
    });
    let title = [&*file.name, &human_size(file.size).text()].join(" · ");
    el("div.file[role=group]")
        .put("aria-label", file.name.clone().into())
        .with(el("p.file-name").text(title))
        .with(el("p.small quiet num[role=status]").text(said))
        .maybe(progress)
        .with(ways)
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
        let form: Element = event.target_unchecked_into();
        if let Ok(Some(field)) = form.query_selector("#message") {
            send(field.unchecked_ref());
        }
    });
    let words = view.words;
    let room = view.room.clone();
    let on_files = Callback::from(move |event: Event| {
        room.offer_files(chosen(&event.target_unchecked_into()));
    });
    let files = el("label.btn quiet icon-only")
        .set("title", words.t("file.send"))
        .with(icon(Glyph::Attach))
        .with(
            el("input.unseen[type=file][multiple]")
                .set("aria-label", words.t("file.send"))
                .flag("disabled", view.state.people.is_empty())
                .onchange(on_files),
        );
    el("form.write with-files")
        .onsubmit(on_submit)
        .with(files)
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
