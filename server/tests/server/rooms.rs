//! `/ws`: people in rooms.

use std::{collections::BTreeSet, thread};

use crate::support::{Server, room::Person, wait::wait_for};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

#[test]
fn people_meet_talk_and_part() {
    let server = Server::start(&[]);
    let mut ann = Person::connect(&server);
    let joined = ann.enter(json!({ "room": "kitchen", "name": " Ann\n" }));
    assert_eq!(joined["room"], "kitchen");
    assert_eq!(joined["peers"], json!([]));
    assert_eq!(joined["ice_servers"], json!([]));
    assert_eq!(joined["max_peers"], 8);
    assert_eq!(
        (&joined["resumed"], &joined["missed"]),
        (&json!(false), &json!(0))
    );

    let mut bob = Person::connect(&server);
    let joined = bob.enter(json!({ "room": "kitchen", "name": "鲍勃 <b>" }));
    assert_eq!(joined["peers"], json!([{ "id": ann.id, "name": "Ann" }]));
    assert_ne!(bob.id, ann.id);
    assert_ne!(bob.session, ann.session);
    let told = ann.hear("peer_joined");
    assert_eq!(told["peer"], json!({ "id": bob.id, "name": "鲍勃 <b>" }));
    let mut cem = Person::join(&server, "kitchen", "Cem");
    ann.hear("peer_joined");
    bob.hear("peer_joined");
    let mut eve = Person::join(&server, "cellar", "Eve");

    ann.tell(Some(&bob.id), json!({ "type": "offer", "from": cem.id }));
    bob.hear_message(&ann.id, json!({ "type": "offer", "from": cem.id }));
    // Who says to be somebody else is stamped all the same.
    bob.say(json!({ "type": "message", "from": cem.id, "data": null }));
    ann.hear_message(&bob.id, Value::Null);
    cem.hear_message(&bob.id, Value::Null);

    cem.say(json!({ "type": "leave" }));
    cem.hear("left");
    let left = json!({ "type": "peer_left", "peer_id": cem.id, "reason": "left" });
    assert_eq!((ann.next(), bob.next()), (left.clone(), left));
    // The socket may join again, as somebody else.
    let before = cem.id.clone();
    cem.enter(json!({ "room": "cellar", "name": "Cem" }));
    assert_ne!(cem.id, before);
    eve.hear("peer_joined");
    ann.hears_nothing();
    bob.close(1001);
    assert_eq!(ann.hear("peer_left")["reason"], "left");
}

#[test]
fn rooms_come_and_go_by_themselves() {
    let server = Server::start(&[]);
    let metrics = |name: &str| {
        let page = server.get("/metrics").text();
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.expect("it is told")
            .parse::<u64>()
            .expect("it is a number")
    };
    assert_eq!(
        (metrics("callreel_rooms"), metrics("callreel_room_sockets")),
        (0, 0)
    );
    let ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    let eve = Person::join(&server, "cellar", "Eve");
    let inside = json!({ "room": "kitchen", "people": ["Ann", "Bob"], "max_peers": 8 });
    assert_eq!(server.get("/api/rooms/kitchen").json(), inside);
    assert_eq!(
        server.get("/api/rooms/%E5%8E%A8").json()["people"],
        json!([])
    );
    assert_eq!(server.get("/api/rooms/a%0Ab").code(), "room_name");
    assert_eq!(server.get("/api/rooms/%FF").code(), "malformed");
    assert_eq!(server.get("/ws").status, 426);
    bob.tell(None, json!(1));
    bob.hears_nothing();
    assert_eq!(
        (metrics("callreel_rooms"), metrics("callreel_room_sockets")),
        (2, 3)
    );
    assert_eq!(metrics("callreel_room_messages_total"), 2);
    for person in [ann, bob, eve] {
        person.close(1000);
    }
    wait_for("the rooms to go", || {
        (metrics("callreel_rooms") == 0 && metrics("callreel_room_sockets") == 0).then_some(())
    });
}

