//! `/ws`: what is refused, and that it harms nobody else.

use std::io::Write as _;

use crate::support::{Server, folder::Folder, room::Person, wait::wait_for};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_tungstenite::tungstenite::Message;

#[test]
fn what_makes_no_sense_is_answered_and_the_socket_goes_on() {
    let server = Server::start(&[]);
    let mut ann = Person::connect(&server);
    for (text, code) in [
        ("", "malformed"),
        ("not JSON", "malformed"),
        ("[]", "malformed"),
        ("{\"type\":\"joined\"}", "malformed"),
        ("{\"type\":\"join\"}", "malformed"),
        (
            "{\"type\":\"join\",\"room\":\"a\",\"session\":7}",
            "malformed",
        ),
        ("{\"type\":\"message\",\"data\":1}", "out_of_order"),
        ("{\"type\":\"leave\"}", "out_of_order"),
        ("{\"type\":\"join\",\"room\":\" \"}", "room_name"),
        ("{\"type\":\"join\",\"room\":\"a\\nb\"}", "room_name"),
    ] {
        ann.send(Message::text(text));
        ann.hear_error(code);
    }
    let long = "a".repeat(101);
    ann.ask_in(json!({ "room": long, "name": "Ann" }));
    ann.hear_error("room_name");
    ann.ask_in(json!({ "room": "kitchen", "name": long }));
    ann.hear_error("person_name");
    ann.send(Message::binary(vec![1, 2, 3]));
    ann.hear_error("malformed");
    // A reason that quotes what came does not grow with it.
    ann.send(Message::text(format!(
        "{{\"type\":\"{}\"}}",
        "a".repeat(60_000)
    )));
    assert!(ann.hear("error").to_string().len() < 400);

    ann.enter(json!({ "room": "kitchen", "name": "Ann" }));
    ann.ask_in(json!({ "room": "cellar", "name": "Ann" }));
    ann.hear_error("out_of_order");
    for nobody in ["0".repeat(32), "f".repeat(32)] {
        ann.tell(Some(&nobody), json!(1));
        ann.hear_error("no_such_peer");
    }
    ann.tell(Some("Bob"), json!(1));
    ann.hear_error("malformed");
    // Alone, one may still talk to the room.
    ann.tell(None, json!(1));
    ann.hears_nothing();
}

