//! The lists of types are those that the browsers named.

use callreel_engine::formats::{
    Container, FORMATS, Format, FormatOrder, Media, Timeslice, choose, offered,
};

const CHROMIUM: &[&str] = &[
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=h264,opus",
    "video/webm",
    "video/webm;codecs=av1,opus",
    "video/mp4;codecs=\"avc1.42E01E,opus\"",
    "video/mp4;codecs=vp9,opus",
    "video/mp4;codecs=av01,opus",
    "video/mp4",
    "audio/webm;codecs=opus",
    "audio/webm",
    "audio/mp4;codecs=opus",
    "audio/mp4",
];
const FIREFOX: &[&str] = &[
    "video/webm;codecs=vp8,opus",
    "video/webm",
    "audio/webm;codecs=opus",
    "audio/webm",
    "audio/ogg;codecs=opus",
];
const OLD_SAFARI: &[&str] = &["video/mp4", "audio/mp4"];

fn has(list: &'static [&'static str]) -> impl Fn(&str) -> bool {
    move |mime| list.contains(&mime)
}

fn ids(formats: &[&Format]) -> Vec<&'static str> {
    formats.iter().map(|format| format.id).collect()
}

fn id(format: Option<&Format>) -> Option<&'static str> {
    format.map(|format| format.id)
}

#[test]
fn chromium_offers_its_own_in_the_default_order() {
    assert_eq!(
        ids(&offered(Media::Video, has(CHROMIUM))),
        [
            "webm-vp9-opus",
            "webm-vp8-opus",
            "webm-h264-opus",
            "webm-av1-opus",
            "mp4-h264-opus",
            "mp4-vp9-opus",
            "mp4-av1-opus",
        ]
    );
    assert_eq!(
        ids(&offered(Media::Audio, has(CHROMIUM))),
        ["audio-webm-opus", "audio-mp4-opus"]
    );
}

#[test]
fn firefox_offers_what_it_has() {
    assert_eq!(ids(&offered(Media::Video, has(FIREFOX))), ["webm-vp8-opus"]);
    assert_eq!(
        ids(&offered(Media::Audio, has(FIREFOX))),
        ["audio-webm-opus", "audio-ogg-opus"]
    );
}

#[test]
fn plain_types_are_offered_where_nothing_is_said_of_codecs() {
    assert_eq!(ids(&offered(Media::Video, has(OLD_SAFARI))), ["mp4"]);
    assert_eq!(
        ids(&offered(Media::Video, has(&["video/webm", "video/mp4"]))),
        ["webm", "mp4"]
    );
    assert_eq!(
        ids(&offered(
            Media::Video,
            has(&["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"])
        )),
        ["webm-vp8-opus", "mp4"]
    );
}

#[test]
fn the_chosen_one_then_the_order_then_the_first() {
    let choose = |order, chosen, list| id(choose(order, chosen, Media::Video, has(list)));
    let (default, h264) = (FormatOrder::Default, FormatOrder::H264First);
    assert_eq!(choose(default, None, CHROMIUM), Some("webm-vp9-opus"));
    assert_eq!(choose(h264, None, CHROMIUM), Some("webm-h264-opus"));
    assert_eq!(
        choose(h264, Some("webm-av1-opus"), CHROMIUM),
        Some("webm-av1-opus")
    );
    assert_eq!(
        choose(default, Some("webm-av1-opus"), FIREFOX),
        Some("webm-vp8-opus")
    );
    assert_eq!(choose(h264, None, FIREFOX), Some("webm-vp8-opus"));
    assert_eq!(
        choose(default, Some("no such thing"), OLD_SAFARI),
        Some("mp4")
    );
    assert_eq!(choose(default, None, &[]), None);
}

#[test]
fn a_format_of_the_other_media_is_not_taken() {
    let chosen = Some("audio-webm-opus");
    let format = choose(FormatOrder::Default, chosen, Media::Video, has(CHROMIUM));
    assert_eq!(id(format), Some("webm-vp9-opus"));
}

#[test]
fn the_list_is_sound() {
    for (place, format) in FORMATS.iter().enumerate() {
        assert_eq!(Format::from_id(format.id), Some(format));
        assert!(
            FORMATS[place + 1..]
                .iter()
                .all(|other| other.mime != format.mime)
        );
        let media = if format.mime.starts_with("video/") {
            Media::Video
        } else {
            Media::Audio
        };
        assert_eq!(format.media, media);
        assert_eq!(format.joinable, format.container == Container::Webm);
        assert_eq!(format.plain, !format.mime.contains("codecs="));
        assert_eq!(format.plain, format.audio.is_none());
    }
}

#[test]
fn a_timeslice_stays_in_its_limits() {
    assert_eq!(Timeslice::default().ms(), 1_000);
    assert_eq!(Timeslice::new(0).ms(), 10);
    assert_eq!(Timeslice::new(250).ms(), 250);
    assert_eq!(Timeslice::new(u32::MAX).ms(), 10_000);
}