#[test]
fn a_room_takes_as_many_as_it_may_and_no_more() {
    let server = Server::start(&["--max-peers", "3"]);
    // All at once: the places are given out one by one.
    let people: Vec<_> = thread::scope(|scope| {
        let server = &server;
        let one = move |i: usize| {
            let mut person = Person::connect(server);
            person.ask_in(json!({ "room": "kitchen", "name": i.to_string() }));
            let answer = person.next();
            (person, answer)
        };
        let all: Vec<_> = (0..24).map(|i| scope.spawn(move || one(i))).collect();
        all.into_iter()
            .map(|one| one.join().expect("it does not panic"))
            .collect()
    });
    let (inside, outside): (Vec<_>, Vec<_>) = people
        .into_iter()
        .partition(|(_, answer)| answer["type"] == "joined");
    assert_eq!((inside.len(), outside.len()), (3, 21));
    for (_, answer) in &outside {
        assert_eq!(
            *answer,
            json!({ "type": "full", "room": "kitchen", "max_peers": 3 })
        );
    }
    // Who was refused may try again on the same socket.
    let (mut late, _) = outside.into_iter().next().expect("there are some");
    let (first, _) = inside.into_iter().next().expect("there are some");
    first.close(1000);
    wait_for("a place", || {
        late.ask_in(json!({ "room": "kitchen", "name": "late" }));
        (late.next()["type"] == "joined").then_some(())
    });
}

