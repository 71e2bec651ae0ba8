//! Ports that stay free until somebody listens on them.

use std::{
    env,
    fs::File,
    io::ErrorKind,
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    process,
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// Below the ports that systems hand out by themselves, to listeners on port 0 and to every
/// connection (IANA's begin at 49152, Linux's at 32768): between looking and listening, or while a
/// killed server is down, nobody else is given one of these.
const FIRST: u16 = 12_000;
/// Ports that one run of tests has for itself.
const BLOCK: u16 = 2_000;
const BLOCKS: u16 = 8;

/// A block of ports that no other run beside this one is given.
struct Block {
    first: u16,
    next: AtomicU16,
    /// Locked for as long as this run lasts.
    _lock: Option<File>,
}

static PORTS: LazyLock<Block> = LazyLock::new(|| {
    let claimed = (0..BLOCKS).find_map(|block| {
        let file = env::temp_dir().join(format!("callreel-ports-{block}.lock"));
        let file = File::create(file).ok()?;
        file.try_lock().ok()?;
        Some((block, file))
    });
    // More runs than blocks, or a folder for temporary files that is none: so two may meet.
    let by_chance = (process::id() % u32::from(BLOCKS)) as u16;
    let (block, lock) = claimed.map_or((by_chance, None), |(block, lock)| (block, Some(lock)));
    Block {
        first: FIRST + block * BLOCK,
        next: AtomicU16::new(0),
        _lock: lock,
    }
});

/// A port on which nobody listens, with IPv4 and with IPv6. No other test is given it.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = PORTS.first + PORTS.next.fetch_add(1, Ordering::Relaxed) % BLOCK;
        let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        // A machine without IPv6 has nobody there either.
        let is_taken = TcpListener::bind((Ipv6Addr::LOCALHOST, port))
            .is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
        if is_free && !is_taken {
            return port;
        }
    }
}
