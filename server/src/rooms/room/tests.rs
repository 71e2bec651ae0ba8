//! Whatever people do, everybody knows who is in the room, and nothing gets lost unnoticed.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const MAX_PEERS: usize = 3;
const GRACE: Duration = Duration::from_secs(45);
const PEOPLE: usize = 5;

/// What happens to a room.
#[derive(Clone, Debug)]
enum Op {
    /// Somebody joins, or comes back on a new socket.
    Join(usize),
    /// A connection breaks; so many of the last messages on it are lost.
    Break(usize, usize),
    /// The server notices that a connection is broken.
    Notice(usize),
    Leave(usize),
    Say(usize, Option<usize>),
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..PEOPLE;
    prop_oneof![
        4 => who.clone().prop_map(Op::Join),
        2 => (who.clone(), 0..4usize).prop_map(|(who, lost)| Op::Break(who, lost)),
        2 => who.clone().prop_map(Op::Notice),
        1 => who.clone().prop_map(Op::Leave),
        8 => (who.clone(), prop::option::of(who)).prop_map(|(who, to)| Op::Say(who, to)),
        1 => (0..60u64).prop_map(Op::Wait),
    ]
}

/// Somebody as the property sees them: what their sockets brought, and what it should be.
#[derive(Default)]
struct Person {
    /// The socket that they use, or used last.
    socket: Option<u32>,
    broken: bool,
    /// A place is kept for them.
    seated: bool,
    /// Who they think is there.
    others: Vec<String>,
    /// What they got in this session, and what they should have got.
    got: Vec<String>,
    sent_to: Vec<String>,
    missed: u64,
}

struct World {
    room: Room<u32>,
    now: Instant,
    people: Vec<Person>,
    /// What was sent to each socket and not read yet.
    wires: BTreeMap<u32, Vec<Order>>,
    sockets: u32,
    said: u32,
}

fn id(who: usize) -> PeerId {
    PeerId::from_bytes([who as u8; 16])
}

fn session(who: usize) -> SessionId {
    SessionId::from_bytes([who as u8; 16])
}

impl World {
    fn new() -> Self {
        Self {
            room: Room::new("kitchen", MAX_PEERS, GRACE),
            now: Instant::now(),
            people: (0..PEOPLE).map(|_| Person::default()).collect(),
            wires: BTreeMap::new(),
            sockets: 0,
            said: 0,
        }
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Join(who) => self.join(who),
            Op::Break(who, lost) => self.break_off(who, lost),
            Op::Notice(who) => {
                let person = &self.people[who];
                if let (true, Some(socket)) = (person.broken, person.socket) {
                    self.room.lose(id(who), &socket, self.now);
                }
            }
            Op::Leave(who) => {
                let person = &mut self.people[who];
                if let (false, Some(socket)) = (person.broken, person.socket.take()) {
                    *person = Person::default();
                    self.wires.remove(&socket);
                    let orders = self.room.leave(id(who), &socket, LeaveReason::Left);
                    self.post(orders);
                }
            }
            Op::Say(who, to) => self.say(who, to),
            Op::Wait(seconds) => {
                self.now += Duration::from_secs(seconds);
                let orders = self.room.tick(self.now);
                self.post(orders);
                for (who, person) in self.people.iter_mut().enumerate() {
                    if person.seated && !self.room.peers().any(|peer| peer.id == id(who)) {
                        assert!(person.broken, "who is connected keeps the place");
                        *person = Person::default();
                    }
                }
            }
        }
        self.read();
    }

    fn join(&mut self, who: usize) {
        let socket = self.sockets;
        let person = &mut self.people[who];
        if person.socket.is_some() && !person.broken {
            return;
        }
        let received = person.got.len() as u64 + person.missed;
        let back = self
            .room
            .resume(socket, session(who), Some(received), IceServers::default());
        assert_eq!(back.is_some(), person.seated);
        let orders = back.or_else(|| {
            let peer = Peer {
                id: id(who),
                name: String::new(),
                role: None,
            };
            let entrant = Entrant {
                peer,
                session: session(who),
                ice: IceServers::default(),
            };
            let is_full = self.room.peers().count() == MAX_PEERS;
            let joined = self.room.join(socket, entrant);
            assert_eq!(joined.is_err(), is_full);
            joined.ok()
        });
        if let Some(orders) = orders {
            self.sockets += 1;
            (person.socket, person.broken, person.seated) = (Some(socket), false, true);
            self.wires.insert(socket, Vec::new());
            self.post(orders);
        }
    }

    fn break_off(&mut self, who: usize, lost: usize) {
        let person = &mut self.people[who];
        if let (false, Some(socket)) = (person.broken, person.socket) {
            person.broken = true;
            // What came a moment ago counts as not come.
            let got = person.got.len();
            person.got.truncate(got.saturating_sub(lost));
            self.wires.remove(&socket);
        }
    }

    fn say(&mut self, who: usize, to: Option<usize>) {
        let person = &self.people[who];
        let (false, Some(socket)) = (person.broken, person.socket) else {
            return;
        };
        let text = format!("{who} said {}", self.said);
        self.said += 1;
        let data = RawValue::from_string(json!(text).to_string()).expect("it is JSON");
        let said = self
            .room
            .relay(id(who), &socket, to.map(id), &data, self.now);
        let hears = |listener: usize| to.map_or(listener != who, |to| listener == to);
        let is_known = to.is_none_or(|to| self.people[to].seated);
        assert_eq!(said.is_ok(), is_known);
        for (listener, person) in self.people.iter_mut().enumerate() {
            if person.seated && hears(listener) {
                person.sent_to.push(text.clone());
            }
        }
        self.post(said.unwrap_or_default());
    }

    /// Nothing reaches a socket that is broken.
    fn post(&mut self, orders: Orders<u32>) {
        for (socket, order) in orders {
            if let Some(wire) = self.wires.get_mut(&socket) {
                wire.push(order);
            }
        }
    }

    fn read(&mut self) {
        for (who, person) in self.people.iter_mut().enumerate() {
            let wire = person.socket.and_then(|socket| self.wires.get_mut(&socket));
            for order in wire.map(std::mem::take).unwrap_or_default() {
                match order {
                    Order::Say(frame) => person.hear(who, frame.as_str()),
                    Order::End(code) => panic!("{code} for who is connected"),
                }
            }
        }
    }

    fn check(&self) {
        assert!(self.room.peers().count() <= MAX_PEERS);
        for (who, person) in self.people.iter().enumerate() {
            assert_eq!(
                person.seated,
                self.room.peers().any(|peer| peer.id == id(who))
            );
            if person.broken || person.socket.is_none() {
                continue;
            }
            let others = self.room.peers().map(|peer| peer.id.to_string());
            let mut others: Vec<_> = others
                .filter(|other| *other != id(who).to_string())
                .collect();
            let mut known = person.others.clone();
            others.sort();
            known.sort();
            assert_eq!(known, others, "{who} knows who is there");
            let missed = usize::try_from(person.missed).expect("it is a small number");
            assert_eq!(missed + person.got.len(), person.sent_to.len());
            match missed {
                0 => assert_eq!(person.got, person.sent_to, "in order, and once"),
                _ => assert!(
                    person.got.iter().all(|text| person.sent_to.contains(text)),
                    "{:?} of {:?}",
                    person.got,
                    person.sent_to
                ),
            }
        }
    }
}

