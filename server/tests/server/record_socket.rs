//! `/ws/record`: the older vocabulary onto the same spool.

use crate::support::{
    Server,
    folder::Folder,
    node::node_script,
    recorder::{Socket, blob},
    samples::{assert_decodes, chromium, noise, recorded},
    wait::wait_for,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

fn start(flags: &[&str]) -> (Folder, Server) {
    Server::start_new("socket", flags)
}

#[test]
fn a_take_comes_as_bytes_and_as_text() {
    let (_folder, server) = start(&[]);
    let take = chromium();
    let mut socket = Socket::open(&server);
    let (id, key, offset) = socket.register(json!({ "room": "kitchen" }));
    assert_eq!(offset, 0);
    assert!(key.len() >= 43, "{key}");
    socket.say(json!({ "event": "START_REC_BLOB" }));
    let mut at = 0;
    for (i, chunk) in take.chunks(3000).enumerate() {
        match i % 2 {
            0 => socket.send(chunk),
            _ => socket.say(blob(chunk)),
        }
        at += chunk.len();
        socket.hear_ack(at);
        assert_eq!(server.owner(&key).recording(&id)["size"], at);
    }
    assert_eq!(server.owner(&key).recording(&id)["state"], "recording");
    socket.say(json!({ "event": "STOP_REC_BLOB" }));
    let saved = socket.hear();
    assert_eq!(saved["event"], "saved");
    let recording = &saved["recording"];
    assert_eq!(recording["id"], *id);
    assert_eq!(
        (&recording["state"], &recording["title"]),
        (&"complete".into(), &"a take".into())
    );
    assert_eq!(
        (&recording["room"], &recording["mime_type"]),
        (&"kitchen".into(), &"video/webm".into())
    );
    assert_eq!(recording["duration_ms"], 2496);
    let owner = server.owner(&key);
    assert_eq!(owner.recording(&id), *recording);
    assert!(owner.original(&id) == take);
    assert_decodes(
        &server
            .get(recording["media_url"].as_str().expect("it is a text"))
            .body,
    );
}

#[test]
fn many_frames_at_once_are_all_kept() {
    let (_folder, server) = start(&[]);
    let take = noise(6 << 20, 1);
    let mut socket = Socket::open(&server);
    let (id, _, _) = socket.register(json!({ "key": "my own key" .replace(' ', "-") }));
    socket.say(json!({ "event": "START_REC_BLOB", "mime_type": "video/mp4" }));
    for chunk in take.chunks(100_000) {
        socket.send(chunk);
    }
    socket.send(b"");
    socket.hear_ack(take.len());
    socket.say(json!({ "event": "STOP_REC_BLOB" }));
    assert_eq!(socket.hear()["recording"]["size"], take.len());
    assert!(server.owner("my-own-key").original(&id) == take);
}

#[test]
fn one_socket_can_record_again() {
    let (_folder, server) = start(&[]);
    let mut socket = Socket::open(&server);
    let (first, key, _) = socket.register(json!({}));
    let start = json!({ "event": "START_REC_BLOB" });
    let stop = json!({ "event": "STOP_REC_BLOB" });
    socket.say(start.clone());
    socket.send(b"one");
    socket.hear_ack(3);
    socket.say(stop.clone());
    assert_eq!(socket.hear()["event"], "saved");
    socket.say(start);
    let again = socket.hear();
    assert_eq!(
        (&again["event"], &again["key"]),
        (&"registered".into(), &key.as_str().into())
    );
    socket.send(b"two");
    socket.hear_ack(3);
    socket.say(stop);
    let second = socket.hear()["recording"]["id"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    assert_eq!(again["id"], *second);
    let owner = server.owner(&key);
    assert_eq!(
        (owner.original(&first), owner.original(&second)),
        (b"one".to_vec(), b"two".to_vec())
    );
}

#[test]
fn a_lost_socket_is_interrupted_and_goes_on() {
    let (_folder, server) = start(&["--interrupted-after", "500ms"]);
    let take = recorded(4);
    let half = take.len() / 2;
    let mut socket = Socket::open(&server);
    let (id, key, _) = socket.register(json!({}));
    socket.say(json!({ "event": "START_REC_BLOB" }));
    socket.send(&take[..half]);
    socket.hear_ack(half);
    drop(socket);
    let owner = server.owner(&key);
    wait_for("the recording to be interrupted", || {
        (owner.recording(&id)["state"] == "interrupted").then_some(())
    });
    let mut socket = Socket::open(&server);
    let (same, _, offset) = socket.register(json!({ "key": key, "id": id }));
    assert_eq!((&same, offset), (&id, half));
    socket.say(json!({ "event": "START_REC_BLOB" }));
    socket.send(&take[half..]);
    socket.hear_ack(take.len());
    // Another that comes for the same recording takes it over.
    let mut other = Socket::open(&server);
    let (_, _, offset) = other.register(json!({ "key": key, "id": id }));
    assert_eq!(offset, take.len());
    socket.hear_error("superseded");
    // Who has not begun yet makes way like one who has.
    assert_eq!(owner.offset(&id), take.len());
    other.hear_error("superseded");
    let mut last = Socket::open(&server);
    last.register(json!({ "key": key, "id": id }));
    last.say(json!({ "event": "START_REC_BLOB" }));
    last.say(json!({ "event": "STOP_REC_BLOB" }));
    assert_eq!(last.hear()["recording"]["state"], "complete");
    assert!(owner.original(&id) == take);
}

#[test]
fn a_socket_ends_what_began_with_a_length() {
    let (_folder, server) = start(&[]);
    let ann = server.owner("ann");
    // It was to be longer, and to be shorter.
    for length in [1000, 6] {
        let id = ann.begin(Some(length), &[]);
        ann.append(&id, 0, b"12345");
        let mut socket = Socket::open(&server);
        let (_, _, offset) = socket.register(json!({ "key": "ann", "id": id }));
        assert_eq!(offset, 5);
        socket.say(json!({ "event": "START_REC_BLOB" }));
        socket.send(b"67890");
        socket.hear_ack(10);
        socket.say(json!({ "event": "STOP_REC_BLOB" }));
        let saved = socket.hear();
        assert_eq!(saved["recording"]["state"], "complete", "{saved}");
        assert_eq!(ann.original(&id), b"1234567890");
    }
}

#[test]
fn what_does_not_belong_is_an_error_with_a_code() {
    let (_folder, server) = start(&["--max-recording-bytes", "1000"]);
    let register = json!({ "event": "register", "name": "x" });
    let start = json!({ "event": "START_REC_BLOB" });
    let id = "0".repeat(32);
    let cases: &[(&[Value], &str)] = &[
        (&[json!({ "event": "START_REC_BLOB" })], "out_of_order"),
        (&[blob(b"x")], "out_of_order"),
        (&[json!({ "event": "DANCE" })], "malformed"),
        (&[json!({ "name": "x" })], "malformed"),
        (&[json!([])], "malformed"),
        (
            &[json!({ "event": "register", "name": "x", "key": "" })],
            "key_needed",
        ),
        (
            &[json!({ "event": "register", "name": "x", "key": "k", "id": id })],
            "not_found",
        ),
        (
            &[json!({ "event": "register", "name": "x", "id": "../.." })],
            "malformed",
        ),
        (&[register.clone(), register.clone()], "out_of_order"),
        (
            &[register.clone(), json!({ "event": "STOP_REC_BLOB" })],
            "out_of_order",
        ),
        (
            &[register.clone(), start.clone(), start.clone()],
            "out_of_order",
        ),
        (
            &[
                register.clone(),
                start.clone(),
                json!({ "event": "REC_BLOB", "blob": "☃" }),
            ],
            "malformed",
        ),
        (
            &[register.clone(), start.clone(), blob(&[0; 1001])],
            "recording_too_large",
        ),
    ];
    for (messages, code) in cases {
        let mut socket = Socket::open(&server);
        for message in *messages {
            socket.say(message.clone());
        }
        if messages[0] == register {
            assert_eq!(socket.hear()["event"], "registered");
        }
        // And that is the end of it.
        socket.hear_end(code, 1008);
    }
    let mut socket = Socket::open(&server);
    socket
        .0
        .send(Message::text("not JSON"))
        .expect("the server listens");
    socket.hear_error("malformed");
}

#[test]
fn pages_of_other_origins_get_no_socket() {
    let (_folder, server) = start(&["--allow-origin", "https://friend.example"]);
    let own = format!("http://{}", server.address);
    assert!(Socket::try_open(&server, Some(&own)).is_ok());
    assert!(Socket::try_open(&server, Some("https://friend.example")).is_ok());
    for stranger in ["https://evil.example", "null"] {
        let refused = Socket::try_open(&server, Some(stranger))
            .err()
            .unwrap_or_default();
        assert!(refused.contains("403"), "{stranger}: {refused}");
    }
    let (_folder, server) = start(&["--uploads", "off"]);
    let mut socket = Socket::open(&server);
    socket.say(json!({ "event": "register", "name": "x" }));
    socket.hear_error("uploads_off");
}

#[test]
fn the_lines_in_the_protocol_s_description_work() {
    let description = include_str!("../../../PROTOCOL.md");
    let (_, rest) = description
        .split_once("```js record\n")
        .expect("it has the lines");
    let (lines, _) = rest.split_once("```").expect("they end");
    assert!(lines.lines().count() <= 16, "they are a dozen");

    let (folder, server) = start(&[]);
    let take = chromium();
    let file = folder.write("take", &take);
    // What a browser has and Node has not; the recorder gives what a real one recorded.
    let script = format!(
        r#"
import {{ readFileSync }} from "node:fs";
import {{ WebSocket }} from "ws";
const take = readFileSync({file:?});
globalThis.WebSocket = WebSocket;
globalThis.location = {{ host: "{address}", protocol: "http:" }};
const storage = new Map();
globalThis.localStorage = {{
  getItem: (key) => storage.get(key) ?? null,
  setItem: (key, value) => storage.set(key, value),
}};
globalThis.MediaRecorder = class {{
  mimeType = "video/webm;codecs=vp8,opus";
  start() {{ setTimeout(() => this.ondataavailable({{ data: new Blob([take.subarray(0, 9000)]) }}), 10); }}
  stop() {{
    setTimeout(() => {{
      this.ondataavailable({{ data: new Blob([take.subarray(9000)]) }});
      this.onstop?.();
    }}, 10);
  }}
}};
const stream = {{}};
{lines}
const saved = await record(stream, (recorder) => setTimeout(() => recorder.stop(), 200));
console.log(JSON.stringify({{ saved, key: [...storage.values()][0] }}));
process.exit(0);
"#,
        address = server.address
    );
    let output = node_script("record.mjs", &script, &[]);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert_eq!(told["saved"]["state"], "complete", "{told}");
    let key = told["key"].as_str().expect("it is kept");
    let id = told["saved"]["id"].as_str().expect("it is a text");
    assert!(server.owner(key).original(id) == take);
}
