//! What there is to say, in sentences.

use super::{
    controller::Studio,
    refusals,
    state::{Message, Notice, TakeView},
    text,
};
use crate::{
    components::{Button, Glyph, Note, Tone, number},
    i18n::Words,
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
        Message::Recovered { .. } | Message::Damaged { .. } | Message::DiskFull => Place::Takes,
        _ => Place::Page,
    }
}

/// The notices of one place, oldest first.
pub fn notices(words: Words, studio: &Studio, all: &[Notice], here: Place) -> Html {
    all.iter()
        .filter(|notice| place(&notice.what) == here)
        .map(|notice| {
            let (tone, text) = sentence(words, &notice.what);
            let (id, dismissing) = (notice.id, studio.clone());
            let mut note = Note::new(tone, text)
                .dismiss(words.t("common.dismiss"), move || dismissing.dismiss(id));
            if matches!(notice.what, Message::ScreenEnded { .. }) {
                let sharing = studio.clone();
                let again = move || {
                    sharing.dismiss(id);
                    sharing.open();
                };
                note = note.action(Button::new(words.t("way.share_again"), again));
            }
            note.view(id)
        })
        .collect()
}

/// The take whose deletion can still be undone.
pub fn deleted(words: Words, studio: &Studio, take: &TakeView) -> Html {
    let studio = studio.clone();
    let title = text::take_title(words, &take.record);
    let undo = Button::new(words.t("takes.undo"), move || studio.undo_delete()).glyph(Glyph::Undo);
    Note::new(
        Tone::Info,
        words.with("takes.deleted", &[("title", &title)]),
    )
    .action(undo)
    .view(u32::MAX)
}

fn sentence(words: Words, message: &Message) -> (Tone, String) {
    let noun = |kind: DeviceKind| text::kind(words, kind);
    let gap = |ms: f64| number(ms.round());
    match message {
        Message::DeviceGone { kind, label } => (
            Tone::Warning,
            words.with(
                "say.device_gone",
                &[("device", &noun(*kind)), ("label", label)],
            ),
        ),
        Message::DeviceLost {
            kind,
            now: Some(label),
        } => (
            Tone::Warning,
            words.with(
                "say.device_replaced",
                &[("device", &noun(*kind)), ("label", label)],
            ),
        ),
        Message::DeviceLost { kind, now: None } => (
            Tone::Warning,
            words.with("say.device_lost", &[("device", &noun(*kind))]),
        ),
        Message::ScreenEnded { recording: true } => {
            (Tone::Info, words.t("say.screen_ended_recording"))
        }
        Message::ScreenEnded { recording: false } => (Tone::Info, words.t("say.screen_ended")),
        Message::Refused { failure, source } => {
            let refusal = refusals::explain(words, failure, *source);
            let mut text = refusal.title;
            for part in [refusal.body].into_iter().chain(refusal.steps) {
                text.push_str(if words.0.spaces_sentences() { " " } else { "" });
                text.push_str(&part);
            }
            (Tone::Warning, text)
        }
        Message::RecorderFailed { code, message } => {
            let known = words.find(&["say.recorder.", code].concat());
            let unknown = || {
                words.with(
                    "say.recorder_failed",
                    &[("code", code), ("message", message)],
                )
            };
            (Tone::Warning, known.map_or_else(unknown, str::to_owned))
        }
        Message::DiskFull => (Tone::Warning, words.t("say.disk_full")),
        Message::DiskLow { ms_left } => (
            Tone::Warning,
            words.with(
                "say.disk_low",
                &[("length", &text::roughly(words, *ms_left))],
            ),
        ),
        Message::Recovered { count, duration_ms } => {
            let key = if *count == 1 {
                "say.recovered.one"
            } else {
                "say.recovered.other"
            };
            let values = [
                ("count", count.to_string()),
                ("length", clock_text(*duration_ms)),
            ];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            (Tone::Good, words.with(key, &values))
        }
        Message::Damaged { title } => (
            Tone::Warning,
            words.with("say.damaged", &[("title", title)]),
        ),
        Message::Switched { gap_ms } => (
            Tone::Info,
            words.with("say.switched", &[("ms", &gap(*gap_ms))]),
        ),
        Message::Background => (Tone::Warning, words.t("say.background")),
        Message::NoWakeLock => (Tone::Info, words.t("say.no_wake_lock")),
        Message::SnapshotSaved { file_name } => (
            Tone::Good,
            words.with("say.snapshot", &[("file", file_name)]),
        ),
        Message::Copied => (Tone::Good, words.t("say.copied")),
        Message::Failed { message } => (
            Tone::Warning,
            words.with("say.failed", &[("message", message)]),
        ),
    }
}
