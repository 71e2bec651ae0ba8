//! Candidates are read from their lines, and no text makes that panic.

use callreel_engine::ice::{Candidate, Kind, Priority};
use proptest::prelude::*;

use crate::cases;

fn line(candidate: &Candidate) -> String {
    let Candidate {
        foundation,
        component,
        transport,
        priority,
        address,
        port,
        kind,
        related,
        tcp_type,
    } = candidate;
    let mut line = format!(
        "candidate:{foundation} {component} {transport} {} {address} {port} typ {}",
        priority.0,
        kind.name()
    );
    if let Some((address, port)) = related {
        line += &format!(" raddr {address} rport {port}");
    }
    if let Some(tcp_type) = tcp_type {
        line += &format!(" tcptype {tcp_type}");
    }
    line + " generation 0 ufrag vTk9 network-id 1"
}

#[test]
fn lines_of_browsers_are_read() {
    let host = Candidate::parse(
        "candidate:842163049 1 UDP 2122260223 192.168.1.7 51472 typ host generation 0 ufrag x network-id 1",
    )
    .expect("it is one");
    assert_eq!(host.kind, Kind::Host);
    assert_eq!(host.transport, "udp");
    assert_eq!((host.address.as_str(), host.port), ("192.168.1.7", 51472));
    assert_eq!(host.related, None);

    let relayed = Candidate::parse(
        "a=candidate:2 1 tcp 8331263 2001:db8::7 3478 typ relay raddr 203.0.113.5 rport 9 tcptype passive",
    )
    .expect("it is one");
    assert_eq!(relayed.kind, Kind::Relayed);
    assert_eq!(relayed.related, Some(("203.0.113.5".into(), 9)));
    assert_eq!(relayed.tcp_type.as_deref(), Some("passive"));
}

/// The example of RFC 8445, section 5.1.2.1's formula, with the values of its recommendations.
#[test]
fn a_priority_is_taken_apart() {
    let priority = Priority(2_130_706_431);
    assert_eq!(priority.type_preference(), 126);
    assert_eq!(priority.local_preference(), 65_535);
    assert_eq!(priority.component(), 1);
    let other = Priority(1_694_498_815 - 1);
    assert_eq!(other.type_preference(), 100);
    assert_eq!(other.component(), 2);
}

#[test]
fn what_is_no_candidate_is_none() {
    for text in [
        "",
        "candidate:",
        "end-of-candidates",
        "candidate:1 0 udp 1 a 1 typ host",
        "candidate:1 257 udp 1 a 1 typ host",
        "candidate:1 1 udp 4294967296 a 1 typ host",
        "candidate:1 1 udp 1 a 65536 typ host",
        "candidate:1 1 udp 1 a 1 host",
        "candidate:1 1 udp 1 a 1 typ",
        "candidate:1 1 udp 1 a 1 typ ",
    ] {
        assert_eq!(Candidate::parse(text), None, "{text:?}");
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn every_candidate_is_read_as_it_was_written(
        foundation in "[A-Za-z0-9+/]{1,32}",
        component in 1_u16..=256,
        priority: u32,
        address in "[0-9a-f.:-]{1,40}(\\.local)?",
        port: u16,
        kind in prop_oneof![
            Just(Kind::Host), Just(Kind::ServerReflexive), Just(Kind::PeerReflexive),
            Just(Kind::Relayed), Just(Kind::Other("newer".into())),
        ],
        related in prop::option::of(("[0-9.]{1,15}", any::<u16>())),
        tcp_type in prop::option::of("active|passive|so"),
        transport in "udp|tcp",
    ) {
        let candidate = Candidate {
            foundation, component, transport, priority: Priority(priority), address, port, kind,
            related, tcp_type,
        };
        prop_assert_eq!(Candidate::parse(&line(&candidate)), Some(candidate));
    }

    #[test]
    fn a_priority_is_the_sum_of_its_parts(value: u32) {
        let priority = Priority(value);
        let sum = (priority.type_preference() << 24)
            + (priority.local_preference() << 8)
            + (256 - priority.component());
        prop_assert_eq!(sum, value);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", words in "(a=)?candidate:[ -~]{0,120}") {
        let _ = (Candidate::parse(&text), Candidate::parse(&words));
    }
}
