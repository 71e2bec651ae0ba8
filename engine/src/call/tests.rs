use callreel_protocol as protocol;
use serde_json::{Value as Json, json};

use super::*;

const ROOM: &str = "kitchen";

fn id(letter: char) -> String {
    letter.to_string().repeat(32)
}

fn joined(own: char, others: &[char]) -> String {
    let person = |letter: &char| json!({ "id": id(*letter), "name": letter.to_string() });
    let peers: Vec<Json> = others.iter().map(person).collect();
    json!({
        "type": "joined", "room": ROOM, "peer_id": id(own), "session": id(own), "peers": peers,
        "ice_servers": [{ "urls": ["turn:a.example"], "username": "u", "credential": "c" }],
        "ice_transport_policy": "relay",
        "max_peers": 8,
    })
    .to_string()
}

fn entry() -> Entry {
    Entry {
        room: ROOM.into(),
        name: "Ann".into(),
    }
}

/// A call that is in the room with these.
fn call_with(others: &[char]) -> (Call, Vec<Output>) {
    let mut call = Call::default();
    assert_eq!(call.handle(Input::Enter(entry()), 0.0), [Output::Connect]);
    assert_eq!(call.handle(Input::Opened(None), 10.0).len(), 1);
    let out = call.handle(Input::Text(&joined('a', others)), 20.0);
    (call, out)
}

fn news(out: &[Output]) -> Vec<&News> {
    let told = out.iter().filter_map(|output| match output {
        Output::Tell(news) => Some(news),
        _ => None,
    });
    told.collect()
}

fn sent(out: &[Output]) -> Vec<Json> {
    let texts = out.iter().filter_map(|output| match output {
        Output::Send(text) => Some(text),
        _ => None,
    });
    texts
        .map(|text| serde_json::from_str(text).expect("it is JSON"))
        .collect()
}

fn connect(call: &mut Call, key: Key) {
    let connected = PeerEvent::Transport(Transport::Connected);
    let out = call.handle(Input::Peer(key, 1, connected), 500.0);
    let changed = Output::Peer(key, 1, Effect::Changed(Standing::Connected));
    assert_eq!(out, [changed]);
}

#[test]
fn what_is_sent_is_what_the_protocol_has() {
    let (mut call, out) = call_with(&['b']);
    let description = Description {
        is_offer: true,
        sdp: "v=0\r\n".into(),
    };
    let mut texts = vec![wire::join(&entry(), None, None), wire::leave()];
    let event = PeerEvent::Described(description);
    for output in call.handle(Input::Peer(1, 1, event), 30.0) {
        if let Output::Send(text) = output {
            texts.push(text);
        }
    }
    assert!(!out.is_empty() && texts.len() == 3);
    for text in texts {
        let read = serde_json::from_str::<protocol::ClientMessage<Json>>(&text);
        assert!(read.is_ok(), "{text}: {read:?}");
    }
}

#[test]
fn everybody_there_gets_a_connection_and_one_side_lays_it_out() {
    let (_, out) = call_with(&['b', '0']);
    let News::Joined(joined) = news(&out)[0] else {
        panic!("{out:?}");
    };
    assert_eq!(joined.ice_servers[0].username, "u");
    assert!(joined.relay_only);
    let roles: Vec<bool> = out
        .iter()
        .filter_map(|output| match output {
            Output::Peer(_, 1, Effect::Create { lays_out }) => Some(*lays_out),
            _ => None,
        })
        .collect();
    assert_eq!(roles, [false, true]);
}

#[test]
fn a_lost_socket_comes_back_with_its_session_and_nobody_leaves() {
    let (mut call, _) = call_with(&['b']);
    connect(&mut call, 1);
    let out = call.handle(Input::Closed(0.5), 1_000.0);
    assert_eq!(news(&out), [&News::Lost]);
    let due = call.timeout().expect("it will come back");
    assert!(due <= 1_100.0, "{due}");
    assert_eq!(call.handle(Input::Tick, due), [Output::Connect]);
    let out = call.handle(Input::Opened(None), due + 5.0);
    assert_eq!(sent(&out)[0]["session"], id('a'));
    let out = call.handle(Input::Text(&joined('a', &['b'])), due + 10.0);
    assert!(matches!(news(&out)[..], [News::Joined(_)]), "{out:?}");
}