#[test]
fn a_message_has_a_size_that_it_may_not_exceed() {
    let server = Server::start(&[]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    let largest = "a".repeat((64 << 10) - 60);
    ann.tell(None, json!(largest));
    bob.hear_message(&ann.id, json!(largest));
    ann.tell(None, json!("a".repeat(64 << 10)));
    let (code, said) = ann.hear_close();
    assert_eq!((code, &said[0]["code"]), (1009, &json!("body_too_large")));
    assert_eq!(bob.hear("peer_left")["reason"], "removed");

    // So has one of another kind.
    let mut dan = Person::join(&server, "kitchen", "Dan");
    bob.hear("peer_joined");
    dan.send(Message::binary(vec![0; 100 << 10]));
    let (code, said) = dan.hear_close();
    assert_eq!((code, &said[0]["code"]), (1009, &json!("body_too_large")));
    assert_eq!(bob.hear("peer_left")["reason"], "removed");

    // One without end is not even read.
    let mut eve = Person::join(&server, "kitchen", "Eve");
    bob.hear("peer_joined");
    let _ = eve.socket.send(Message::text("a".repeat(10 << 20)));
    assert!(eve.is_cut());
    assert_eq!(bob.hear("peer_left")["reason"], "removed");
    bob.hears_nothing();
}

#[test]
fn who_talks_too_much_is_put_out() {
    let server = Server::start(&["--max-message-rate", "5"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    // At once four times as many as in a second, the join among them.
    for i in 0..15 {
        ann.tell(None, json!(i));
        bob.hear_message(&ann.id, json!(i));
    }
    for i in 0..2000 {
        let message = json!({ "type": "message", "data": i });
        if ann.socket.send(Message::text(message.to_string())).is_err() {
            break;
        }
    }
    let (code, said) = ann.hear_close();
    assert_eq!(code, 4429);
    assert_eq!(
        said.last().map(|it| &it["code"]),
        Some(&json!("too_many_requests"))
    );
    let last = loop {
        let heard = bob.next();
        if heard["type"] != "message" {
            break heard;
        }
    };
    assert_eq!(last["reason"], "removed");
}

#[test]
fn who_does_not_read_is_cut_and_keeps_nobody_up() {
    let server = Server::start(&["--max-message-rate", "1000000", "--grace", "10m"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    let mut cem = Person::join(&server, "kitchen", "Cem");
    ann.hear("peer_joined");
    ann.hear("peer_joined");
    bob.hear("peer_joined");
    let text = "a".repeat(32 << 10);
    // More than all buffers of the system on the way take. Bob reads none of it, Cem all.
    for i in 0..1000 {
        ann.tell(None, json!([i, text]));
        assert_eq!(cem.hear("message")["data"][0], i);
    }
    wait_for("the slow one to be cut", || {
        let sockets = "callreel_room_sockets 2";
        server
            .get("/metrics")
            .text()
            .contains(sockets)
            .then_some(())
    });
    let memory = resident(&server);
    assert!(
        memory < 100 << 20,
        "{memory} bytes for one who does not read"
    );
    // The place is kept, and what is lost is told.
    let mut back = Person::connect(&server);
    let joined = back.enter(json!({ "room": "kitchen", "session": bob.session, "received": 0 }));
    assert_eq!(joined["resumed"], true);
    assert_eq!(joined["missed"], 1000 - 3);
    ann.hears_nothing();
    assert!(bob.is_cut());
}

/// Bytes in memory, as Linux tells.
fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()));
    let status = status.expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("Linux tells") << 10
}

#[test]
fn rooms_and_sockets_are_bounded() {
    let server = Server::start(&["--max-rooms", "2", "--max-sockets", "4"]);
    let mut people: Vec<_> = ["a", "b", "b"]
        .into_iter()
        .map(|room| Person::join(&server, room, "x"))
        .collect();
    let mut late = Person::connect(&server);
    late.ask_in(json!({ "room": "c", "name": "x" }));
    late.hear_error("too_many_rooms");
    late.enter(json!({ "room": "a", "name": "x" }));
    let refused = Person::try_connect(&server, None).err().unwrap_or_default();
    assert!(refused.contains("503"), "{refused}");
    people.pop().expect("there are three").close(1000);
    wait_for("a socket to be free", || {
        Person::try_connect(&server, None).ok()
    });
}

#[test]
fn pages_of_other_origins_get_no_socket() {
    let server = Server::start(&["--allow-origin", "https://friend.example"]);
    let own = format!("http://{}", server.address);
    assert!(Person::try_connect(&server, Some(&own)).is_ok());
    assert!(Person::try_connect(&server, Some("https://friend.example")).is_ok());
    for stranger in ["https://evil.example", "null"] {
        let refused = Person::try_connect(&server, Some(stranger))
            .err()
            .unwrap_or_default();
        assert!(refused.contains("403"), "{stranger}: {refused}");
    }
}

const SECRET: &str = "a secret that the host signs with";

fn token(secret: &str, claims: Value) -> String {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(json!({ "alg": "HS256" })), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key is fine");
    let mac = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// A second far from now.
const LATER: u64 = 32_503_680_000;

#[test]
fn with_a_secret_joining_needs_a_token() {
    let folder = Folder::new("rooms");
    let secret = folder.write("secret", SECRET.as_bytes());
    let server = Server::start(&["--auth-secret-file", &secret]);
    let mut ann = Person::connect(&server);
    let good =
        json!({ "room": "kitchen", "name": "Ann of the host", "role": "host", "exp": LATER });
    for bad in [
        json!(null),
        json!(""),
        json!("a.b.c"),
        json!(token("another secret", good.clone())),
        json!(token(SECRET, json!({ "room": "cellar", "exp": LATER }))),
        json!(token(SECRET, json!({ "exp": LATER }))),
        json!(token(SECRET, json!({ "room": "kitchen", "exp": 1000 }))),
        json!(token(SECRET, json!({ "room": "kitchen" }))),
    ] {
        ann.ask_in(json!({ "room": "kitchen", "name": "Ann", "token": bad }));
        ann.hear_error("join_token_needed");
    }
    ann.enter(json!({ "room": "kitchen", "name": "x", "token": token(SECRET, good) }));
    let mut bob = Person::connect(&server);
    let guest = token(SECRET, json!({ "room": "kitchen", "exp": LATER }));
    let joined = bob.enter(json!({ "room": "kitchen", "name": "Bob", "token": guest }));
    assert_eq!(
        joined["peers"],
        json!([{ "id": ann.id, "name": "Ann of the host", "role": "host" }])
    );
    assert_eq!(
        ann.hear("peer_joined")["peer"],
        json!({ "id": bob.id, "name": "Bob" })
    );
    let look = |token: &str| {
        let bearer = format!("Authorization: Bearer {token}");
        server
            .request("GET", "/api/rooms/kitchen", &[&bearer])
            .status
    };
    let elsewhere = token(SECRET, json!({ "room": "cellar", "exp": LATER }));
    let guest = token(SECRET, json!({ "room": "kitchen", "exp": LATER }));
    assert_eq!([look(""), look(&elsewhere), look(&guest)], [403, 403, 200]);
    // A place that one has is token enough, and only that.
    let mut again = Person::connect(&server);
    again.enter(json!({ "room": "kitchen", "name": "Ann", "session": ann.session }));
    assert_eq!(again.id, ann.id);
    let mut eve = Person::connect(&server);
    eve.ask_in(json!({ "room": "kitchen", "name": "Eve", "session": "0".repeat(32) }));
    eve.hear_error("join_token_needed");
}

#[test]
fn ice_servers_reach_those_who_may_join() {
    let folder = Folder::new("rooms");
    let (secret, turn) = (
        folder.write("secret", SECRET.as_bytes()),
        folder.write("turn", b"the secret of the relay"),
    );
    let flags = [
        "--ice-server",
        "stun:stun.example:3478",
        "--ice-server",
        "turn:turn.example:3478,ann,pass,word",
        "--turn",
        "turns:relay.example:443?transport=tcp",
        "--turn-secret-file",
        &turn,
    ];
    let open = Server::start(&flags);
    let answer = open.get("/api/ice");
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store")
    );
    let servers = answer.json()["ice_servers"].clone();
    assert_eq!(servers[0], json!({ "urls": ["stun:stun.example:3478"] }));
    let fixed =
        json!({ "urls": ["turn:turn.example:3478"], "username": "ann", "credential": "pass,word" });
    assert_eq!(servers[1], fixed);
    let user = servers[2]["username"].as_str().expect("it is a text");
    assert!(
        user.split_once(':')
            .is_some_and(|(end, _)| end.parse::<u64>().is_ok()),
        "{user}"
    );
    let mut ann = Person::connect(&open);
    let joined = ann.enter(json!({ "room": "kitchen", "name": "Ann" }));
    assert_eq!(joined["ice_servers"][1], fixed);
    assert!(
        joined["ice_servers"][2]["username"]
            .as_str()
            .is_some_and(|user| user.ends_with(&ann.id))
    );

    // Where the host decides who joins, passwords are for those alone.
    let guarded = Server::start(&[&flags[..], &["--auth-secret-file", &secret]].concat());
    let count = |headers: &[&str]| {
        let answer = guarded.request("GET", "/api/ice", headers).json();
        answer["ice_servers"]
            .as_array()
            .expect("it is a list")
            .len()
    };
    let bearer = |claims: Value| format!("Authorization: Bearer {}", token(SECRET, claims));
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&[&bearer(json!({ "exp": LATER }))]), 1);
    assert_eq!(
        count(&[&bearer(json!({ "room": "kitchen", "exp": 1000 }))]),
        1
    );
    assert_eq!(
        count(&[&bearer(json!({ "room": "kitchen", "exp": LATER }))]),
        3
    );
}