#[test]
fn who_loses_the_connection_comes_back_unseen() {
    let server = Server::start(&[]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    let (id, session) = (ann.id.clone(), ann.session.clone());
    ann.cut();
    // While the connection is away, and from both sides of the moment when that is noticed.
    for i in 0..20 {
        bob.tell(Some(&id), json!(i));
    }
    bob.hears_nothing();
    let mut ann = Person::connect(&server);
    let join = json!({ "room": "kitchen", "name": "Ann", "session": session, "received": 0 });
    let joined = ann.enter(join);
    assert_eq!((&ann.id, &ann.session), (&id, &session));
    assert_eq!(
        (&joined["resumed"], &joined["missed"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(joined["peers"], json!([{ "id": bob.id, "name": "Bob" }]));
    for i in 0..20 {
        ann.hear_message(&bob.id, json!(i));
    }
    bob.hears_nothing();
    ann.tell(None, json!("back"));
    bob.hear_message(&ann.id, json!("back"));
    // Who counts further gets nothing twice.
    let mut again = Person::connect(&server);
    again.enter(json!({ "room": "kitchen", "session": session, "received": 18 }));
    again.hear_message(&bob.id, json!(18));
    again.hear_message(&bob.id, json!(19));
    again.hears_nothing();
}

#[test]
fn what_can_not_be_kept_is_told() {
    let server = Server::start(&["--max-message-rate", "100000"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    let (id, session) = (ann.id.clone(), ann.session.clone());
    bob.tell(None, json!("came"));
    ann.hear_message(&bob.id, json!("came"));
    ann.cut();
    for i in 0..1000 {
        bob.tell(Some(&id), json!(i));
    }
    bob.hears_nothing();
    let mut ann = Person::connect(&server);
    let joined = ann.enter(json!({ "room": "kitchen", "session": session, "received": 1 }));
    assert_eq!(joined["missed"], 1000 - 256);
    for i in 1000 - 256..1000 {
        ann.hear_message(&bob.id, json!(i));
    }
    ann.hears_nothing();
}

#[test]
fn a_newer_socket_takes_over_at_once() {
    let server = Server::start(&[]);
    let mut old = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    old.hear("peer_joined");
    let mut new = Person::connect(&server);
    let joined = new.enter(json!({ "room": "kitchen", "name": "Ann", "session": old.session }));
    assert_eq!((&joined["resumed"], &new.id), (&json!(true), &old.id));
    let (code, said) = old.hear_close();
    assert_eq!(code, 4409);
    assert_eq!(said[0]["code"], "taken_over");
    // The end of the old one harms nobody.
    drop(old);
    bob.hears_nothing();
    bob.tell(Some(&new.id), json!(1));
    new.hear_message(&bob.id, json!(1));
}

#[test]
fn a_lost_place_is_given_up_in_time() {
    let server = Server::start(&["--grace", "3s", "--max-peers", "2"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let bob = Person::join(&server, "kitchen", "Bob");
    let mut cem = Person::connect(&server);
    ann.hear("peer_joined");
    let (id, session) = (bob.id.clone(), bob.session.clone());
    // A program that breaks off, not a page that is closed.
    bob.close(4000);
    cem.ask_in(json!({ "room": "kitchen", "name": "Cem" }));
    cem.hear("full");
    let left = json!({ "type": "peer_left", "peer_id": id, "reason": "lost" });
    assert_eq!(ann.next(), left);
    // The same session is the same person, but it is another visit.
    let mut bob = Person::connect(&server);
    let joined = bob.enter(json!({ "room": "kitchen", "name": "Bob", "session": session }));
    assert_eq!((&joined["resumed"], &bob.id), (&json!(false), &id));
    assert_eq!(ann.hear("peer_joined")["peer"]["id"], id);
}

#[test]
fn who_says_nothing_is_found_dead() {
    let server = Server::start(&["--grace", "1s"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    // Never reads, so never answers a ping.
    let bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    // After 28 s at most, and a second of grace.
    assert_eq!(ann.hear("peer_left")["reason"], "lost");
    drop(bob);
}

#[test]
fn the_same_people_meet_again_after_a_restart() {
    let mut server = Server::start(&[]);
    let address = server.address.clone();
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let bob = Person::join(&server, "kitchen", "Bob");
    let (ids, sessions) = (
        [ann.id.clone(), bob.id.clone()],
        [ann.session.clone(), bob.session.clone()],
    );
    ann.hear("peer_joined");
    server.kill();
    assert!(ann.is_cut());
    let mut command = crate::support::callreel();
    command.args(["--listen", &address]);
    let server = Server::start_command(command);
    let mut people = Vec::new();
    for (id, session) in ids.iter().zip(&sessions) {
        let mut person = Person::connect(&server);
        let joined = person.enter(json!({ "room": "kitchen", "session": session, "received": 5 }));
        assert_eq!((&person.id, &joined["resumed"]), (id, &json!(false)));
        people.push(person);
    }
    // Somebody else's session in another room is nobody.
    let stranger = json!({ "room": "cellar", "session": sessions[0] });
    let mut other = Person::connect(&server);
    other.enter(stranger);
    assert!(!ids.contains(&other.id));
}

#[test]
fn the_server_says_goodbye() {
    let mut server = Server::start(&[]);
    let mut people: Vec<_> = (0..20)
        .map(|i| Person::join(&server, &format!("{}", i % 4), "x"))
        .collect();
    let mut idle = Person::connect(&server);
    server.signal("TERM");
    for person in people.iter_mut().chain([&mut idle]) {
        let (code, said) = person.hear_close();
        assert_eq!(code, 1012);
        assert_eq!(
            said.last().map(|it| &it["code"]),
            Some(&json!("shutting_down"))
        );
        // Answers the close, as browsers do.
        assert!(person.is_cut());
    }
    server.stopped();
}

#[test]
fn a_small_limit_of_files_is_raised() {
    let mut command = std::process::Command::new("sh");
    let start = "ulimit -Sn 64; exec \"$0\" --listen 127.0.0.1:0 --max-peers 1000";
    command.args(["-c", start, env!("CARGO_BIN_EXE_callreel")]);
    let server = Server::start_command(command);
    let people: Vec<_> = (0..80).map(|_| Person::connect(&server)).collect();
    for mut person in people {
        person.enter(json!({ "room": "hall", "name": "x" }));
    }
}

#[test]
fn many_talk_at_once_and_everything_arrives_in_order() {
    const PEOPLE: usize = 8;
    const MESSAGES: usize = 200;
    let server = Server::start(&[]);
    let mut people: Vec<_> = (0..PEOPLE)
        .map(|i| Person::join(&server, "kitchen", &i.to_string()))
        .collect();
    for (i, person) in people.iter_mut().enumerate() {
        (i + 1..PEOPLE).for_each(|_| drop(person.hear("peer_joined")));
    }
    let ids: BTreeSet<_> = people.iter().map(|person| person.id.clone()).collect();
    assert_eq!(ids.len(), PEOPLE);
    thread::scope(|scope| {
        for person in &mut people {
            let ids = &ids;
            scope.spawn(move || {
                let mut next: std::collections::BTreeMap<_, _> =
                    ids.iter().map(|id| (id.clone(), 0)).collect();
                for i in 0..MESSAGES {
                    person.tell(None, json!(i));
                    // As many as come meanwhile: who never reads is not kept.
                    for _ in 1..PEOPLE {
                        let heard = person.hear("message");
                        let from = heard["from"].as_str().expect("it is a text");
                        let expected = next.get_mut(from).expect("it is one of them");
                        assert_eq!(heard["data"], *expected, "from {from}");
                        *expected += 1;
                    }
                }
            });
        }
    });
}

#[test]
fn a_message_in_parts_counts_once() {
    let server = Server::start(&["--max-message-rate", "5"]);
    let mut ann = Person::join(&server, "kitchen", "Ann");
    let mut bob = Person::join(&server, "kitchen", "Bob");
    ann.hear("peer_joined");
    // Of twenty that may come at once one was the join, and this counts as fourteen.
    let data = "a".repeat(52 << 10);
    let text = json!({ "type": "message", "data": data }).to_string();
    let mut parts = text.as_bytes().chunks(5 << 10).peekable();
    let mut kind = Data::Text;
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let part = Frame::message(part.to_vec(), OpCode::Data(kind), is_last);
        ann.send(Message::Frame(part));
        kind = Data::Continue;
    }
    bob.hear_message(&ann.id, json!(data));
    ann.hears_nothing();
}
