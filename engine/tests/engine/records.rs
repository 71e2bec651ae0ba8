//! Records of takes, as they are kept.

use callreel_engine::record::{RecordState, TakeRecord};

fn record() -> TakeRecord {
    TakeRecord {
        id: "00ff".repeat(8),
        title: "讲座 \"4\" <b>\n".to_owned(),
        mime: "video/webm;codecs=vp9,opus".to_owned(),
        extension: "webm".to_owned(),
        source: "camera".to_owned(),
        created_at: 1_795_161_600_123.0,
        duration_ms: 5_123.5,
        size: 9_007_199_254_740_991,
        state: RecordState::Recovered,
        media: vec![(312, 4_000_000_000), (4_000_000_100, 5_000_000_000)],
        room: "kitchen".into(),
        participant: "Ann".into(),
        gap_ms: Some(33.0),
    }
}

#[test]
fn a_record_comes_back_as_it_was() {
    assert_eq!(TakeRecord::from_json(&record().to_json()), record());
    let empty = TakeRecord::default();
    assert_eq!(TakeRecord::from_json(&empty.to_json()), empty);
}

#[test]
fn damage_costs_a_field_not_the_take() {
    assert_eq!(TakeRecord::from_json("{"), TakeRecord::default());
    assert_eq!(TakeRecord::from_json("[1]"), TakeRecord::default());
    let read = TakeRecord::from_json(r#"{"id":"a","title":7,"state":"new","size":"x","mime":"m"}"#);
    let expected = TakeRecord {
        id: "a".into(),
        mime: "m".into(),
        ..TakeRecord::default()
    };
    assert_eq!(read, expected);
}

#[test]
fn half_a_list_of_ranges_is_none() {
    for bad in ["1-2,3", "1-2,x-4", "5-4", "-", "1-2,,3-4"] {
        let json = format!(r#"{{"media":"{bad}"}}"#);
        assert_eq!(TakeRecord::from_json(&json).media, [], "{bad}");
    }
}

#[test]
fn a_file_of_which_nothing_is_known_is_tried_as_webm() {
    assert!(TakeRecord::default().is_webm());
    assert!(record().is_webm());
    let mp4 = TakeRecord {
        mime: "video/mp4".into(),
        ..TakeRecord::default()
    };
    assert!(!mp4.is_webm());
}
