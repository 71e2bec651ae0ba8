use callreel_engine::constraints::{AudioRequest, Bound, Facing, Preset, VideoRequest};
use callreel_engine::devices::Remembered;
use callreel_engine::formats::{FormatOrder, Timeslice};
use callreel_engine::settings::{Filter, Settings, Source, Theme};
use proptest::prelude::*;

fn everything_changed() -> Settings {
    let remembered = |id: &str| {
        Some(Remembered {
            id: id.to_owned(),
            label: format!("{id} \"🎥\" \\ \n"),
            ideal: id == "microphone",
        })
    };
    let text = |text: &str| Some(text.to_owned());
    Settings {
        source: Source::ScreenWithCamera,
        camera: remembered("camera"),
        microphone: remembered("microphone"),
        speaker: remembered("speaker"),
        video: VideoRequest {
            device: Bound::None,
            width: Bound::Ideal(1280),
            height: Bound::Exact(720),
            frame_rate: Bound::range(Some(10.0), Some(29.97), Some(60.0)).expect("they agree"),
            aspect_ratio: Bound::Ideal(1.5),
            facing_mode: Bound::Exact(Facing::Environment),
        },
        audio: AudioRequest {
            device: Bound::Ideal("microphone".to_owned()),
            echo_cancellation: Bound::Exact(false),
            noise_suppression: Bound::Ideal(true),
            auto_gain_control: Bound::Ideal(false),
            channel_count: Bound::range(Some(1), None, Some(2)).expect("they agree"),
            sample_rate: Bound::Ideal(48_000),
        },
        preset: Preset::Custom,
        video_format: text("webm-av1-opus"),
        audio_format: text("audio-ogg-opus"),
        format_order: FormatOrder::H264First,
        video_bits_per_second: Some(3_000_000),
        audio_bits_per_second: Some(96_000),
        timeslice: Timeslice::new(250),
        filter: Filter::Sepia,
        mirror: false,
        mic_with_screen: false,
        system_audio: false,
        locale: text("zh-CN"),
        theme: Theme::Dark,
        server: text("https://reel.example:8443/"),
        upload: false,
        keep_uploaded: false,
    }
}

#[test]
fn everything_is_remembered() {
    for settings in [Settings::default(), everything_changed()] {
        let json = settings.to_json();
        assert_eq!(Settings::from_json(&json), settings, "{json}");
        assert!(
            serde_json::from_str::<serde_json::Value>(&json).is_ok(),
            "{json}"
        );
    }
}

#[test]
fn nothing_stored_is_the_default() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "\"x\"",
        "{\"source\":",
        "[[[[",
        "{]",
    ] {
        assert_eq!(Settings::from_json(text), Settings::default(), "{text}");
    }
}

#[test]
fn a_bad_field_costs_only_itself() {
    let text = r#"{
        "source": "hologram", "camera": 7, "microphone": {"id": 3, "label": "Mic", "ideal": "yes"},
        "speaker": {"ideal": true},
        "video": {"width": {"min": 9, "max": 3}, "height": {"ideal": -1},
                  "frameRate": {"exact": 30}, "facingMode": {"exact": "up"}},
        "audio": "loud", "preset": null, "timesliceMs": 1e9, "filter": ["blur"],
        "videoBitsPerSecond": -5, "audioBitsPerSecond": 1.5, "mirror": "yes",
        "theme": "dark", "locale": "", "future": {"deep": [1, {"x": []}]}
    }"#;
    let settings = Settings::from_json(text);
    assert_eq!(
        settings,
        Settings {
            microphone: Some(Remembered {
                id: String::new(),
                label: "Mic".to_owned(),
                ideal: false,
            }),
            video: VideoRequest {
                frame_rate: Bound::Exact(30.0),
                ..VideoRequest::default()
            },
            timeslice: Timeslice::new(10_000),
            theme: Theme::Dark,
            ..Settings::default()
        }
    );
}

