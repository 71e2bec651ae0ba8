//! Two machines, two browsers that follow the specification, and a network that does not behave.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::json::parse;

const ENDS: [usize; 2] = [0, 1];
/// Each side's own name and the other's.
const NAMES: [(&str, &str); 2] = [("ann", "bob"), ("bob", "ann")];
/// Long enough for every way of mending, in ms.
const PEACE_MS: f64 = 120_000.0;

/// What arrives later, and where.
#[derive(Clone, Debug)]
enum Later {
    Data(String),
    Event(u32, PeerEvent),
}

/// A browser's connection, as far as its signaling goes (WebRTC, section 4.4.1).
#[derive(Clone, Debug, Default)]
struct Browser {
    epoch: u32,
    lays_out: bool,
    /// The own offer that waits for its answer.
    offered: Option<String>,
    /// What the offer that was set last asks, until it is answered.
    asked: Option<String>,
    /// Offer and answer that stand.
    agreed: Option<(String, String)>,
    has_remote: bool,
    ice: u32,
    carries: bool,
}

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // A multiplicative generator after Knuth; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

struct World {
    now: f64,
    dice: Dice,
    peers: Vec<Peer>,
    browsers: Vec<Browser>,
    /// What is on its way, by time and number.
    later: BTreeMap<(u64, u64), (usize, Later)>,
    sent: u64,
    descriptions: u32,
    /// Whose socket is gone until when.
    lost_until: [f64; 2],
    /// Offers that crossed.
    crossed: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            now: 0.0,
            dice: Dice(seed),
            peers: Vec::new(),
            browsers: vec![Browser::default(); 2],
            later: BTreeMap::new(),
            sent: 0,
            descriptions: 0,
            lost_until: [0.0; 2],
            crossed: 0,
        };
        let mut begun = Vec::new();
        for (own, theirs) in NAMES {
            let (peer, effects) = Peer::new(own, theirs, 1, 0.0);
            world.peers.push(peer);
            begun.push(effects);
        }
        for (end, effects) in begun.into_iter().enumerate() {
            world.perform(end, effects);
        }
        world
    }

    fn after(&mut self, at_most_ms: u64, end: usize, later: Later) {
        let at = self.now + self.dice.below(at_most_ms) as f64;
        self.sent += 1;
        self.later.insert((at as u64, self.sent), (end, later));
    }

    fn perform(&mut self, end: usize, effects: Vec<Effect>) {
        for effect in effects {
            let epoch = self.peers[end].epoch();
            let event = |event| Later::Event(epoch, event);
            match effect {
                Effect::Create { lays_out } => {
                    let ice = self.browsers[end].ice + 1;
                    self.browsers[end] = Browser {
                        epoch,
                        lays_out,
                        ice,
                        ..Browser::default()
                    };
                }
                Effect::Offer { restart_ice } => {
                    let browser = &mut self.browsers[end];
                    assert!(browser.offered.is_none() && browser.asked.is_none());
                    assert!(
                        browser.has_remote || browser.lays_out,
                        "only the maker begins"
                    );
                    browser.ice += u32::from(restart_ice);
                    self.descriptions += 1;
                    let sdp = format!("{epoch} {} {end} {}", self.descriptions, browser.ice);
                    browser.offered = Some(sdp.clone());
                    let is_offer = true;
                    self.after(
                        40,
                        end,
                        event(PeerEvent::Described(Description { is_offer, sdp })),
                    );
                    self.gather(end);
                }
                Effect::Apply(description) => self.apply(end, description),
                Effect::Answer => {
                    let browser = &mut self.browsers[end];
                    let asked = browser.asked.take().expect("only what asks is answered");
                    let sdp = format!("re {asked} {end} {}", browser.ice);
                    browser.agreed = Some((asked, sdp.clone()));
                    let is_offer = false;
                    self.after(
                        40,
                        end,
                        event(PeerEvent::Described(Description { is_offer, sdp })),
                    );
                    self.gather(end);
                }
                Effect::Candidate(candidate) => {
                    assert!(self.browsers[end].has_remote, "too early: {candidate:?}");
                }
                Effect::Send(data) => {
                    let other = 1 - end;
                    if ENDS.iter().all(|end| self.lost_until[*end] <= self.now) {
                        self.after(300, other, Later::Data(data));
                    }
                }
                Effect::Changed(_) => {}
            }
        }
        self.carry();
    }

    fn gather(&mut self, end: usize) {
        let epoch = self.peers[end].epoch();
        for line in 0..2 {
            let candidate = Candidate {
                candidate: format!("candidate of {end}"),
                line: Some(line),
                ..Candidate::default()
            };
            self.after(
                200,
                end,
                Later::Event(epoch, PeerEvent::Gathered(candidate)),
            );
        }
    }

    fn apply(&mut self, end: usize, description: Description) {
        let epoch = self.peers[end].epoch();
        let browser = &mut self.browsers[end];
        let Description { is_offer, sdp } = description;
        assert!(
            sdp.contains(&format!("{epoch} ")),
            "of another connection: {sdp}"
        );
        let event = if is_offer {
            if browser.offered.take().is_some() {
                self.crossed += 1;
            }
            browser.asked = Some(sdp);
            browser.has_remote = true;
            PeerEvent::Applied
        } else {
            let offered = browser.offered.take().expect("an answer needs an offer");
            assert!(
                sdp.starts_with(&format!("re {offered} ")),
                "{offered}: {sdp}"
            );
            browser.agreed = Some((offered, sdp));
            browser.has_remote = true;
            PeerEvent::Applied
        };
        self.after(40, end, Later::Event(epoch, event));
    }

    /// Both agree on the same: the connection carries.
    fn carry(&mut self) {
        let [one, other] = [&self.browsers[0], &self.browsers[1]];
        let same = one.epoch == other.epoch && one.agreed.is_some() && one.agreed == other.agreed;
        for end in ENDS {
            if same && !self.browsers[end].carries {
                self.browsers[end].carries = true;
                let epoch = self.browsers[end].epoch;
                let connected = PeerEvent::Transport(Transport::Connected);
                self.after(100, end, Later::Event(epoch, connected));
            }
        }
    }

    /// The way between the two is gone: both notice, and only a new one helps.
    fn fail(&mut self, transport: Transport) {
        for end in ENDS {
            let browser = &mut self.browsers[end];
            if browser.carries {
                browser.carries = false;
                browser.agreed = None;
                let epoch = browser.epoch;
                let event = PeerEvent::Transport(transport);
                self.after(500, end, Later::Event(epoch, event));
            }
        }
    }

    fn want_offers(&mut self) {
        for end in ENDS {
            let epoch = self.peers[end].epoch();
            let effects = self.peers[end].handle(epoch, PeerEvent::NegotiationNeeded, self.now);
            self.perform(end, effects);
        }
    }

    fn lose_socket(&mut self, end: usize, for_ms: f64) {
        self.lost_until[end] = self.lost_until[end].max(self.now + for_ms);
        self.later
            .retain(|_, (_, later)| !matches!(later, Later::Data(_)));
    }

    /// One side has given the other up and meets it again as somebody new; the other side was away
    /// and knows nothing of that.
    fn forget(&mut self, end: usize) {
        self.later
            .retain(|_, (of, later)| *of != end || matches!(later, Later::Data(_)));
        let other = &mut self.browsers[1 - end];
        if other.carries {
            (other.carries, other.agreed) = (false, None);
        }
        let (own, theirs) = NAMES[end];
        let link = self.peers[end].link() + 1;
        let (peer, effects) = Peer::new(own, theirs, link, self.now);
        self.peers[end] = peer;
        self.perform(end, effects);
    }

    fn run(&mut self, for_ms: f64) {
        let end_of_run = self.now + for_ms;
        while self.now < end_of_run {
            self.now += 10.0;
            while let Some((&key, _)) = self.later.first_key_value() {
                if key.0 as f64 > self.now {
                    break;
                }
                let (end, later) = self.later.remove(&key).expect("it was just seen");
                let effects = match later {
                    Later::Data(data) => {
                        let value = parse(&data).expect("what is sent is JSON");
                        let read = self.peers[end].receive(&value, self.now);
                        read.expect("what is sent is a signal")
                    }
                    Later::Event(epoch, event) => self.peers[end].handle(epoch, event, self.now),
                };
                self.perform(end, effects);
            }
            for end in ENDS {
                let lost = self.lost_until[end];
                let mut effects = Vec::new();
                if lost > 0.0 && lost <= self.now {
                    self.lost_until[end] = 0.0;
                    effects = self.peers[end].resumed(self.now);
                } else if self.peers[end].timeout().is_some_and(|at| at <= self.now) {
                    effects = self.peers[end].poll(lost <= self.now, self.now);
                }
                self.perform(end, effects);
            }
        }
    }

    fn assert_converged(&self) {
        let [one, other] = [&self.browsers[0], &self.browsers[1]];
        assert_eq!(one.epoch, other.epoch, "{one:?}\n{other:?}");
        assert!(one.carries && other.carries, "{one:?}\n{other:?}");
        assert_eq!(one.agreed, other.agreed);
        for end in ENDS {
            let (peer, browser) = (&self.peers[end], &self.browsers[end]);
            assert!(browser.offered.is_none() && browser.asked.is_none());
            assert!(peer.now.inbox.is_empty() && peer.now.busy.is_none() && !peer.now.has_offer);
            assert!(peer.is_connected(), "{peer:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// Offers cross again and again, messages come late and in any order, sockets are lost, ways
    /// fail, one forgets the other: in the end the two agree, and carry.
    #[test]
    fn crossing_offers_always_converge(
        seed in any::<u64>(),
        troubles in prop::collection::vec((0_u8..10, 0_u16..3_000), 1..12),
    ) {
        let mut world = World::new(seed);
        world.run(1_000.0);
        for (trouble, wait) in troubles {
            match trouble {
                0..4 => world.want_offers(),
                4 => world.lose_socket(usize::from(wait) % 2, f64::from(wait) * 4.0),
                5 => world.fail(Transport::Disconnected),
                6 => world.fail(Transport::Failed),
                7 => world.forget(usize::from(wait) % 2),
                8 => {
                    world.lose_socket(usize::from(wait) % 2, f64::from(wait));
                    world.forget(usize::from(wait / 2) % 2);
                }
                _ => {
                    world.want_offers();
                    world.lose_socket(usize::from(wait) % 2, f64::from(wait));
                }
            }
            world.run(f64::from(wait));
        }
        world.run(PEACE_MS);
        world.assert_converged();
    }
}

#[test]
fn offers_really_cross() {
    let mut crossed = 0;
    for seed in 0..1_000 {
        let mut world = World::new(seed);
        world.run(3_000.0);
        world.want_offers();
        world.run(PEACE_MS);
        world.assert_converged();
        crossed += world.crossed;
    }
    // Each of the two offers at the same moment; one of them has to give in.
    assert!(crossed >= 1_000, "{crossed} of 1,000 crossed");
}

#[test]
fn one_side_alone_lays_out_the_media() {
    let world = World::new(1);
    let makers = world.browsers.iter().filter(|browser| browser.lays_out);
    assert_eq!(makers.count(), 1);
}

#[test]
fn a_browser_that_refuses_begins_anew_on_both_sides() {
    let mut world = World::new(2);
    world.run(3_000.0);
    for end in ENDS {
        let epoch = world.peers[end].epoch();
        let effects = world.peers[end].handle(epoch, PeerEvent::Failed, world.now);
        world.perform(end, effects);
    }
    world.run(PEACE_MS);
    world.assert_converged();
    assert!(world.peers[0].epoch() > 1);
}

#[test]
fn who_was_forgotten_begins_anew_and_nothing_waits() {
    for end in ENDS {
        let mut world = World::new(3);
        world.run(5_000.0);
        world.assert_converged();
        world.forget(end);
        // Far below what any patience takes: hearing of the new link is enough.
        world.run(5_000.0);
        world.assert_converged();
        assert!(world.peers.iter().all(|peer| !peer.link.waits()));
        assert!(world.peers.iter().all(|peer| peer.link() <= 2));
    }
}

#[test]
fn a_side_that_tells_no_link_is_understood_as_before() {
    let (mut peer, effects) = Peer::new("b", "a", 7, 0.0);
    assert_eq!(effects.len(), 2, "{effects:?}");
    let is_offer = true;
    let sdp = "v=0".to_owned();
    peer.handle(1, PeerEvent::Described(Description { is_offer, sdp }), 1.0);
    assert!(peer.link.waits());
    let answer = r#"{"seen":1,"number":1,"epoch":1,"description":{"type":"answer","sdp":"v=0"}}"#;
    let effects = peer.receive(&parse(answer).expect("it is JSON"), 2.0);
    assert!(
        matches!(effects.as_deref(), Some([Effect::Apply(_)])),
        "{effects:?}"
    );
    assert!(!peer.link.waits());
}

/// A side that lays out the connection, and has agreed with the other.
fn agreed() -> Peer {
    let (mut peer, _) = Peer::new("b", "a", 1, 0.0);
    peer.handle(1, described(true), 1.0);
    let answer = r#"{"seen":1,"number":1,"epoch":1,"description":{"type":"answer","sdp":""}}"#;
    peer.receive(&parse(answer).expect("it is JSON"), 2.0);
    peer.handle(1, PeerEvent::Applied, 3.0);
    peer
}

fn described(is_offer: bool) -> PeerEvent {
    let sdp = String::new();
    PeerEvent::Described(Description { is_offer, sdp })
}

#[test]
fn a_candidate_behind_an_ignored_offer_is_tried() {
    let mut peer = agreed();
    peer.handle(1, PeerEvent::NegotiationNeeded, 4.0);
    peer.handle(1, described(true), 5.0);
    let crossing = r#"{"seen":1,"number":2,"epoch":1,"description":{"type":"offer","sdp":""}}"#;
    let effects = peer.receive(&parse(crossing).expect("it is JSON"), 6.0);
    assert_eq!(effects, Some(Vec::new()));
    // It belongs to the answer from before, and comes only once.
    let late = r#"{"seen":1,"number":3,"epoch":1,"candidate":{"candidate":"c"}}"#;
    let effects = peer.receive(&parse(late).expect("it is JSON"), 7.0);
    assert!(
        matches!(effects.as_deref(), Some([Effect::Candidate(_)])),
        "{effects:?}"
    );
}

#[test]
fn a_browser_that_refuses_for_ever_is_asked_ever_less_often() {
    let (mut peer, _) = Peer::new("b", "a", 1, 0.0);
    let mut begun = Vec::new();
    let mut now = 0.0;
    while now < 60_000.0 {
        peer.handle(peer.epoch(), PeerEvent::Failed, now);
        loop {
            now += 100.0;
            if peer
                .poll(true, now)
                .contains(&Effect::Create { lays_out: true })
            {
                break begun.push(now);
            }
        }
    }
    assert_eq!(begun[..3], [500.0, 1_500.0, 3_500.0]);
    assert_eq!(begun.last(), Some(&63_500.0));
}

#[test]
fn a_way_that_is_not_found_is_said_once_and_until_there_is_one() {
    let mut peer = agreed();
    let failed = |peer: &mut Peer, now| {
        peer.handle(peer.epoch(), PeerEvent::Transport(Transport::Failed), now);
        peer.poll(true, now)
    };
    let effects = failed(&mut peer, 20_000.0);
    assert!(
        effects.contains(&Effect::Changed(Standing::Wayless)),
        "{effects:?}"
    );
    let effects = failed(&mut peer, 40_000.0);
    assert!(
        !effects.contains(&Effect::Changed(Standing::Wayless)),
        "{effects:?}"
    );
    let connected = PeerEvent::Transport(Transport::Connected);
    let effects = peer.handle(peer.epoch(), connected, 41_000.0);
    assert_eq!(effects, [Effect::Changed(Standing::Connected)]);
    // What carried is interrupted, which is another thing.
    let failed = PeerEvent::Transport(Transport::Failed);
    let effects = peer.handle(peer.epoch(), failed, 50_000.0);
    assert_eq!(effects, [Effect::Changed(Standing::Interrupted)]);
}

#[test]
fn nobody_who_confirms_nothing_makes_it_grow() {
    let (mut peer, _) = Peer::new("b", "a", 1, 0.0);
    for round in 0..400 {
        let now = f64::from(round) * 100_000.0;
        let is_offer = true;
        let sdp = "v=0".to_owned();
        let offered = PeerEvent::Described(Description { is_offer, sdp });
        peer.handle(peer.epoch(), offered, now);
        for _ in 0..20 {
            peer.handle(peer.epoch(), PeerEvent::Gathered(Candidate::default()), now);
        }
        let sent = peer.resumed(now).len();
        assert!(sent < 64, "{sent} at once");
        peer.poll(true, now + 99_999.0);
        peer.poll(true, now + 99_999.0);
    }
    assert!(peer.link() > 1 && peer.epoch() > 100);
}

#[test]
fn what_is_no_signal_changes_nothing() {
    let (mut peer, _) = Peer::new("a", "b", 1, 0.0);
    for text in [
        "null",
        "[]",
        "{}",
        r#"{"description":{}}"#,
        r#"{"seen":-1}"#,
    ] {
        let value = parse(text).expect("it is JSON");
        assert_eq!(peer.receive(&value, 1.0), None, "{text}");
    }
}
