//! What things are called: devices, formats, takes, moments and lengths of time.

use callreel_engine::record::TakeRecord;

use crate::i18n::Words;
use callreel_engine::{
    devices::DeviceKind,
    formats::{Container, FORMATS, Format},
    settings::Source,
};

/// The word for a kind of device, as in a sentence.
pub fn kind(words: Words, kind: DeviceKind) -> &'static str {
    words.t(match kind {
        DeviceKind::Camera => "noun.camera",
        DeviceKind::Microphone => "noun.microphone",
        DeviceKind::Speaker => "noun.speaker",
    })
}

/// File format and codecs.
pub fn format(words: Words, format: &Format) -> String {
    let container = match format.container {
        Container::Webm => "WebM",
        Container::Mp4 => "MP4",
        Container::Ogg => "Ogg",
    };
    let codecs = match (format.video, format.audio) {
        (Some(video), Some(audio)) => [video, audio].join(" + "),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => words.t("format.plain").to_owned(),
    };
    [container, &codecs].join(" · ")
}

/// The type of a take.
pub fn take_type(words: Words, record: &TakeRecord) -> String {
    match FORMATS.iter().find(|format| format.mime == record.mime) {
        Some(known) => format(words, known),
        None => record.extension.to_ascii_uppercase(),
    }
}

/// The name that the person gave, or what it is of.
pub fn take_title(words: Words, record: &TakeRecord) -> String {
    if !record.title.is_empty() {
        return record.title.clone();
    }
    let source = Source::from_id(&record.source).unwrap_or_default();
    words.of("take.of.", source.id()).to_owned()
}

/// A length of time, roughly: hours, minutes or seconds.
pub fn roughly(words: Words, ms: f64) -> String {
    let minutes = (ms / 60_000.0) as u32;
    let (key, n) = match minutes {
        0 => ("time.seconds", (ms / 1_000.0) as u32),
        1..120 => ("time.minutes", minutes),
        _ => ("time.hours", minutes / 60),
    };
    words.with(key, &[("n", &n.to_string())])
}