/// Anything, but often nearly something.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "\"type\"",
        "\"join\"",
        "\"leave\"",
        "\"message\"",
        "\"room\"",
        "\"kitchen\"",
        "\"to\"",
        "\"data\"",
        "\"session\"",
        "\"00000000000000000000000000000000\"",
        "\"received\"",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "1e999",
        "-1",
        "\"\\ud800\"",
        "\"",
        "\\",
    ]);
    let words = prop::collection::vec(word, 0..24).prop_map(|words| words.concat().into_bytes());
    prop_oneof![words, prop::collection::vec(any::<u8>(), 0..200)]
}

#[test]
fn whatever_comes_the_server_goes_on() {
    let server = Server::start(&["--max-request-rate", "100000"]);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    });
    let messages = prop::collection::vec(hostile(), 1..8);
    let done = runner.run(&(messages, any::<bool>()), |(messages, raw)| {
        let mut eve = Person::connect(&server);
        for message in messages {
            // As text, as bytes, and as no frame at all: any may end the socket.
            let _ = match (raw, String::from_utf8(message)) {
                (true, text) => {
                    let bytes = text.map_or_else(|error| error.into_bytes(), String::into_bytes);
                    eve.socket.get_mut().write_all(&bytes).is_ok()
                }
                (false, Ok(text)) => eve.socket.send(Message::text(text)).is_ok(),
                (false, Err(error)) => eve.socket.send(Message::binary(error.into_bytes())).is_ok(),
            };
        }
        Ok(())
    });
    done.expect("the server goes on");
    let mut ann = Person::join(&server, "cellar", "Ann");
    let mut bob = Person::join(&server, "cellar", "Bob");
    bob.tell(None, json!("still here"));
    ann.hear("peer_joined");
    ann.hear_message(&bob.id, json!("still here"));
    let log = server.log();
    assert!(!log.contains("panic"), "{log}");
}
