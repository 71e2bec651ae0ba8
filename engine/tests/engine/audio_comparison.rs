use callreel_engine::comparison::{
    Evidence, Row, Span, TrackCapabilities, TrackSettings, Verdict, compare_audio,
};
use callreel_engine::constraints::{AudioRequest, Bound, Property};

/// What Chromium says about a microphone.
fn microphone() -> Evidence {
    Evidence {
        granted: TrackSettings {
            device_id: Some("default".to_owned()),
            sample_rate: Some(48_000),
            channel_count: Some(1),
            echo_cancellation: Some(true),
            noise_suppression: Some(true),
            auto_gain_control: Some(true),
            ..TrackSettings::default()
        },
        possible: TrackCapabilities {
            sample_rate: Some(Span {
                min: 48_000,
                max: 48_000,
            }),
            channel_count: Some(Span { min: 1, max: 2 }),
            echo_cancellation: Some(vec![true, false]),
            ..TrackCapabilities::default()
        },
        ..Evidence::default()
    }
}

fn row(request: &AudioRequest, evidence: &Evidence, property: Property) -> Row {
    compare_audio(request, evidence)
        .into_iter()
        .find(|row| row.property == property)
        .expect("every property has a row")
}

#[test]
fn switches_are_words() {
    let request = AudioRequest {
        echo_cancellation: Bound::Exact(true),
        ..AudioRequest::default()
    };
    assert_eq!(
        row(&request, &microphone(), Property::EchoCancellation),
        Row {
            property: Property::EchoCancellation,
            requested: "exact true".to_owned(),
            granted: "true".to_owned(),
            possible: "true, false".to_owned(),
            delivered: String::new(),
            verdict: Verdict::AsAsked,
        }
    );
}

#[test]
fn a_switch_that_the_browser_leaves_as_it_was() {
    let request = AudioRequest {
        noise_suppression: Bound::Ideal(false),
        ..AudioRequest::default()
    };
    assert_eq!(
        row(&request, &microphone(), Property::NoiseSuppression).verdict,
        Verdict::BrowserChose {
            asked: "false".to_owned(),
            granted: "true".to_owned()
        }
    );
}

#[test]
fn channels_and_rates_are_numbers() {
    let request = AudioRequest {
        channel_count: Bound::Ideal(2),
        sample_rate: Bound::Ideal(16_000),
        ..AudioRequest::default()
    };
    let channels = row(&request, &microphone(), Property::ChannelCount);
    assert_eq!(channels.possible, "1–2");
    assert!(matches!(channels.verdict, Verdict::BrowserChose { .. }));
    let rate = row(&request, &microphone(), Property::SampleRate);
    assert_eq!(rate.possible, "48000", "one value");
    assert_eq!(
        rate.verdict,
        Verdict::OutOfRange {
            min: 48_000.0,
            max: 48_000.0
        }
    );
}

#[test]
fn what_firefox_does_not_know() {
    let mut evidence = microphone();
    evidence.granted.sample_rate = None;
    evidence.supported = vec![Property::EchoCancellation, Property::ChannelCount];
    let request = AudioRequest {
        sample_rate: Bound::Ideal(16_000),
        ..AudioRequest::default()
    };
    let rate = row(&request, &evidence, Property::SampleRate);
    assert_eq!(rate.verdict, Verdict::NotSupportedByBrowser);
    assert_eq!(
        (rate.requested.as_str(), rate.granted.as_str()),
        ("ideal 16000", "")
    );
}

#[test]
fn nothing_is_asked_of_a_default_microphone() {
    let rows = compare_audio(&AudioRequest::default(), &microphone());
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| row.verdict == Verdict::NotAsked));
}