impl Person {
    fn hear(&mut self, who: usize, frame: &str) {
        let frame: Value = serde_json::from_str(frame).expect("it is JSON");
        let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
        match frame["type"].as_str().expect("it is tagged") {
            "joined" => {
                assert_eq!(frame["peer_id"], id(who).to_string());
                let peers = frame["peers"].as_array().expect("it is a list");
                self.others = peers.iter().map(|peer| text(&peer["id"])).collect();
                self.missed += frame["missed"].as_u64().expect("it is a number");
            }
            "peer_joined" => self.others.push(text(&frame["peer"]["id"])),
            "peer_left" => {
                let gone = text(&frame["peer_id"]);
                assert!(self.others.contains(&gone), "nobody leaves twice");
                self.others.retain(|other| *other != gone);
            }
            "message" => {
                let data = text(&frame["data"]);
                let from = id(data[..1].parse().expect("it begins with a number"));
                assert_eq!(frame["from"], from.to_string());
                self.got.push(data);
            }
            other => panic!("{other}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn everybody_knows_who_is_there_and_hears_everything(ops in prop::collection::vec(op(), 1..80)) {
        let mut world = World::new();
        for op in &ops {
            world.apply(op);
            world.check();
        }
    }
}

#[test]
fn who_takes_over_ends_the_older_socket() {
    let mut world = World::new();
    world.join(0);
    let orders = world
        .room
        .resume(7, session(0), None, IceServers::default());
    let orders = orders.expect("the place is there");
    assert_eq!(orders[0], (0, Order::End(Code::TakenOver)));
    assert_eq!(orders[1].0, 7);
    let data = RawValue::from_string("1".into()).expect("it is JSON");
    let stale = world.room.relay(id(0), &0, None, &data, world.now);
    assert_eq!(stale, Err(Code::TakenOver));
    assert!(world.room.leave(id(0), &0, LeaveReason::Removed).is_empty());
    world.room.lose(id(0), &0, world.now);
    assert!(world.room.tick(world.now + GRACE).is_empty());
    assert!(!world.room.is_empty(), "the newer socket has the place");
}

#[test]
fn a_place_is_given_up_when_the_grace_period_is_over() {
    let mut world = World::new();
    world.join(0);
    world.join(1);
    world.read();
    world.room.lose(id(0), &0, world.now);
    let almost = world.now + GRACE - Duration::from_millis(1);
    assert!(world.room.tick(almost).is_empty());
    let orders = world.room.tick(world.now + GRACE);
    let told = ServerMessage::PeerLeft {
        peer_id: id(0),
        reason: LeaveReason::Lost,
    };
    assert_eq!(orders, [(1, say(&told))]);
    assert_eq!(
        world
            .room
            .resume(9, session(0), None, IceServers::default()),
        None
    );
}

#[test]
fn a_message_is_written_as_the_protocol_has_it() {
    let data = RawValue::from_string(r#"{"a": [1, "\u00e4"]}"#.into()).expect("it is JSON");
    let from = PeerId::from_bytes([0xc4; 16]);
    let derived = serde_json::to_string(&ServerMessage::Message { from, data: &data });
    assert_eq!(
        message(from, &data).as_str(),
        derived.expect("it can be written")
    );
}
