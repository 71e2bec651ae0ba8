//! What there is to say, in sentences.

use super::{
    mounted::{DELETE, TOASTS},
    refusals,
    state::{AfterScreen, Message, Notice, TakeView},
    text,
    view::{Foremost, View},
};
use crate::{
    components::{Button, El, Glyph, Note, Tone, el, list, number},
    i18n::{Words, fill},
};
use callreel_engine::{devices::DeviceKind, names::clock_text};
use yew::prelude::*;

/// Where a message is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Over the page.
    Page,
    /// At the head of the takes, which it is about.
    Takes,
}

/// Where to say it.
pub const fn place(message: &Message) -> Place {
    match message {
        Message::Recovered { .. }
        | Message::Damaged { .. }
        | Message::LeftForServer(_)
        | Message::DiskFull
        | Message::NoRoom => Place::Takes,
        _ => Place::Page,
    }
}

/// The notices of one place, oldest first.
pub fn notices(view: &View, here: Place) -> Html {
    let all = view.state.notices.iter();
    list(
        all.filter(|notice| place(&notice.what) == here)
            .map(|n| note(view, n))
            .collect(),
    )
}

/// What is said over the page, inside of what covers it: a modal dialog lets nothing outside of it
/// be reached or read out. `None` where it is said elsewhere.
pub fn toasts(view: &View, here: Foremost) -> Option<El> {
    let deleted = view.state.deleted.as_ref();
    (view.foremost() == here).then(|| {
        el("div.toasts[role=status]")
            .set("id", TOASTS)
            .child(notices(view, Place::Page))
            .child(list(
                deleted
                    .map(|take| deleted_note(view, take))
                    .into_iter()
                    .collect(),
            ))
    })
}

fn note(view: &View, notice: &Notice) -> Html {
    let (tone, text) = sentence(view, &notice.what);
    let id = notice.id;
    let page = view.page.clone();
    let dismiss = Callback::from(move |_| page.studio.dismiss(id));
    let mut note = Note::new(tone, text);
    if let Message::Refused { failure, source } = &notice.what {
        for way in refusals::buttons(view, failure, *source)
            .into_iter()
            .take(1)
        {
            note = note.action(way);
        }
    }
    if matches!(notice.what, Message::ScreenEnded { .. }) {
        let page = view.page.clone();
        let again = Callback::from(move |_| {
            page.studio.dismiss(id);
            page.studio.open();
        });
        note = note.action(Button::new(view.words.t("way.share_again"), again));
    }
    note.dismiss(view.words.t("common.dismiss"), dismiss)
        .view(id)
}

/// The take whose deletion can still be undone.
fn deleted_note(view: &View, take: &TakeView) -> Html {
    let title = text::take_title(view.words, &take.record);
    let undo = {
        let (page, id) = (view.page.clone(), take.record.id.clone());
        Callback::from(move |_| {
            page.hand_over(&id, DELETE);
            page.studio.undo_delete();
        })
    };
    let undo = Button::new(view.words.t("takes.undo"), undo).glyph(Glyph::Undo);
    let upload = view.state.upload_of(&take.record.id);
    let said = match upload.filter(|upload| upload.note.recording.is_some()) {
        None => "takes.deleted",
        Some(_) => "takes.deleted_here",
    };
    Note::new(Tone::Info, view.words.with(said, &[("title", &title)]))
        .action(undo)
        .view(u32::MAX)
}

fn sentence(view: &View, message: &Message) -> (Tone, String) {
    let words = view.words;
    match message {
        Message::Refused { failure, source } => {
            let refusal = refusals::explain(view, failure, *source);
            let [after_title, after_sentence] = words.0.between_sentences();
            let mut text = [refusal.title, refusal.body].join(after_title);
            for step in refusal.steps {
                text.push_str(after_sentence);
                text.push_str(&step);
            }
            (Tone::Warning, text)
        }
        Message::RecorderFailed { code, message } => {
            let known = words.find(&["say.recorder.", code].concat());
            let unknown = words.t("say.recorder_failed");
            let why = [code.as_str(), message].join(" ");
            (
                Tone::Warning,
                fill(known.unwrap_or(unknown), &[("why", why.trim())]),
            )
        }
        other => {
            let (tone, key) = kind_of(other);
            let (one, two) = values(words, other);
            (tone, words.with(key, &[("1", &one), ("2", &two)]))
        }
    }
}

/// How much a message matters, and the key of its sentence.
const fn kind_of(message: &Message) -> (Tone, &'static str) {
    match message {
        Message::DeviceGone { .. } => (Tone::Warning, "say.device_gone"),
        Message::DeviceLost { now: Some(_), .. } => (Tone::Warning, "say.device_replaced"),
        Message::DeviceLost { now: None, .. } => (Tone::Warning, "say.device_lost"),
        Message::ScreenEnded(AfterScreen::Nothing) => (Tone::Info, "say.screen_ended"),
        Message::ScreenEnded(AfterScreen::Camera) => (Tone::Info, "say.screen_ended_camera"),
        Message::ScreenEnded(AfterScreen::Sound) => (Tone::Info, "say.screen_ended_recording"),
        Message::DiskFull => (Tone::Warning, "say.disk_full"),
        Message::NoRoom => (Tone::Warning, "say.no_room"),
        Message::NotLoaded => (Tone::Warning, "say.not_loaded"),
        Message::DiskLow { .. } => (Tone::Warning, "say.disk_low"),
        Message::Recovered { count: 1, .. } => (Tone::Good, "say.recovered.one"),
        Message::Recovered { .. } => (Tone::Good, "say.recovered.other"),
        Message::LeftForServer(_) => (Tone::Good, "say.left_for_server"),
        Message::Damaged { .. } => (Tone::Warning, "say.damaged"),
        Message::Switched { .. } => (Tone::Info, "say.switched"),
        Message::Background => (Tone::Warning, "say.background"),
        Message::NoWakeLock => (Tone::Info, "say.no_wake_lock"),
        Message::SnapshotSaved { .. } => (Tone::Good, "say.snapshot"),
        Message::Copied => (Tone::Good, "say.copied"),
        Message::TokenNotKept => (Tone::Warning, "say.token_not_kept"),
        Message::Refused { .. } | Message::RecorderFailed { .. } | Message::Failed { .. } => {
            (Tone::Warning, "say.failed")
        }
    }
}

/// What fills the sentence, in the order of its numbers.
fn values(words: Words, message: &Message) -> (String, String) {
    let noun = |kind: DeviceKind| text::kind(words, kind).to_owned();
    match message {
        Message::DeviceGone { kind, label } => (noun(*kind), label.clone()),
        Message::DeviceLost { kind, now } => (noun(*kind), now.clone().unwrap_or_default()),
        Message::DiskLow { ms_left } => (text::roughly(words, *ms_left), String::new()),
        Message::Recovered { count, duration_ms } => (count.to_string(), clock_text(*duration_ms)),
        Message::LeftForServer(record) => (text::take_title(words, record), String::new()),
        Message::Switched { gap_ms } => (number(gap_ms.round()), String::new()),
        Message::Damaged { title: text }
        | Message::SnapshotSaved { file_name: text }
        | Message::Failed { message: text } => (text.clone(), String::new()),
        _ => Default::default(),
    }
}
