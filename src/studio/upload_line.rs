//! How a take's upload stands, and what can be done about it.

use super::{text, view::View};
use crate::{
    components::{Button, El, Glyph, el},
    i18n::Words,
    routes::Route,
    upload::Progress,
};
use callreel_engine::{
    names::human_size,
    upload::{Stop, Trouble, UploadState},
};

/// The line for a take; `None` where it is not uploaded.
pub fn upload_line(view: &View, id: &str) -> Option<El> {
    let progress = view.state.upload_of(id)?;
    let words = view.words;
    let is_moving = matches!(
        progress.state,
        Some(UploadState::Sending | UploadState::UpToDate)
    );
    let bar = (progress.state != Some(UploadState::Complete) && progress.held > 0).then(|| {
        el("progress")
            .put("max", progress.held.to_string().into())
            .put("value", progress.sent.to_string().into())
            .set("aria-label", words.t("upload.progress"))
    });
    let amount =
        (is_moving && progress.held > 0).then(|| el("span.num").text(amount(words, progress)));
    let line = el("div.upload small[role=group]")
        .set("aria-label", words.t("upload.title"))
        .maybe(bar)
        .with(el("span[role=status]").say(words.t(state(progress))))
        .maybe(amount)
        .maybe(way(view, id, progress));
    Some(line)
}

/// Begins the upload of a take that is only here, where the server takes recordings.
pub fn upload_button(view: &View, id: &str) -> Option<El> {
    let is_open = view.state.server.takes_uploads();
    let is_new = view.state.upload_of(id).is_none();
    (is_open && is_new).then(|| button(view, "upload.begin", id, Glyph::Upload))
}

/// What has arrived, how fast, and what is still to come.
fn amount(words: Words, progress: &Progress) -> String {
    let size = |bytes: u64| human_size(bytes).text();
    let mut facts = vec![words.with(
        "upload.amount",
        &[
            ("sent", &size(progress.sent)),
            ("all", &size(progress.held)),
        ],
    )];
    if let Some(speed) = progress.speed {
        facts.push([&*size(speed as u64), "/s"].concat());
    }
    if let Some(left) = progress.left_ms.filter(|left| *left >= 1_000.0) {
        facts.push(words.with("upload.left", &[("time", &text::roughly(words, left))]));
    }
    facts.join(" · ")
}

const fn state(progress: &Progress) -> &'static str {
    match progress.state {
        None => "upload.elsewhere",
        Some(UploadState::UpToDate | UploadState::Sending) => match (progress.held, progress.whole)
        {
            (0, _) => "upload.soon",
            // Up to date at one moment and not at the next: that is not worth saying each time.
            (_, false) => "upload.live",
            (_, true) => "upload.sending",
        },
        Some(UploadState::Paused) => "upload.paused",
        Some(UploadState::Complete) => "upload.complete",
        Some(UploadState::Waiting(trouble)) => match trouble {
            Trouble::Network => "upload.network",
            Trouble::Busy => "upload.busy",
            Trouble::Server => "upload.server",
            Trouble::DiskFull => "upload.disk_full",
            Trouble::OwnerFull => "upload.owner_full",
        },
        Some(UploadState::Stopped(stop)) => match stop {
            Stop::Key => "upload.key",
            Stop::NotAllowed => "upload.not_allowed",
            Stop::TooLarge => "upload.too_large",
            Stop::Deleted => "upload.deleted",
            Stop::NotUnderstood => "upload.not_understood",
        },
    }
}

/// The way on from there.
fn way(view: &View, id: &str, progress: &Progress) -> Option<El> {
    let again = |key| Some(button(view, key, id, Glyph::Undo));
    match progress.state? {
        UploadState::UpToDate | UploadState::Sending | UploadState::Waiting(_) => {
            let pause = view.act_on(id, |studio, id| studio.pause_upload(id));
            let pause = Button::new(view.words.t("upload.pause"), pause);
            Some(pause.glyph(Glyph::Pause).class("btn quiet").view())
        }
        UploadState::Paused => Some(button(view, "upload.resume", id, Glyph::Play)),
        UploadState::Complete => {
            let id = progress.note.recording.as_deref()?;
            let href = Route::Studio.to_recording(id);
            let open = el("a.btn quiet").put("href", href.into());
            Some(open.say(view.words.t("upload.open")))
        }
        UploadState::Stopped(Stop::TooLarge) => None,
        UploadState::Stopped(Stop::Deleted) => again("upload.once_more"),
        UploadState::Stopped(_) => again("upload.try_again"),
    }
}

fn button(view: &View, key: &'static str, id: &str, glyph: Glyph) -> El {
    let act = view.act_on(id, |studio, id| studio.upload(id));
    Button::new(view.words.t(key), act)
        .glyph(glyph)
        .class("btn quiet")
        .view()
}