#[test]
fn a_text_without_end_is_not_kept() {
    let text = format!(r#"{{"locale":"{}","theme":"light"}}"#, "x".repeat(5_000));
    let settings = Settings::from_json(&text);
    assert_eq!((settings.locale, settings.theme), (None, Theme::Light));
}

#[test]
fn a_text_without_bottom_is_refused() {
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Settings::from_json(&deep), Settings::default());
}

#[test]
fn texts_are_read_as_javascript_writes_them() {
    let read = |json: &str| {
        let text = format!(r#"{{"locale":{json}}}"#);
        Settings::from_json(&text).locale
    };
    assert_eq!(
        read(r#""\u00e9\u4e2d\ud83c\udfa5\/\b\f\n\r\t\"\\""#).as_deref(),
        Some("é中🎥/\u{8}\u{c}\n\r\t\"\\")
    );
    assert_eq!(
        read(r#""\ud83cx""#).as_deref(),
        Some("\u{fffd}x"),
        "half a pair"
    );
    assert_eq!(
        read(r#""\udfa5""#).as_deref(),
        Some("\u{fffd}"),
        "the other half"
    );
    assert_eq!(read(r#""\u12"}"#), None);
    assert_eq!(read("\"a\nb\""), None, "a bare line end is no JSON");
}

#[test]
fn every_choice_has_its_own_id() {
    assert!(
        Source::ALL
            .iter()
            .all(|choice| Source::from_id(choice.id()) == Some(*choice))
    );
    assert!(
        Filter::ALL
            .iter()
            .all(|choice| Filter::from_id(choice.id()) == Some(*choice))
    );
    assert!(
        Theme::ALL
            .iter()
            .all(|choice| Theme::from_id(choice.id()) == Some(*choice))
    );
    assert!(
        FormatOrder::ALL
            .iter()
            .all(|choice| FormatOrder::from_id(choice.id()) == Some(*choice))
    );
    assert_eq!(Filter::None.css(), "none");
}

proptest! {
    #![proptest_config(crate::cases(3_000))]

    #[test]
    fn any_text_gives_settings_that_last(text in any::<String>()) {
        let settings = Settings::from_json(&text);
        prop_assert_eq!(Settings::from_json(&settings.to_json()), settings);
    }

    #[test]
    fn any_damage_gives_settings_that_last(
        at in any::<prop::sample::Index>(), length in 0..9_usize, patch in "[\\[\\]{}\":,0-9eE.\\\\ut-]{0,9}",
    ) {
        let mut text = everything_changed().to_json();
        let start = text.floor_char_boundary(at.index(text.len()));
        let end = text.ceil_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, &patch);
        let settings = Settings::from_json(&text);
        prop_assert_eq!(Settings::from_json(&settings.to_json()), settings);
        if Settings::from_json(&text) != Settings::default() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || at_odds(&text));
        }
    }

    #[test]
    fn any_words_are_remembered(id in "\\PC{0,40}", label in any::<String>(), ideal in any::<bool>(), server in "\\PC{1,80}") {
        let mut settings = Settings { server: Some(server), ..Settings::default() };
        settings.camera = (id.len() + label.len() > 0).then_some(Remembered { id, label, ideal });
        prop_assert_eq!(Settings::from_json(&settings.to_json()), settings);
    }

    #[test]
    fn numbers_are_read_as_serde_reads_them(number in "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?") {
        let text = format!(r#"{{"video":{{"frameRate":{{"exact":{number}}}}}}}"#);
        let read = Settings::from_json(&text).video.frame_rate;
        let expected: f64 = number.parse().expect("it is a number");
        match read {
            Bound::Exact(read) => prop_assert!((read - expected).abs() <= expected.abs() * 1e-12),
            _ => prop_assert!(expected < 0.0, "{}", number),
        }
    }
}

/// Whether the strict reader is stricter than ours on purpose: it knows duplicate keys, leading
/// zeros and lone surrogates, none of which is worth losing settings for.
fn at_odds(text: &str) -> bool {
    text.contains("\\u") || text.contains(":0") || text.contains(":-") || text.contains(",0")
}
