//! A take in the list.

use super::{
    mounted::{Mounted, TAKE},
    state::TakeView,
    text,
    upload_line::{upload_button, upload_line},
    view::{Ui, View},
};
use crate::{
    components::{Button, El, Glyph, el, icon, number, text as text_node},
    when::{date_parts, moment},
};
use callreel_engine::{
    names::{clock_text, file_name, human_size},
    record::{RecordState, TakeRecord},
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// One take: its picture, what is known of it, and what can be done with it.
pub fn take_item(view: &View, take: &TakeView) -> El {
    let record = &take.record;
    let title = text::take_title(view.words, record);
    let is_ended = record.state != RecordState::Recording;
    let playing = view.state.playing.as_ref();
    let is_open = playing.is_some_and(|playing| playing.id == record.id);
    let head = if is_open {
        let is_wanted = view.ui.wanted.as_deref() == Some(&record.id);
        player(view, &title, record.mime.starts_with("audio"), is_wanted)
    } else {
        thumb(view, take, is_ended)
    };
    let name = match record.duration_ms > 0.0 {
        true => [&*title, &clock_text(record.duration_ms)].join(", "),
        false => title.clone(),
    };
    let about = el("div.about")
        .with(title_line(view, record, &title))
        .with(facts(view, record))
        .maybe(upload_line(view, &record.id));
    el("li")
        .key(record.id.clone())
        .put("id", [TAKE, &record.id].concat().into())
        .class_if("take", is_open, "open")
        .put("aria-label", name.into())
        .with(head)
        .with(about)
        .maybe(is_ended.then(|| actions(view, record, title, is_open)))
}

/// The take that is watched, in the browser's own player: it knows every key, caption and screen
/// reader. It begins by itself only when the person asked for it.
pub fn player(view: &View, title: &str, is_sound: bool, is_wanted: bool) -> El {
    let url = view
        .state
        .playing
        .as_ref()
        .map_or("", |playing| playing.url.as_str());
    let name = view.words.with("takes.replay", &[("title", title)]);
    el("video[controls][playsinline][preload=auto]")
        .node(&view.page.nodes.player)
        .class_if("player", is_sound, "sound")
        .put("src", url.to_owned().into())
        .flag("autoplay", is_wanted)
        .put("aria-label", name.into())
}

fn thumb(view: &View, take: &TakeView, is_ended: bool) -> El {
    let record = &take.record;
    let play = is_ended.then(|| {
        let (page, id) = (view.page.clone(), record.id.clone());
        let play = Callback::from(move |_| {
            page.show(|ui| ui.wanted = Some(id.clone()));
            page.hand_over(&id, "video");
            page.studio.play(&id);
        });
        Button::new(view.words.t("takes.play"), play)
            .icon(Glyph::Play)
            .class("play")
            .view()
    });
    let picture = take.picture.as_ref().map_or_else(
        || icon(Glyph::Film),
        |picture| el("img[alt]").put("src", picture.as_str().to_owned().into()),
    );
    let length = (record.duration_ms > 0.0)
        .then(|| el("span.length num").text(clock_text(record.duration_ms)));
    el("div.thumb").with(picture).maybe(play).maybe(length)
}

fn facts(view: &View, record: &TakeRecord) -> El {
    let words = view.words;
    let chip = match record.state {
        RecordState::Finished => None,
        RecordState::Recovered => Some(("chip warn", "takes.recovered")),
        RecordState::Recording => Some(("chip", "takes.recording")),
    };
    let fact = |fact: String| el("span").text(fact);
    el("div.facts quiet small num")
        .with(fact(moment(words, record.created_at)))
        .with(fact(human_size(record.size).text()))
        .with(fact(text::take_type(words, record)))
        .maybe(record.gap_ms.filter(|gap_ms| *gap_ms >= 1.0).map(|gap_ms| {
            let ms = number(gap_ms.round());
            fact(words.with("takes.gap", &[("ms", &ms)]))
        }))
        .maybe(chip.map(|(class, key)| el("span").class(class).say(words.t(key))))
}

fn actions(view: &View, record: &TakeRecord, title: String, is_open: bool) -> El {
    let words = view.words;
    let name = file_name(&title, &date_parts(record.created_at), &record.extension);
    let download = {
        let (page, id) = (view.page.clone(), record.id.clone());
        Callback::from(move |_| page.studio.download(&id, name.clone()))
    };
    let act = |act: fn(&Mounted, &str)| {
        let (page, id) = (view.page.clone(), record.id.clone());
        Callback::from(move |_| act(&page, &id))
    };
    let delete = act(|page, id| page.delete(id));
    let close = act(|page, id| {
        page.hand_over(id, ".play");
        page.studio.close_player();
    });
    let icon = |key, act, glyph| {
        Button::new(words.t(key), act)
            .icon(glyph)
            .class("btn quiet")
    };
    let download = Button::new(words.t("takes.download"), download).glyph(Glyph::Download);
    el("div.actions")
        .with(download.class("btn quiet").view())
        .maybe(upload_button(view, &record.id))
        .with(
            icon("takes.delete", delete, Glyph::Delete)
                .class("btn quiet delete")
                .view(),
        )
        .maybe(is_open.then(|| icon("takes.close", close, Glyph::Close).view()))
}

fn title_line(view: &View, record: &TakeRecord, title: &str) -> El {
    let line = el("div.title");
    if view.ui.renaming.as_deref() == Some(&record.id) {
        return line.with(title_input(view, record, title));
    }
    let (page, id) = (view.page.clone(), record.id.clone());
    let begin = Callback::from(move |_| page.show(|ui| ui.renaming = Some(id.clone())));
    let rename = Button::new(view.words.t("takes.rename"), begin).icon(Glyph::Rename);
    line.with(el("strong").child(text_node(title.to_owned().into())))
        .with(rename.class("btn quiet").view())
}

fn title_input(view: &View, record: &TakeRecord, title: &str) -> El {
    let (page, id, old) = (view.page.clone(), record.id.clone(), title.to_owned());
    let end = Callback::from(move |input: Option<HtmlInputElement>| {
        let typed = input.map(|input| input.value());
        // Escape takes the field away, and losing the focus to that keeps nothing.
        let was_open = page.ui().renaming.is_some();
        if let Some(typed) = typed.filter(|typed| was_open && typed.trim() != old) {
            page.studio.rename(&id, typed);
        }
        page.show(|ui: &mut Ui| ui.renaming = None);
    });
    let onkeydown = {
        let (end, page, id) = (end.clone(), view.page.clone(), record.id.clone());
        Callback::from(move |event: KeyboardEvent| {
            let is_kept = match event.key().as_str() {
                "Enter" => true,
                "Escape" => false,
                _ => return,
            };
            // A key that chooses a word of an input method is not meant for the field.
            if !event.is_composing() {
                // Or else the button that the keyboard goes on with hears the key too.
                event.prevent_default();
                page.hand_over(&id, ".title .btn");
                end.emit(is_kept.then(|| event.target_unchecked_into()));
            }
        })
    };
    el("input.input[type=text][maxlength=200]")
        .node(&view.page.nodes.title)
        .set("aria-label", view.words.t("takes.new_title"))
        .put("value", title.to_owned().into())
        .onkeydown(onkeydown)
        .onblur(end.reform(|event: FocusEvent| Some(event.target_unchecked_into())))
}
