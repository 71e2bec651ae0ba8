//! What people write to each other.

use super::{
    shared::{Failure, FileStage, Line, Said, SharedFile},
    state::Side,
    view::View,
};
use crate::components::{Button, Choice, El, Glyph, Select, el, icon, text};
use callreel_browser::{page, transfer::chosen};
use callreel_engine::{
    call::{
        Key,
        talk::{MAX_CHAT, Piece, pieces},
    },
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
    let gone = view.state.chat_gone;
    if gone > 0 {
        lines = lines.with(
            el("p.quiet small")
                .key("gone".to_owned())
                .say(words.t("chat.gone")),
        );
    }
    for (place, line) in view.state.chat.iter().enumerate() {
        lines = lines.with(draw(view, line).key((gone + place).to_string()));
    }
    el("aside.side[role=region][part=side]")
        .set("aria-label", words.t("room.chat"))
        .with(head)
        .with(lines)
        .maybe(receivers(view))
        .with(form(view))
}

/// Who gets the files that are chosen, where there is a choice.
fn receivers(view: &View) -> Option<El> {
    let (words, state) = (view.words, view.state);
    let to = state.files_to.as_ref();
    if state.people.len() < 2 && to.is_none() {
        return None;
    }
    let mut choices = vec![Choice::fixed("", words.t("file.to_all"))];
    let choice = |key: Key, name| Choice::new(key.to_string().into(), view.name(name).into());
    choices.extend(state.people.iter().map(|p| choice(p.key, &p.name)));
    let is_there = |key: &Key| state.people.iter().any(|person| person.key == *key);
    // Who went stays chosen until another is: files for one never go to all by themselves.
    choices.extend(
        to.filter(|(key, _)| !is_there(key))
            .map(|(key, name)| choice(*key, name)),
    );
    let value = to.map(|(key, _)| key.to_string()).unwrap_or_default();
    let room = view.room.clone();
    let pick = Callback::from(move |id: String| room.send_files_to(&id));
    let select = Select::new(words.t("file.to").into(), value.into(), choices).view(pick);
    Some(el("div.receivers").with(select))
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
    let body = match &line.said {
        Said::Text(text) => Some(written(text)),
        Said::File(key, mine, number) => {
            let is = |f: &&SharedFile| (&f.key, &f.mine, &f.number) == (key, mine, number);
            view.state
                .files
                .iter()
                .find(is)
                .map(|file| card(view, file))
        }
    };
    let class = if line.from.is_none() {
        "line mine"
    } else {
        "line"
    };
    let late = match line.waits.is_empty() {
        false => Some("chat.waits"),
        true if line.unheard => Some("chat.unheard"),
        true => None,
    };
    let late = late.map(|key| el("p.small late").say(view.words.t(key)));
    el("div")
        .class(class)
        .with(el("p.small quiet num").text([from, time].join(" · ")))
        .maybe(body)
        .maybe(late)
}

fn written(text: &str) -> El {
    let mut body = el("p.said");
    for piece in pieces(text) {
        body = match piece {
            Piece::Text(words) => body.text(words.to_owned()),
            Piece::Link(address) => body.with(
                el("a[target=_blank][rel=noopener noreferrer nofollow]")
                    .put("href", address.to_owned().into())
                    .text(address.to_owned()),
            ),
        };
    }
    body
}

/// A file: what it is, how far it is, and what can be done.
pub fn card(view: &View, file: &SharedFile) -> El {
    let words = view.words;
    let (key, mine, number) = (file.key, file.mine, file.number);
    let name = view.name(&file.with);
    let named = |key| words.with(key, &[("name", &name)]);
    let said = match (&file.stage, mine) {
        (FileStage::Offered, true) => named("file.waits"),
        (FileStage::Offered, false) => named("file.offered"),
        (FileStage::Interrupted, true) => named("file.interrupted_mine"),
        (FileStage::Interrupted, false) => words.t("file.interrupted").to_owned(),
        (FileStage::Moving, _) => {
            let percent = (file.done * 100 / file.size.max(1)).to_string();
            words.with("file.moving", &[("n", &percent)])
        }
        (FileStage::Kept(_), _) => words.t("file.kept").to_owned(),
        (FileStage::Sent, _) => named("file.sent"),
        (FileStage::Cancelled, _) => words.t("file.cancelled").to_owned(),
        (FileStage::Failed(failure), _) => match failure {
            Failure::Damaged => words.t("file.damaged").to_owned(),
            Failure::DiskFull => words.t("file.disk_full").to_owned(),
            Failure::NoPlace => words.t("file.no_place").to_owned(),
            Failure::Unreadable => words.t("file.unreadable").to_owned(),
            Failure::Other(message) => words.with("say.failed", &[("message", message)]),
        },
    };
    let button = |label, act| Button::new(words.t(label), act);
    let mut ways = el("div.ways");
    if file.stage.waits() && !mine {
        let accept = view.act(move |room| room.accept_file(key, number));
        ways = ways.with(button("file.accept", accept).class("btn primary").view());
    }
    if let FileStage::Kept(kept) = &file.stage {
        let url = kept.url.as_str().to_owned();
        ways = ways.with(
            el("a.btn primary")
                .put("href", url.clone().into())
                .onclick(view.act(move |room| room.saved_file(&url)))
                .put("download", file.name.clone().into())
                .say(words.t("file.save")),
        );
    }
    if file.stage.waits() || file.stage == FileStage::Moving {
        let label = match file.stage.waits() && !mine {
            true => "file.decline",
            false => "file.cancel",
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
