//! Watching what is being made, and at the very moment when it ends.

use std::thread;

use crate::support::{
    Server,
    recorder::Socket,
    samples::{chromium, noise},
    wait::wait_for,
};
use serde_json::json;

#[test]
fn what_is_live_has_the_type_that_its_bytes_tell() {
    let (_folder, server) = Server::start_new("media", &[]);
    let take = chromium();
    let mut socket = Socket::open(&server);
    let (id, key, _) = socket.register(json!({}));
    socket.say(json!({ "event": "START_REC_BLOB" }));
    socket.send(&take[..9000]);
    socket.hear_ack(9000);
    let owner = server.owner(&key);
    assert_eq!(owner.recording(&id)["mime_type"], "video/webm");
    for query in ["", "?live=1"] {
        let head = owner.ask("HEAD", &format!("/recordings/{id}/media{query}"));
        assert_eq!(head.header("content-type"), "video/webm");
        assert_eq!(head.header("content-disposition"), "");
    }
}

#[test]
fn who_asks_as_a_recording_ends_gets_all_of_it_or_follows_it() {
    let (_folder, server) = Server::start_new("media", &[]);
    let ann = server.owner("ann");
    let bytes = noise(20_000, 1);
    for _ in 0..40 {
        let id = ann.begin(Some(bytes.len()), &[]);
        ann.append(&id, 0, &bytes[..10_000]);
        thread::scope(|scope| {
            let viewers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        wait_for("the whole", || {
                            let answer = server.owner("ann").media(&id, "");
                            assert!(answer.body == bytes, "{} bytes", answer.body.len());
                            (answer.header("accept-ranges") == "bytes").then_some(())
                        });
                    })
                })
                .collect();
            ann.append(&id, 10_000, &bytes[10_000..]);
            for viewer in viewers {
                viewer.join().expect("it saw the whole");
            }
        });
    }
}
