//! Ports that stay free until somebody listens on them.

use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the ports that systems hand out by themselves, to listeners on port 0 and to every
/// connection (IANA's begin at 49152, Linux's at 32768): between looking and listening, or while a
/// killed server is down, nobody else is given one of these.
const FIRST: u16 = 12_000;
const COUNT: u16 = 16_000;

/// A port on which nobody listens, with IPv4 and with IPv6. No other test of this run is given it.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Runs beside each other begin far from each other, even where their ids are neighbours.
    let start = (process::id().wrapping_mul(7_919) % u32::from(COUNT)) as u16;
    loop {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (start + turn) % COUNT;
        let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        // A machine without IPv6 has nobody there either.
        let is_taken = TcpListener::bind((Ipv6Addr::LOCALHOST, port))
            .is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
        if is_free && !is_taken {
            return port;
        }
    }
}
