//! Every sample in PROTOCOL.md is what the server takes or sends.

use std::fmt::Debug;

use callreel_protocol::{
    ErrorAnswer, FromRecordSocket, Recording, RecordingChanges, RecordingPage, ToRecordSocket,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const DESCRIPTION: &str = include_str!("../../PROTOCOL.md");

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
}

#[test]
fn every_message_of_the_socket_has_a_sample() {
    let count = |kind: &str| samples(kind).len();
    // Kept in step by hand with the two enums; a new variant needs a sample, and this a new number.
    assert_eq!((count("to-socket"), count("from-socket")), (4, 4));
}