#[test]
fn a_server_that_was_started_again_costs_nobody() {
    let (mut call, _) = call_with(&['b', 'c']);
    connect(&mut call, 1);
    call.handle(Input::Closed(0.5), 1_000.0);
    call.handle(Input::Tick, 1_200.0);
    call.handle(Input::Opened(None), 1_210.0);
    // The room is empty at first. Who is connected stays; who never was is gone.
    let out = call.handle(Input::Text(&joined('a', &[])), 1_220.0);
    assert!(
        matches!(news(&out)[..], [News::Joined(_), News::Left(2)]),
        "{out:?}"
    );
    let came = json!({ "type": "peer_joined", "peer": { "id": id('b'), "name": "b" } });
    let out = call.handle(Input::Text(&came.to_string()), 3_000.0);
    assert!(news(&out).is_empty(), "{out:?}");
    // Nobody is borne with any more, so nobody is dropped later.
    let out = call.handle(Input::Tick, 60_000.0);
    assert!(!news(&out).contains(&&News::Left(1)), "{out:?}");
}

#[test]
fn who_comes_again_after_being_given_up_gets_a_greater_link() {
    let (mut call, _) = call_with(&['b']);
    // Without a word of its own it says which link it is: the other may know an older one.
    let hello = &sent(&call.handle(Input::Tick, 1_000.0))[0]["data"];
    assert_eq!(*hello, json!({ "link": 1, "seen": 0, "seen_link": 0 }));
    // Bob confirms something and then begins anew, so this side does, under the next number.
    let offer = PeerEvent::Described(Description {
        is_offer: true,
        sdp: String::new(),
    });
    call.handle(Input::Peer(1, 1, offer), 1_001.0);
    for (link, seen) in [(5, 1), (6, 0)] {
        let data = json!({ "link": link, "seen": seen, "seen_link": 1 });
        let confirms = json!({ "type": "message", "from": id('b'), "data": data });
        call.handle(Input::Text(&confirms.to_string()), 1_002.0);
    }
    let left = json!({ "type": "peer_left", "peer_id": id('b'), "reason": "lost" });
    let out = call.handle(Input::Text(&left.to_string()), 1_003.0);
    assert_eq!(news(&out), [&News::Left(1)]);
    let came = json!({ "type": "peer_joined", "peer": { "id": id('b'), "name": "b" } });
    call.handle(Input::Text(&came.to_string()), 1_004.0);
    let hello = &sent(&call.handle(Input::Tick, 2_000.0))[0]["data"];
    assert_eq!(hello["link"], 3);
}

#[test]
fn who_does_not_come_back_stays_as_long_as_they_are_connected() {
    let (mut call, _) = call_with(&['b']);
    connect(&mut call, 1);
    let left = |reason| json!({ "type": "peer_left", "peer_id": id('b'), "reason": reason });
    let out = call.handle(Input::Text(&left("lost").to_string()), 1_000.0);
    assert!(news(&out).is_empty(), "{out:?}");
    let out = call.handle(Input::Tick, 600_000.0);
    assert!(news(&out).is_empty(), "{out:?}");
    // What is lost now has nobody to mend it with; it may heal by itself for a moment.
    let lost = PeerEvent::Transport(Transport::Disconnected);
    let out = call.handle(Input::Peer(1, 1, lost), 600_001.0);
    assert!(news(&out).is_empty(), "{out:?}");
    let out = call.handle(Input::Tick, 603_001.0);
    assert_eq!(news(&out), [&News::Left(1)]);
    let (mut call, _) = call_with(&['b']);
    connect(&mut call, 1);
    let out = call.handle(Input::Text(&left("left").to_string()), 1_000.0);
    assert_eq!(news(&out), [&News::Left(1)]);
}

#[test]
fn a_session_that_is_over_is_not_the_end() {
    let (mut call, _) = call_with(&[]);
    call.handle(Input::Closed(0.0), 1_000.0);
    call.handle(Input::Tick, 1_100.0);
    call.handle(Input::Opened(None), 1_110.0);
    let error = json!({ "type": "error", "code": "not_found", "message": "" }).to_string();
    assert_eq!(
        call.handle(Input::Text(&error), 1_120.0),
        [Output::Disconnect]
    );
    assert_eq!(call.handle(Input::Tick, 1_121.0), [Output::Connect]);
    let out = call.handle(Input::Opened(None), 1_130.0);
    assert_eq!(sent(&out)[0].get("session"), None);
    let out = call.handle(Input::Text(&error), 1_140.0);
    let News::Ended(End::Refused { code, .. }) = news(&out)[0] else {
        panic!("{out:?}");
    };
    assert_eq!(code, "not_found");
}

/// The call, after its socket was lost and another one is open.
fn back(call: &mut Call, now: f64) -> Json {
    call.handle(Input::Closed(0.5), now);
    back_after_waiting(call, now + 2_000.0)
}

fn back_after_waiting(call: &mut Call, now: f64) -> Json {
    assert_eq!(call.handle(Input::Tick, now), [Output::Connect]);
    sent(&call.handle(Input::Opened(Some("newer")), now)).remove(0)
}

fn error(code: &str) -> String {
    json!({ "type": "error", "code": code, "message": "in words" }).to_string()
}

