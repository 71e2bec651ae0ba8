//! Two machines, two browsers that follow the specification, and a network that does not behave.

use std::collections::BTreeMap;

use super::super::*;
use crate::json::parse;

pub const ENDS: [usize; 2] = [0, 1];
/// Each side's own name and the other's.
const NAMES: [(&str, &str); 2] = [("ann", "bob"), ("bob", "ann")];

/// What arrives later, and where.
#[derive(Clone, Debug)]
enum Later {
    Data(String),
    Event(u32, PeerEvent),
}

/// A browser's connection, as far as its signaling goes (WebRTC, section 4.4.1).
#[derive(Clone, Debug, Default)]
pub struct Browser {
    epoch: u32,
    pub lays_out: bool,
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

pub struct World {
    pub now: f64,
    dice: Dice,
    pub peers: Vec<Peer>,
    pub browsers: Vec<Browser>,
    /// What is on its way, by time and number.
    later: BTreeMap<(u64, u64), (usize, Later)>,
    sent: u64,
    descriptions: u32,
    /// Whose socket is gone until when.
    lost_until: [f64; 2],
    /// Offers that crossed.
    pub crossed: u32,
}

impl World {
    pub fn new(seed: u64) -> Self {
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

    pub fn perform(&mut self, end: usize, effects: Vec<Effect>) {
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
    pub fn fail(&mut self, transport: Transport) {
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

    pub fn want_offers(&mut self) {
        for end in ENDS {
            let epoch = self.peers[end].epoch();
            let effects = self.peers[end].handle(epoch, PeerEvent::NegotiationNeeded, self.now);
            self.perform(end, effects);
        }
    }

    pub fn lose_socket(&mut self, end: usize, for_ms: f64) {
        self.lost_until[end] = self.lost_until[end].max(self.now + for_ms);
        self.later
            .retain(|_, (_, later)| !matches!(later, Later::Data(_)));
    }

    /// One side has given the other up and meets it again as somebody new; the other side was away
    /// and knows nothing of that.
    pub fn forget(&mut self, end: usize) {
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

    pub fn run(&mut self, for_ms: f64) {
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

    pub fn assert_converged(&self) {
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
