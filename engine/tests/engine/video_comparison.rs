//! Tables of cameras and screens; the numbers are those of real tracks where one was at hand.

use callreel_engine::comparison::{
    Delivered, Evidence, Row, Span, TrackCapabilities, TrackSettings, Verdict, compare_video,
};
use callreel_engine::constraints::{Bound, Facing, Property, VideoRequest};

fn camera() -> Evidence {
    Evidence {
        granted: TrackSettings {
            device_id: Some("cam".to_owned()),
            width: Some(640),
            height: Some(480),
            frame_rate: Some(30.0),
            aspect_ratio: Some(4.0 / 3.0),
            ..TrackSettings::default()
        },
        possible: TrackCapabilities {
            width: Some(Span { min: 1, max: 1920 }),
            height: Some(Span { min: 1, max: 1080 }),
            frame_rate: Some(Span {
                min: 0.0,
                max: 30.0,
            }),
            ..TrackCapabilities::default()
        },
        supported: Vec::new(),
        delivered: Delivered {
            width: Some(640),
            height: Some(480),
            frames_per_second: Some(29.4),
        },
    }
}

fn row(request: &VideoRequest, evidence: &Evidence, property: Property) -> Row {
    compare_video(request, evidence)
        .into_iter()
        .find(|row| row.property == property)
        .expect("every property has a row")
}

fn verdict(request: &VideoRequest, evidence: &Evidence, property: Property) -> Verdict {
    row(request, evidence, property).verdict
}

fn width(bound: Bound<u32>) -> VideoRequest {
    VideoRequest {
        width: bound,
        ..VideoRequest::default()
    }
}

fn rate(bound: Bound<f64>) -> VideoRequest {
    VideoRequest {
        frame_rate: bound,
        ..VideoRequest::default()
    }
}

#[test]
fn every_property_has_its_row() {
    let properties: Vec<Property> = compare_video(&VideoRequest::default(), &camera())
        .into_iter()
        .map(|row| row.property)
        .collect();
    assert_eq!(properties, Property::ALL[..6]);
}

#[test]
fn a_row_shows_all_four() {
    let request = width(Bound::range(Some(320), Some(640), Some(1280)).expect("they agree"));
    assert_eq!(
        row(&request, &camera(), Property::Width),
        Row {
            property: Property::Width,
            requested: "min 320 ideal 640 max 1280".to_owned(),
            granted: "640".to_owned(),
            possible: "1–1920".to_owned(),
            delivered: "640".to_owned(),
            verdict: Verdict::AsAsked,
        }
    );
    let ratio = row(&request, &camera(), Property::AspectRatio);
    assert_eq!(
        (ratio.granted.as_str(), ratio.delivered.as_str()),
        ("1.33", "1.33")
    );
    assert_eq!(
        row(&rate(Bound::Exact(30.0)), &camera(), Property::FrameRate).requested,
        "exact 30"
    );
}

#[test]
fn nothing_asked_is_nothing_to_explain() {
    assert_eq!(
        verdict(&VideoRequest::default(), &camera(), Property::Width),
        Verdict::NotAsked
    );
    assert_eq!(
        verdict(&VideoRequest::default(), &camera(), Property::FacingMode),
        Verdict::NotReported
    );
}

#[test]
fn more_than_the_device_can() {
    assert_eq!(
        verdict(&width(Bound::Ideal(3840)), &camera(), Property::Width),
        Verdict::OutOfRange {
            min: 1.0,
            max: 1920.0
        }
    );
    let sixty = rate(Bound::range(Some(60.0), None, None).expect("one limit"));
    assert_eq!(
        verdict(&sixty, &camera(), Property::FrameRate),
        Verdict::OutOfRange {
            min: 0.0,
            max: 30.0
        }
    );
}

#[test]
fn less_than_the_device_can() {
    assert_eq!(
        verdict(&width(Bound::Ideal(1280)), &camera(), Property::Width),
        Verdict::BrowserChose {
            asked: "1280".to_owned(),
            granted: "640".to_owned()
        }
    );
    let inside = width(Bound::range(Some(320), Some(800), Some(1280)).expect("they agree"));
    assert_eq!(
        verdict(&inside, &camera(), Property::Width),
        Verdict::BrowserChose {
            asked: "800".to_owned(),
            granted: "640".to_owned()
        }
    );
    let mut silent = camera();
    silent.possible = TrackCapabilities::default();
    assert!(matches!(
        verdict(&width(Bound::Ideal(3840)), &silent, Property::Width),
        Verdict::BrowserChose { .. }
    ));
}

#[test]
fn beyond_a_limit_names_the_limit() {
    let above = width(Bound::range(None, None, Some(320)).expect("one limit"));
    assert_eq!(
        verdict(&above, &camera(), Property::Width),
        Verdict::BrowserChose {
            asked: "320".to_owned(),
            granted: "640".to_owned()
        }
    );
    let both = width(Bound::range(Some(800), None, Some(1280)).expect("they agree"));
    assert_eq!(
        verdict(&both, &camera(), Property::Width),
        Verdict::BrowserChose {
            asked: "800".to_owned(),
            granted: "640".to_owned()
        }
    );
}