#[test]
fn a_server_that_is_about_to_end_takes_no_session_away() {
    for code in ["shutting_down", "too_many_requests", "too_many_sockets"] {
        let (mut call, _) = call_with(&['b']);
        connect(&mut call, 1);
        back(&mut call, 1_000.0);
        assert_eq!(call.handle(Input::Text(&error(code)), 3_010.0), []);
        assert_eq!(call.handle(Input::Closed(0.5), 3_020.0), []);
        let join = back_after_waiting(&mut call, 6_000.0);
        assert_eq!(join["session"], id('a'), "{code}");
        let out = call.handle(Input::Text(&joined('a', &['b'])), 6_010.0);
        assert!(matches!(news(&out)[..], [News::Joined(_)]), "{out:?}");
    }
}

#[test]
fn who_comes_in_as_somebody_else_meets_everybody_anew() {
    let (mut call, _) = call_with(&['b', 'c']);
    connect(&mut call, 1);
    back(&mut call, 1_000.0);
    call.handle(Input::Text(&error("not_found")), 3_010.0);
    let join = back_after_waiting(&mut call, 3_020.0);
    assert_eq!(join.get("session"), None);
    let out = call.handle(Input::Text(&joined('d', &['b', 'c'])), 3_030.0);
    let News::Joined(_) = news(&out)[0] else {
        panic!("{out:?}");
    };
    assert_eq!(news(&out)[1..3], [&News::Left(1), &News::Left(2)]);
    assert!(
        matches!(news(&out)[3..], [News::Came(3, _), News::Came(4, _)]),
        "{out:?}"
    );
}

#[test]
fn a_token_that_ran_out_ends_no_call_and_a_newer_one_is_shown() {
    let (mut call, _) = call_with(&['b']);
    connect(&mut call, 1);
    back(&mut call, 1_000.0);
    let mut now = 3_010.0;
    for wait in [1_000.0, 2_000.0, 4_000.0] {
        let out = call.handle(Input::Text(&error("join_token_needed")), now);
        assert_eq!(out[0], Output::Disconnect);
        assert!(matches!(news(&out)[..], [News::KeptOut { .. }]), "{out:?}");
        assert_eq!(call.timeout(), Some(now + wait));
        now += wait;
        let join = back_after_waiting(&mut call, now);
        assert_eq!(
            (&join["token"], &join["session"]),
            (&json!("newer"), &json!(id('a')))
        );
    }
    let out = call.handle(Input::Text(&joined('a', &['b'])), now);
    assert!(matches!(news(&out)[..], [News::Joined(_)]), "{out:?}");
    // Whoever was never in is told at once.
    let mut call = Call::default();
    call.handle(Input::Enter(entry()), 0.0);
    call.handle(Input::Opened(None), 1.0);
    let out = call.handle(Input::Text(&error("join_token_needed")), 2.0);
    assert!(matches!(news(&out)[..], [News::Ended(_)]), "{out:?}");
}

#[test]
fn a_server_that_does_not_answer_is_said_and_tried_on() {
    let mut call = Call::default();
    call.handle(Input::Enter(entry()), 0.0);
    let out = call.handle(Input::Closed(0.5), 1.0);
    assert_eq!(out, [Output::Tell(News::Unreachable)]);
    let due = call.timeout().expect("it is tried on");
    assert_eq!(call.handle(Input::Tick, due), [Output::Connect]);
    // A socket that hangs is as good as none.
    let due = call.timeout().expect("it is not waited for without end");
    let out = call.handle(Input::Tick, due);
    assert_eq!(out, [Output::Tell(News::Unreachable), Output::Connect]);
    let out = call.handle(Input::Leave, due + 1.0);
    assert_eq!(news(&out), [&News::Ended(End::Left)]);
    assert_eq!(call.timeout(), None);
}

#[test]
fn a_host_that_wants_relays_has_to_name_one() {
    let of = |relay_only, url: &str| Joined {
        relay_only,
        ice_servers: vec![IceServer {
            urls: vec![url.into()],
            ..IceServer::default()
        }],
        ..Joined::default()
    };
    assert!(of(true, "stun:a.example").lacks_relay());
    assert!(!of(true, "turns:a.example").lacks_relay());
    assert!(!of(false, "stun:a.example").lacks_relay());
}

#[test]
fn a_full_room_ends_it_and_can_be_tried_again() {
    let mut call = Call::default();
    call.handle(Input::Enter(entry()), 0.0);
    call.handle(Input::Opened(None), 1.0);
    let full = json!({ "type": "full", "room": ROOM, "max_peers": 2 }).to_string();
    let out = call.handle(Input::Text(&full), 2.0);
    assert_eq!(news(&out), [&News::Ended(End::Full { max_peers: 2 })]);
    assert_eq!(call.handle(Input::Enter(entry()), 3.0), [Output::Connect]);
}

