use callreel_engine::comparison::{Span, TrackCapabilities, TrackSettings};
use callreel_engine::constraints::{AudioRequest, Bound, Facing, Property, VideoRequest};

fn camera() -> TrackCapabilities {
    TrackCapabilities {
        width: Some(Span { min: 1, max: 1920 }),
        height: Some(Span { min: 1, max: 1080 }),
        frame_rate: Some(Span {
            min: 0.0,
            max: 30.0,
        }),
        ..TrackCapabilities::default()
    }
}

#[test]
fn the_named_demand_becomes_a_wish_that_can_be_met() {
    let request = VideoRequest {
        width: Bound::Exact(3840),
        height: Bound::Exact(720),
        ..VideoRequest::default()
    };
    let nearest = request
        .nearest("width", &camera())
        .expect("the width can give way");
    assert_eq!(nearest.changed, [Property::Width]);
    assert_eq!(
        nearest.request,
        VideoRequest {
            width: Bound::Ideal(1920),
            ..request
        }
    );
}

#[test]
fn a_lower_limit_gives_way_too() {
    let request = VideoRequest {
        frame_rate: Bound::range(Some(60.0), None, None).expect("one limit"),
        ..VideoRequest::default()
    };
    let nearest = request
        .nearest("frameRate", &camera())
        .expect("the rate can give way");
    assert_eq!(nearest.request.frame_rate, Bound::Ideal(30.0));
}

#[test]
fn without_capabilities_the_wish_stays() {
    let request = VideoRequest {
        width: Bound::Exact(3840),
        ..VideoRequest::default()
    };
    let nearest = request.nearest("width", &TrackCapabilities::default());
    assert_eq!(
        nearest.map(|nearest| nearest.request.width),
        Some(Bound::Ideal(3840))
    );
}

#[test]
fn a_value_that_is_possible_alone_stays_as_a_wish() {
    let request = VideoRequest {
        width: Bound::Exact(1280),
        ..VideoRequest::default()
    };
    let nearest = request.nearest("width", &camera());
    assert_eq!(
        nearest.map(|nearest| nearest.request.width),
        Some(Bound::Ideal(1280))
    );
}

#[test]
fn a_hidden_or_strange_name_relaxes_every_demand() {
    let request = VideoRequest {
        device: Bound::Exact("gone".to_owned()),
        width: Bound::Ideal(640),
        facing_mode: Bound::Exact(Facing::User),
        ..VideoRequest::default()
    };
    for name in ["", "groupId", "height"] {
        let nearest = request.nearest(name, &camera()).expect("two demands");
        assert_eq!(
            nearest.changed,
            [Property::Device, Property::FacingMode],
            "{name}"
        );
        assert_eq!(nearest.request.device, Bound::Ideal("gone".to_owned()));
        assert_eq!(nearest.request.width, Bound::Ideal(640));
    }
}

#[test]
fn wishes_have_nothing_to_give() {
    let request = VideoRequest {
        width: Bound::Ideal(640),
        ..VideoRequest::default()
    };
    assert_eq!(request.nearest("width", &camera()), None);
    assert_eq!(AudioRequest::default().nearest("", &camera()), None);
}

#[test]
fn what_was_relaxed_is_not_refused_again() {
    let mut request = VideoRequest {
        device: Bound::Exact("gone".to_owned()),
        width: Bound::Exact(1),
        height: Bound::Exact(2),
        frame_rate: Bound::Exact(500.0),
        aspect_ratio: Bound::Exact(3.0),
        facing_mode: Bound::Exact(Facing::Left),
    };
    let mut tries = 0;
    while let Some(nearest) = request.nearest("frameRate", &camera()) {
        request = nearest.request;
        tries += 1;
    }
    assert_eq!(tries, 2, "the named one, then all");
    assert!(!request.to_json().contains("exact"));
}

#[test]
fn a_microphone_gives_way_as_well() {
    let request = AudioRequest {
        echo_cancellation: Bound::Exact(true),
        channel_count: Bound::Exact(8),
        sample_rate: Bound::Exact(7),
        ..AudioRequest::default()
    };
    let possible = TrackCapabilities {
        channel_count: Some(Span { min: 1, max: 2 }),
        sample_rate: Some(Span {
            min: 44_100,
            max: 48_000,
        }),
        ..TrackCapabilities::default()
    };
    let request = request
        .nearest("channelCount", &possible)
        .expect("channels")
        .request;
    assert_eq!(request.channel_count, Bound::Ideal(2));
    let request = request
        .nearest("sampleRate", &possible)
        .expect("rate")
        .request;
    assert_eq!(request.sample_rate, Bound::Ideal(44_100));
    let request = request
        .nearest("echoCancellation", &possible)
        .expect("echo")
        .request;
    assert_eq!(request.echo_cancellation, Bound::Ideal(true));
}

#[test]
fn what_came_instead_is_asked_for() {
    let request = VideoRequest {
        width: Bound::Exact(1921),
        frame_rate: Bound::Exact(240.0),
        ..VideoRequest::default()
    };
    let given = TrackSettings {
        width: Some(1920),
        frame_rate: Some(30.0),
        ..TrackSettings::default()
    };
    let nearest = request
        .nearest("width", &TrackCapabilities::from(&given))
        .expect("the width can give way");
    assert_eq!(nearest.request.width, Bound::Ideal(1920));
    assert_eq!(nearest.request.frame_rate, Bound::Exact(240.0));
}
