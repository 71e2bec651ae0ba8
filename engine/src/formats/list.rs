//! The ordered list of formats.

use super::{Container, Format, Media};

const H264: &str = "H.264";
const VP8: &str = "VP8";
const VP9: &str = "VP9";
const AV1: &str = "AV1";
const OPUS: &str = "Opus";
const AAC: &str = "AAC";

/// Every format that is tried, the preferred ones first: within video those that most browsers
/// play, then those worth choosing by hand, then MP4 for browsers that write nothing else.
pub const FORMATS: &[Format] = &[
    webm("webm-vp9-opus", "video/webm;codecs=vp9,opus", VP9),
    webm("webm-vp8-opus", "video/webm;codecs=vp8,opus", VP8),
    webm("webm-h264-opus", "video/webm;codecs=h264,opus", H264),
    plain("webm", "video/webm", Container::Webm, Media::Video),
    webm("webm-av1-opus", "video/webm;codecs=av1,opus", AV1),
    mp4(
        "mp4-h264-aac",
        "video/mp4;codecs=\"avc1.42E01E,mp4a.40.2\"",
        H264,
        AAC,
    ),
    mp4(
        "mp4-h264-opus",
        "video/mp4;codecs=\"avc1.42E01E,opus\"",
        H264,
        OPUS,
    ),
    mp4(
        "mp4-vp9-aac",
        "video/mp4;codecs=\"vp9,mp4a.40.2\"",
        VP9,
        AAC,
    ),
    mp4("mp4-vp9-opus", "video/mp4;codecs=vp9,opus", VP9, OPUS),
    mp4(
        "mp4-av1-aac",
        "video/mp4;codecs=\"av01,mp4a.40.2\"",
        AV1,
        AAC,
    ),
    mp4("mp4-av1-opus", "video/mp4;codecs=av01,opus", AV1, OPUS),
    plain("mp4", "video/mp4", Container::Mp4, Media::Video),
    audio(
        "audio-webm-opus",
        "audio/webm;codecs=opus",
        Container::Webm,
        OPUS,
    ),
    plain("audio-webm", "audio/webm", Container::Webm, Media::Audio),
    audio(
        "audio-ogg-opus",
        "audio/ogg;codecs=opus",
        Container::Ogg,
        OPUS,
    ),
    audio(
        "audio-mp4-aac",
        "audio/mp4;codecs=mp4a.40.2",
        Container::Mp4,
        AAC,
    ),
    audio(
        "audio-mp4-opus",
        "audio/mp4;codecs=opus",
        Container::Mp4,
        OPUS,
    ),
    plain("audio-mp4", "audio/mp4", Container::Mp4, Media::Audio),
];

const fn webm(id: &'static str, mime: &'static str, video: &'static str) -> Format {
    Format {
        id,
        mime,
        container: Container::Webm,
        video: Some(video),
        audio: Some(OPUS),
        media: Media::Video,
        plain: false,
        extension: "webm",
        joinable: true,
    }
}

const fn mp4(
    id: &'static str,
    mime: &'static str,
    video: &'static str,
    audio: &'static str,
) -> Format {
    Format {
        id,
        mime,
        container: Container::Mp4,
        video: Some(video),
        audio: Some(audio),
        media: Media::Video,
        plain: false,
        extension: "mp4",
        joinable: false,
    }
}

const fn audio(
    id: &'static str,
    mime: &'static str,
    container: Container,
    audio: &'static str,
) -> Format {
    Format {
        id,
        mime,
        container,
        video: None,
        audio: Some(audio),
        media: Media::Audio,
        plain: false,
        extension: extension(container, Media::Audio),
        joinable: matches!(container, Container::Webm),
    }
}

const fn plain(id: &'static str, mime: &'static str, container: Container, media: Media) -> Format {
    Format {
        id,
        mime,
        container,
        video: None,
        audio: None,
        media,
        plain: true,
        extension: extension(container, media),
        joinable: matches!(container, Container::Webm),
    }
}

const fn extension(container: Container, media: Media) -> &'static str {
    match (container, media) {
        (Container::Webm, _) => "webm",
        (Container::Mp4, Media::Video) => "mp4",
        (Container::Mp4, Media::Audio) => "m4a",
        (Container::Ogg, _) => "ogg",
    }
}
