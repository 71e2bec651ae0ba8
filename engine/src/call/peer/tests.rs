//! Perfect negotiation and what follows when it fails: in a world that does not behave, and one machine
//! alone.

mod world;

use proptest::prelude::*;

use super::*;
use crate::json::parse;
use world::{ENDS, World};

/// Long enough for every way of mending, in ms.
const PEACE_MS: f64 = 120_000.0;

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