#[test]
fn cameras_are_not_exact_about_fractions() {
    let mut evidence = camera();
    evidence.granted.frame_rate = Some(30.000_030_517_578_125);
    assert_eq!(
        verdict(&rate(Bound::Exact(30.0)), &evidence, Property::FrameRate),
        Verdict::AsAsked
    );
    evidence.granted.frame_rate = Some(29.97);
    assert_eq!(
        verdict(&rate(Bound::Ideal(30.0)), &evidence, Property::FrameRate),
        Verdict::AsAsked
    );
    let ratio = VideoRequest {
        aspect_ratio: Bound::Ideal(1.333),
        ..VideoRequest::default()
    };
    assert_eq!(
        verdict(&ratio, &evidence, Property::AspectRatio),
        Verdict::AsAsked
    );
}

#[test]
fn sizes_are_exact() {
    let mut evidence = camera();
    evidence.granted.width = Some(1278);
    evidence.delivered.width = Some(1278);
    assert!(matches!(
        verdict(&width(Bound::Ideal(1280)), &evidence, Property::Width),
        Verdict::BrowserChose { .. }
    ));
}

#[test]
fn fewer_frames_than_granted() {
    let mut evidence = camera();
    evidence.delivered.frames_per_second = Some(14.8);
    let slow = Verdict::SlowerThanGranted {
        granted: 30.0,
        delivered: 14.8,
    };
    assert_eq!(
        verdict(&rate(Bound::Exact(30.0)), &evidence, Property::FrameRate),
        slow
    );
    assert_eq!(
        verdict(&VideoRequest::default(), &evidence, Property::FrameRate),
        slow
    );
    evidence.delivered.frames_per_second = Some(27.0);
    assert_eq!(
        verdict(&VideoRequest::default(), &evidence, Property::FrameRate),
        Verdict::NotAsked,
        "a measurement is not exact"
    );
}

#[test]
fn a_refusal_explains_more_than_a_slow_camera() {
    let mut evidence = camera();
    evidence.delivered.frames_per_second = Some(14.8);
    assert_eq!(
        verdict(&rate(Bound::Ideal(60.0)), &evidence, Property::FrameRate),
        Verdict::SlowerThanGranted {
            granted: 30.0,
            delivered: 14.8
        },
        "what arrives is what a person sees"
    );
}

#[test]
fn a_phone_held_upright() {
    let mut evidence = camera();
    evidence.granted.width = Some(480);
    evidence.granted.height = Some(640);
    evidence.delivered = Delivered {
        width: Some(480),
        height: Some(640),
        ..evidence.delivered
    };
    let vga = VideoRequest {
        width: Bound::Ideal(640),
        height: Bound::Ideal(480),
        ..VideoRequest::default()
    };
    assert_eq!(verdict(&vga, &evidence, Property::Width), Verdict::Rotated);
    assert_eq!(verdict(&vga, &evidence, Property::Height), Verdict::Rotated);
    let mut turned = camera();
    turned.delivered = evidence.delivered;
    assert_eq!(verdict(&vga, &turned, Property::Width), Verdict::Rotated);
}

#[test]
fn a_picture_of_another_size() {
    let mut evidence = camera();
    evidence.delivered.width = Some(320);
    assert_eq!(
        verdict(&width(Bound::Exact(640)), &evidence, Property::Width),
        Verdict::ScaledByBrowser {
            granted: 640,
            delivered: 320
        }
    );
    evidence.delivered.width = Some(0);
    assert_eq!(
        verdict(&width(Bound::Exact(640)), &evidence, Property::Width),
        Verdict::AsAsked,
        "no picture has come yet"
    );
}

#[test]
fn what_firefox_does_not_know() {
    let mut evidence = camera();
    evidence.supported = vec![Property::Width, Property::Height, Property::FrameRate];
    evidence.granted.aspect_ratio = None;
    let request = VideoRequest {
        aspect_ratio: Bound::Ideal(1.5),
        facing_mode: Bound::Ideal(Facing::User),
        ..VideoRequest::default()
    };
    let unknown = Verdict::NotSupportedByBrowser;
    assert_eq!(verdict(&request, &evidence, Property::AspectRatio), unknown);
    assert_eq!(verdict(&request, &evidence, Property::FacingMode), unknown);
    assert_eq!(
        verdict(&VideoRequest::default(), &evidence, Property::AspectRatio),
        Verdict::NotReported
    );
}

#[test]
fn a_direction_and_a_device() {
    let mut evidence = camera();
    evidence.granted.facing_mode = Some(Facing::Environment);
    evidence.possible.facing_mode = Some(vec![Facing::User, Facing::Environment]);
    let mut request = VideoRequest {
        facing_mode: Bound::Ideal(Facing::User),
        ..VideoRequest::default()
    };
    request.device = Bound::Exact("cam".to_owned());
    let facing = row(&request, &evidence, Property::FacingMode);
    assert_eq!(
        (
            facing.requested.as_str(),
            facing.granted.as_str(),
            facing.possible.as_str()
        ),
        ("ideal user", "environment", "user, environment")
    );
    assert_eq!(
        facing.verdict,
        Verdict::BrowserChose {
            asked: "user".to_owned(),
            granted: "environment".to_owned()
        }
    );
    assert_eq!(
        verdict(&request, &evidence, Property::Device),
        Verdict::AsAsked
    );
}

#[test]
fn before_anything_is_known() {
    for row in compare_video(&VideoRequest::default(), &Evidence::default()) {
        assert_eq!(row.verdict, Verdict::NotReported);
        assert_eq!(
            (row.granted, row.possible, row.delivered),
            Default::default()
        );
    }
}
