//! Every sample in PROTOCOL.md is what the server takes or sends.

use std::fmt::Debug;

use callreel_protocol::{
    ClientMessage, ErrorAnswer, FromRecordSocket, IceServers, Recording, RecordingChanges,
    RecordingPage, RoomView, ServerMessage, ToRecordSocket,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const DESCRIPTION: &str = include_str!("../../../PROTOCOL.md");

/// Samples of a kind: what stands behind the language in a fence.
fn samples(kind: &str) -> Vec<&'static str> {
    let fence = format!("```json {kind}\n");
    let behind = DESCRIPTION.split(fence.as_str()).skip(1);
    let samples: Vec<_> = behind
        .filter_map(|it| Some(it.split_once("```")?.0))
        .collect();
    assert!(!samples.is_empty(), "there is no sample of {kind}");
    samples
}

/// Reads every sample and writes it again.
fn check<T: DeserializeOwned + Serialize + Debug>(kind: &str) {
    for sample in samples(kind) {
        let read: T =
            serde_json::from_str(sample).unwrap_or_else(|error| panic!("{error} in {sample}"));
        let written = serde_json::to_value(&read).expect("it can be written");
        let expected: Value = serde_json::from_str(sample).expect("it was read");
        assert_eq!(written, expected);
    }
}

#[test]
fn every_sample_is_read_and_written_as_it_stands() {
    check::<ErrorAnswer>("error");
    check::<Recording>("recording");
    check::<RecordingPage>("page");
    check::<RecordingChanges>("changes");
    check::<ToRecordSocket>("to-socket");
    check::<FromRecordSocket>("from-socket");
    check::<ClientMessage<Value>>("to-room");
    check::<ServerMessage<Value>>("from-room");
    check::<IceServers>("ice");
    check::<RoomView>("room");
}

#[test]
fn every_message_of_a_socket_has_a_sample() {
    let kinds = |kind: &str, tag: &str| {
        let tags = samples(kind).into_iter().map(|sample| {
            let sample: Value = serde_json::from_str(sample).expect("it is JSON");
            sample[tag].as_str().expect("it is tagged").to_owned()
        });
        tags.collect::<std::collections::BTreeSet<_>>().len()
    };
    // Kept in step by hand with the enums; a new variant needs a sample, and this a new number.
    assert_eq!(
        (kinds("to-socket", "event"), kinds("from-socket", "event")),
        (4, 4)
    );
    assert_eq!(
        (kinds("to-room", "type"), kinds("from-room", "type")),
        (3, 7)
    );
}
