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
    assert!(loud.is_refused("body_too_large"));
    // Its place is free again.
    wait_for("a place", || Socket::try_open(&server, None).ok());
    silent.hear_error("too_slow");
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