#[test]
fn a_room_that_filled_up_meanwhile_ends_no_call_and_is_tried_again() {
    let (mut call, _) = call_with(&['b']);
    connect(&mut call, 1);
    back(&mut call, 1_000.0);
    let full = json!({ "type": "full", "room": ROOM, "max_peers": 2 }).to_string();
    let out = call.handle(Input::Text(&full), 3_010.0);
    assert_eq!(out[0], Output::Disconnect);
    let [News::KeptOut { code, .. }] = news(&out)[..] else {
        panic!("{out:?}");
    };
    assert_eq!(code, "room_full");
    // Whoever does not want to wait asks for it.
    assert_eq!(call.handle(Input::Hurry, 3_020.0), [Output::Connect]);
    call.handle(Input::Opened(None), 3_030.0);
    let out = call.handle(Input::Text(&full), 3_040.0);
    assert_eq!(call.timeout(), Some(5_040.0), "{out:?}");
    back_after_waiting(&mut call, 5_040.0);
    let out = call.handle(Input::Text(&joined('d', &['b'])), 5_050.0);
    assert!(matches!(news(&out)[0], News::Joined(_)), "{out:?}");
}

/// However long a server was away, and whatever the dice say, it is asked again soon after it is back.
#[test]
fn a_server_that_is_back_is_asked_within_three_seconds() {
    for random in [0.0, 0.5, 1.0] {
        for away in (100..60_000).step_by(700) {
            let (mut call, _) = call_with(&['b']);
            connect(&mut call, 1);
            let back = 1_000.0 + f64::from(away);
            let mut now = 1_000.0;
            while now < back {
                call.handle(Input::Closed(random), now);
                now = call.timeout().expect("it is tried again");
                assert_eq!(call.handle(Input::Tick, now), [Output::Connect]);
            }
            let late = now - back;
            assert!(late < 2_500.0, "{late} ms after {away} ms, with {random}");
        }
    }
}

#[test]
fn a_socket_that_is_silent_is_asked_and_then_given_up() {
    let (mut call, _) = call_with(&[]);
    let asked = call.handle(Input::Tick, 15_020.0);
    assert_eq!(sent(&asked)[0]["to"], id('a'));
    let out = call.handle(Input::Tick, 20_020.0);
    assert_eq!(out, [Output::Tell(News::Lost), Output::Connect]);
    // An answer is enough.
    let (mut call, _) = call_with(&[]);
    call.handle(Input::Tick, 15_020.0);
    let echo = json!({ "type": "message", "from": id('a'), "data": null }).to_string();
    assert_eq!(call.handle(Input::Text(&echo), 15_050.0), []);
    assert_eq!(call.handle(Input::Tick, 20_020.0), []);
}

#[test]
fn words_that_make_no_sense_change_nothing() {
    let (mut call, _) = call_with(&['b']);
    for text in [
        "",
        "{",
        "null",
        r#"{"type":"joined"}"#,
        r#"{"type":"peer_joined","peer":{}}"#,
        r#"{"type":"message","from":"nobody","data":{"seen":1}}"#,
        r#"{"type":"later"}"#,
    ] {
        assert_eq!(call.handle(Input::Text(text), 30.0), [], "{text}");
    }
}

#[test]
fn leaving_says_so_and_ends_everything() {
    let (mut call, _) = call_with(&['b']);
    let out = call.handle(Input::Leave, 30.0);
    assert_eq!(out[0], Output::Send(wire::leave()));
    assert_eq!(out[1], Output::Disconnect);
    assert_eq!(news(&out), [&News::Ended(End::Left)]);
    assert_eq!(call.handle(Input::Closed(0.0), 31.0), []);
    assert_eq!(call.timeout(), None);
}

#[test]
fn who_leaves_before_the_answer_leaves_no_place_behind() {
    let mut call = Call::default();
    call.handle(Input::Enter(entry()), 0.0);
    let mut other = Call::default();
    other.handle(Input::Enter(entry()), 0.0);
    // Nothing can be said to a socket that is not open.
    assert_eq!(sent(&other.handle(Input::Leave, 5.0)), [] as [Json; 0]);
    call.handle(Input::Opened(None), 10.0);
    let leave = serde_json::from_str::<Json>(&wire::leave()).expect("it is JSON");
    // The socket hangs: what is asked anew is another place.
    let due = call.timeout().expect("it waits for an answer");
    let out = call.handle(Input::Tick, due);
    assert_eq!(sent(&out).as_slice(), std::slice::from_ref(&leave));
    assert!(out.contains(&Output::Connect));
    call.handle(Input::Opened(None), due + 10.0);
    assert_eq!(sent(&call.handle(Input::Leave, due + 20.0)), [leave]);
}
