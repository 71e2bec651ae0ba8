//! What there is to say, in sentences.

use super::{
    state::{Message, Notice, Phase},
    view::View,
};
use crate::{
    components::{Button, El, Note, Tone, el},
    refusals,
    take::live::EMPTY,
};
use yew::prelude::*;

/// The notices over the page.
pub fn toasts(view: &View) -> El {
    let lost = view.state.lost && view.state.phase == Phase::In;
    let lost = lost.then(|| {
        let text = view.words.t("say.lost").to_owned();
        Note::new(Tone::Warning, text).view(0)
    });
    let mut toasts = el("div.toasts[role=status]");
    for note in lost
        .into_iter()
        .chain(view.state.notices.iter().map(|n| note(view, n)))
    {
        toasts = toasts.child(note);
    }
    toasts
}

fn note(view: &View, notice: &Notice) -> Html {
    let words = view.words;
    let named = |key, name: &str| words.with(key, &[("name", &view.name(name))]);
    let (tone, text) = match &notice.what {
        Message::Refused(failure, source) => {
            let refusal = refusals::explain(words, failure, *source);
            let [after_title, after_sentence] = words.0.between_sentences();
            let mut text = [refusal.title, refusal.body].join(after_title);
            for step in refusal.steps {
                text.push_str(after_sentence);
                text.push_str(&step);
            }
            (Tone::Warning, text)
        }
        Message::ScreenEnded => (Tone::Info, words.t("say.screen_ended").to_owned()),
        Message::DeviceGone(label) => (
            Tone::Warning,
            words.with("say.device_gone", &[("label", label)]),
        ),
        Message::Came(name) => (Tone::Info, named("say.came", name)),
        Message::Went(name) => (Tone::Info, named("say.went", name)),
        Message::Records(name) => (Tone::Warning, named("say.records", name)),
        Message::ReportCopied => (Tone::Good, words.t("say.report_copied").to_owned()),
        Message::Unreachable => (Tone::Warning, words.t("say.unreachable").to_owned()),
        Message::KeptOut { code, message } => {
            let known = words.find(&["over.refused.", code].concat());
            let reason = known.unwrap_or(message);
            let text = words.with("say.kept_out", &[("reason", reason)]);
            (Tone::Warning, text)
        }
        Message::NoRelay => (Tone::Warning, words.t("say.no_relay").to_owned()),
        Message::NoWay(name) => (Tone::Warning, named("say.no_way", name)),
        Message::Kept => (
            Tone::Good,
            words
                .t(match view.room.embedder() {
                    None => "say.kept",
                    Some(_) => "say.kept_here",
                })
                .to_owned(),
        ),
        Message::RecorderFailed(code) if code == EMPTY => {
            (Tone::Warning, words.t("say.recorder_empty").to_owned())
        }
        Message::RecorderFailed(code) => (
            Tone::Warning,
            words.with("say.recorder_failed", &[("code", code)]),
        ),
        Message::DiskFull => (Tone::Warning, words.t("say.disk_full").to_owned()),
        Message::NotLoaded => (Tone::Warning, words.t("say.not_loaded").to_owned()),
        Message::Copied => (Tone::Good, words.t("say.copied").to_owned()),
        Message::Failed(message) => (
            Tone::Warning,
            words.with("say.failed", &[("message", message)]),
        ),
    };
    let id = notice.id;
    let mut note = Note::new(tone, text);
    if let Message::KeptOut { .. } = notice.what {
        let again = view.act(|room| room.hurry());
        note = note.action(Button::new(words.t("over.again"), again));
    }
    note.dismiss(
        words.t("common.dismiss"),
        view.act(move |room| room.dismiss(id)),
    )
    .view(id)
}
