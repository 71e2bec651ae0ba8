use callreel_engine::constraints::{Bound, Preset, VideoRequest};

#[test]
fn a_preset_is_the_ideal_size_and_known_again() {
    for preset in Preset::ALL {
        let mut request = VideoRequest::default();
        preset.apply(&mut request);
        if let Some((width, height)) = preset.size() {
            assert_eq!(
                (&request.width, &request.height),
                (&Bound::Ideal(width), &Bound::Ideal(height))
            );
        }
        if preset != Preset::Custom {
            assert_eq!(Preset::of(&request), preset);
        }
        assert_eq!(Preset::from_id(preset.id()), Some(preset));
    }
}

#[test]
fn any_other_size_is_custom_and_stays() {
    let mut request = VideoRequest {
        width: Bound::Exact(1280),
        ..VideoRequest::default()
    };
    assert_eq!(Preset::of(&request), Preset::Custom);
    Preset::Custom.apply(&mut request);
    assert_eq!(request.width, Bound::Exact(1280));
    Preset::Auto.apply(&mut request);
    assert_eq!(request, VideoRequest::default());
}

#[test]
fn a_preset_leaves_the_rest_of_the_request() {
    let mut request = VideoRequest {
        frame_rate: Bound::Exact(30.0),
        ..VideoRequest::default()
    };
    Preset::Hd.apply(&mut request);
    assert_eq!(request.frame_rate, Bound::Exact(30.0));
    assert_eq!(Preset::of(&request), Preset::Hd);
}

#[test]
fn labels_name_their_sizes() {
    for preset in Preset::ALL {
        if let Some((width, height)) = preset.size() {
            assert!(
                preset.label().ends_with(&format!("{width} × {height}")),
                "{}",
                preset.label()
            );
        }
    }
}
