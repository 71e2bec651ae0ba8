//! What `/ws/record` bounds, and how it ends.

use std::time::Instant;

use crate::support::{Server, folder::Folder, recorder::Socket, samples::noise, wait::wait_for};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

fn start(flags: &[&str]) -> (Folder, Server) {
    Server::start_new("socket", flags)
}

#[test]
fn who_has_not_registered_gets_little_time_and_room() {
    let (_folder, server) = start(&["--max-recording-sockets", "2"]);
    let mut silent = Socket::open(&server);
    let mut loud = Socket::open(&server);
    // There is no third place.
    let refused = Socket::try_open(&server, None).err().unwrap_or_default();
    assert!(refused.contains("503"), "{refused}");
    // More than any name has: it is refused before it is whole.
    let text = json!({ "event": "register", "name": "x".repeat(200_000) });
    let _ = loud.0.send(Message::text(text.to_string()));
    loud.hear_end("body_too_large", 1009);
    // Its place is free again.
    wait_for("a place", || Socket::try_open(&server, None).ok());
    silent.hear_error("too_slow");
}

#[test]
fn a_message_has_a_size_that_it_may_not_exceed() {
    let (_folder, server) = start(&[]);
    let mut socket = Socket::open(&server);
    socket.register(json!({}));
    // Large ones are for those who record.
    socket.send(&noise(200_000, 3));
    socket.hear_end("body_too_large", 1009);

    let mut socket = Socket::open(&server);
    let (id, key, _) = socket.register(json!({}));
    socket.say(json!({ "event": "START_REC_BLOB" }));
    socket.send(&noise(200_000, 3));
    socket.hear_ack(200_000);
    // A binary frame of 17 MiB: it is refused when it is announced, and its sender hears that although
    // more of it is on the way.
    let mut frame = vec![0x82, 0xff];
    frame.extend((17_u64 << 20).to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(noise(2 << 20, 4));
    socket.send_raw(&frame);
    socket.hear_end("body_too_large", 1009);
    assert_eq!(server.owner(&key).offset(&id), 200_000);
}

#[test]
fn what_is_no_frame_is_told_so() {
    let (_folder, server) = start(&[]);
    // Without a mask, and a text that is no UTF-8.
    for (bytes, close) in [
        (&[0x81, 1, b'a'][..], 1002),
        (&[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
    ] {
        let mut socket = Socket::open(&server);
        socket.send_raw(bytes);
        socket.hear_end("malformed", close);
    }
}

#[test]
fn who_is_still_sending_hears_the_refusal() {
    let (_folder, server) = start(&["--max-recording-bytes", "1000"]);
    let piece = noise(100_000, 5);
    for _ in 0..5 {
        let mut socket = Socket::open(&server);
        socket.register(json!({}));
        socket.say(json!({ "event": "START_REC_BLOB" }));
        for _ in 0..40 {
            socket.send(&piece);
        }
        socket.hear_end("recording_too_large", 1008);
    }
}

#[test]
fn who_does_not_go_on_keeps_a_recording_from_nobody() {
    let (_folder, server) = start(&[]);
    let ann = server.owner("ann");
    let id = ann.begin(None, &[]);
    ann.append(&id, 0, b"12345");
    let mut socket = Socket::open(&server);
    socket.register(json!({ "key": "ann", "id": id }));
    socket.hear_end("too_slow", 1008);
    ann.append(&id, 5, b"67890");
}

#[test]
fn who_sends_too_fast_is_read_slowly_and_loses_nothing() {
    let (_folder, server) = start(&["--max-message-rate", "2"]);
    let mut socket = Socket::open(&server);
    let (id, key, _) = socket.register(json!({}));
    socket.say(json!({ "event": "START_REC_BLOB" }));
    let start = Instant::now();
    // Eight are four seconds of them, which may come at once; two came before.
    for _ in 0..12 {
        socket.send(b"x");
    }
    socket.hear_ack(12);
    assert!(start.elapsed().as_secs() >= 2, "{:?}", start.elapsed());
    socket.say(json!({ "event": "STOP_REC_BLOB" }));
    assert_eq!(socket.hear()["event"], "saved");
    assert_eq!(server.owner(&key).original(&id), [b'x'; 12]);
}

#[test]
fn who_records_hears_that_the_server_stops() {
    let (_folder, mut server) = start(&[]);
    let mut idle = Socket::open(&server);
    idle.register(json!({}));
    let mut sockets: Vec<_> = (0..50)
        .map(|_| {
            let mut socket = Socket::open(&server);
            socket.register(json!({}));
            socket
        })
        .collect();
    for socket in &mut sockets {
        socket.say(json!({ "event": "START_REC_BLOB" }));
        socket.send(&noise(100_000, 2));
    }
    for socket in &mut sockets {
        socket.hear_ack(100_000);
    }
    server.stop();
    for socket in sockets.iter_mut().chain([&mut idle]) {
        socket.hear_error("shutting_down");
    }
}

#[test]
fn what_is_no_socket_is_told_so() {
    let (_folder, server) = start(&[]);
    for path in ["/ws/record", "/ws"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.code().as_str()), (426, "malformed"));
        assert_eq!(answer.header("upgrade"), "websocket");
    }
}
