//! What is remembered of an upload, and what the server is told of it.

use callreel_engine::upload::{UploadNote, metadata};
use proptest::prelude::*;

#[test]
fn a_note_is_read_as_it_was_written() {
    let note = UploadNote {
        server: "https://callreel.example".into(),
        key: "k".repeat(64),
        recording: Some("00ff10a90123456789abcdef00000001".into()),
        attempt: 3,
        paused: true,
        complete: false,
        address: Some("https://callreel.example/recordings/00ff/media?view=1".into()),
        leaves: true,
        renamed: true,
    };
    assert_eq!(UploadNote::from_json(&note.to_json()), Some(note));
    let empty = UploadNote::default();
    assert_eq!(UploadNote::from_json(&empty.to_json()), Some(empty));
}

#[test]
fn what_is_no_id_never_becomes_part_of_an_address() {
    for id in ["../../secret", "", "00FF10A90123456789ABCDEF00000001", "0"] {
        let text = format!(r#"{{"server":"","recording":"{id}"}}"#);
        let note = UploadNote::from_json(&text).expect("it is a note");
        assert_eq!(note.recording, None, "{id}");
    }
}

#[test]
fn metadata_is_what_a_tus_server_reads() {
    assert_eq!(metadata(&[]), "");
    // RFC 4648, section 10.
    let vectors = [
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];
    for (plain, encoded) in vectors {
        assert_eq!(metadata(&[("title", plain)]), ["title ", encoded].concat());
    }
    let pairs = [("title", "周一"), ("room", ""), ("take", "?>~")];
    assert_eq!(metadata(&pairs), "title 5ZGo5LiA,take Pz5+");
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn any_text_is_a_note_or_none(text in ".{0,80}") {
        let _ = UploadNote::from_json(&text);
    }
}
