use callreel_engine::constraints::{
    AudioRequest, Bound, Facing, Measure, VideoRequest, stream_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("it is JSON")
}

fn range<T: Measure + std::fmt::Debug>(
    min: Option<T>,
    ideal: Option<T>,
    max: Option<T>,
) -> Bound<T> {
    Bound::range(min, ideal, max).expect("the limits agree")
}

#[test]
fn nothing_asked_is_an_empty_object() {
    assert_eq!(VideoRequest::default().to_json(), "{}");
    assert_eq!(AudioRequest::default().to_json(), "{}");
}

#[test]
fn every_form_of_a_video_request() {
    let request = VideoRequest {
        device: Bound::Exact("cam\"era".to_owned()),
        width: Bound::Exact(1280),
        height: range(Some(480), Some(720), Some(1080)),
        frame_rate: range(None, None, Some(29.97)),
        aspect_ratio: Bound::Ideal(16.0 / 9.0),
        facing_mode: Bound::Ideal(Facing::Environment),
    };
    assert_eq!(
        request.to_json(),
        concat!(
            r#"{"deviceId":{"exact":"cam\"era"},"width":{"exact":1280},"#,
            r#""height":{"min":480,"ideal":720,"max":1080},"frameRate":{"max":29.97},"#,
            r#""aspectRatio":{"ideal":1.777778},"facingMode":{"ideal":"environment"}}"#
        )
    );
}

#[test]
fn every_form_of_an_audio_request() {
    let request = AudioRequest {
        device: Bound::Ideal("mic".to_owned()),
        echo_cancellation: Bound::Exact(false),
        noise_suppression: Bound::Ideal(true),
        auto_gain_control: Bound::None,
        channel_count: Bound::Ideal(2),
        sample_rate: range(Some(44_100), None, None),
    };
    assert_eq!(
        parse(&request.to_json()),
        json!({
            "deviceId": {"ideal": "mic"},
            "echoCancellation": {"exact": false},
            "noiseSuppression": {"ideal": true},
            "channelCount": {"ideal": 2},
            "sampleRate": {"min": 44100},
        })
    );
}

#[test]
fn a_stream_names_both_kinds() {
    let hd = VideoRequest {
        width: Bound::Ideal(1280),
        ..VideoRequest::default()
    };
    assert_eq!(
        stream_json(Some(&hd), Some(&AudioRequest::default())),
        r#"{"video":{"width":{"ideal":1280}},"audio":true}"#
    );
    assert_eq!(
        stream_json(None, Some(&AudioRequest::default())),
        r#"{"video":false,"audio":true}"#
    );
}

#[test]
fn a_screen_gets_no_demands() {
    let request = VideoRequest {
        device: Bound::Exact("camera".to_owned()),
        width: Bound::Exact(1280),
        height: range(Some(480), None, Some(1080)),
        frame_rate: range(Some(10.0), Some(15.0), None),
        aspect_ratio: range(Some(1.0), None, None),
        facing_mode: Bound::Exact(Facing::User),
    };
    assert_eq!(
        parse(&request.for_screen().to_json()),
        json!({
            "width": {"ideal": 1280},
            "height": {"max": 1080},
            "frameRate": {"ideal": 15},
            "aspectRatio": {"ideal": 1},
        })
    );
}

proptest! {
    #![proptest_config(crate::cases(1_000))]

    #[test]
    fn any_id_and_any_number_survive(id in any::<String>(), rate in 0.0..1e6_f64) {
        let request = VideoRequest {
            device: Bound::Exact(id.clone()),
            frame_rate: Bound::Ideal(rate),
            ..VideoRequest::default()
        };
        let json = parse(&request.to_json());
        prop_assert_eq!(json["deviceId"]["exact"].as_str(), Some(id.as_str()));
        let read = json["frameRate"]["ideal"].as_f64().expect("a number");
        // Six decimals; halfway between two of them the last bit decides.
        prop_assert!((read - rate).abs() < 0.51e-6, "{} for {}", read, rate);
    }
}
