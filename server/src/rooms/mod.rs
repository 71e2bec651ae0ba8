//! Rooms, and `/ws`: people find each other here. What they say goes from one to the other; the
//! server passes on what they need to connect, and never looks into it.
//!
//! [`room`] decides who is told what and knows no socket; [`socket`] reads and writes and decides
//! nothing, with [`frames`] between bytes and messages; an [`outbox`] is between room and socket and
//! never waits.

mod frames;
mod ice;
mod kept;
mod look;
mod names;
mod outbox;
mod room;
mod session;
mod socket;

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use callreel_protocol::{LeaveReason, PeerId, SessionId};
use serde_json::value::RawValue;
use tokio_util::task::TaskTracker;

pub use ice::{Ice, ice};
pub use look::look;
pub use socket::upgrade;

use crate::{config, error::Code, rate::network};
use outbox::Outbox;
use room::{Entrant, Full, Order, Orders, Room};

/// How often places of those that are away are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long sockets may take to close when the server stops.
const CLOSING: Duration = Duration::from_secs(3);
/// Sockets that one address may have, however few there may be: there may be an office behind it.
const MIN_NEAR: usize = 64;

/// All rooms, and all sockets that may want into one.
#[derive(Debug)]
pub struct Rooms {
    max_peers: usize,
    max_rooms: usize,
    max_sockets: usize,
    /// Sockets from one address.
    max_near: usize,
    grace: Duration,
    /// What participants look for a path with.
    pub ice: Ice,
    /// Taken before a room's own lock. Both are held for a few instructions and never while
    /// waiting, so plain ones.
    rooms: Mutex<HashMap<Box<str>, Shared>>,
    sockets: Mutex<Sockets>,
    tasks: TaskTracker,
}

type Shared = Arc<Mutex<Room<Outbox>>>;

#[derive(Debug, Default)]
struct Sockets {
    open: HashMap<u64, Outbox>,
    /// How many there are from each address.
    from: HashMap<IpAddr, usize>,
    next: u64,
    stopped: bool,
}

/// A place in a room, as the socket that has it knows it.
#[derive(Debug)]
pub struct Place {
    room: Shared,
    /// Who the socket is there.
    pub id: PeerId,
}

/// Why somebody did not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no place left.
    Full,
    /// Something else.
    Code(Code),
}

impl Rooms {
    /// No rooms yet.
    ///
    /// # Errors
    ///
    /// A text for the host.
    pub fn new(config: &config::Rooms) -> Result<Self, String> {
        Ok(Self {
            max_peers: config.max_peers as usize,
            max_rooms: config.max_rooms,
            max_sockets: config.max_sockets,
            max_near: (config.max_sockets / 4).max(MIN_NEAR),
            grace: config.grace.0,
            ice: Ice::new(config)?,
            rooms: Mutex::default(),
            sockets: Mutex::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// How many may be in a room.
    pub fn max_peers(&self) -> u32 {
        u32::try_from(self.max_peers).unwrap_or(u32::MAX)
    }

    /// Rooms that somebody is in, or has a place in.
    pub fn count(&self) -> usize {
        lock(&self.rooms).len()
    }

    /// Sockets that are open.
    pub fn sockets(&self) -> usize {
        lock(&self.sockets).open.len()
    }

    /// Who is in a room; nobody where there is none.
    pub fn names(&self, room: &str) -> Vec<String> {
        let room = lock(&self.rooms).get(room).cloned();
        let names = |room: Shared| lock(&room).peers().map(|peer| peer.name.clone()).collect();
        room.map_or_else(Vec::new, names)
    }

    /// Gives up places and rooms, from time to time; never completes.
    pub async fn keep_tidy(&self) {
        loop {
            tokio::time::sleep(TICK).await;
            let now = Instant::now();
            let mut rooms = lock(&self.rooms);
            rooms.retain(|_, room| {
                let mut room = lock(room);
                carry_out(room.tick(now));
                !room.is_empty()
            });
        }
    }

    /// Tells every socket that the server stops.
    pub fn begin_to_stop(&self) {
        let mut sockets = lock(&self.sockets);
        sockets.stopped = true;
        for outbox in sockets.open.values() {
            outbox.take(Order::End(Code::ShuttingDown));
        }
        self.tasks.close();
    }

    /// Waits a little until all sockets are closed.
    pub async fn closed(&self) {
        if tokio::time::timeout(CLOSING, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some sockets of rooms did not close in time and were cut");
        }
    }

    /// Somebody comes into a room, for the first time or again. An entrant that was refused may
    /// still come back to a place.
    fn enter(
        &self,
        name: &str,
        outbox: &Outbox,
        entrant: Entrant,
        received: Option<u64>,
        refused: Option<Code>,
    ) -> Result<Place, Refusal> {
        let id = entrant.peer.id;
        let mut rooms = lock(&self.rooms);
        let count = rooms.len();
        let slot = match rooms.entry(name.into()) {
            Entry::Occupied(known) => {
                let shared = Arc::clone(known.get());
                let mut room = lock(&shared);
                let ice = &entrant.ice;
                let back = room.resume(outbox.clone(), entrant.session, received, ice.clone());
                if let Some(orders) = back {
                    carry_out(orders);
                    drop(room);
                    return Ok(Place { room: shared, id });
                }
                Entry::Occupied(known)
            }
            vacant => vacant,
        };
        if let Some(code) = refused {
            return Err(Refusal::Code(code));
        }
        if matches!(slot, Entry::Vacant(_)) && count >= self.max_rooms {
            return Err(Refusal::Code(Code::TooManyRooms));
        }
        let new = || Arc::new(Mutex::new(Room::new(name, self.max_peers, self.grace)));
        let shared = Arc::clone(slot.or_insert_with(new));
        let mut room = lock(&shared);
        let joined = room.join(outbox.clone(), entrant);
        carry_out(joined.map_err(|Full| Refusal::Full)?);
        drop(room);
        Ok(Place { room: shared, id })
    }

    /// Counts a socket from an address, until the guard is dropped.
    fn open(rooms: &Arc<Self>, address: Option<IpAddr>) -> Result<Open, Code> {
        // A proxy on this machine stands for everybody.
        let is_shared = |address: &IpAddr| address.to_canonical().is_loopback();
        let from = address.filter(|address| !is_shared(address)).map(network);
        let mut sockets = lock(&rooms.sockets);
        if sockets.stopped {
            return Err(Code::ShuttingDown);
        }
        if sockets.open.len() >= rooms.max_sockets {
            return Err(Code::TooManySockets);
        }
        if let Some(from) = from {
            let near = sockets.from.entry(from).or_default();
            if *near >= rooms.max_near {
                return Err(Code::TooManySockets);
            }
            *near += 1;
        }
        let (number, outbox) = (sockets.next, Outbox::default());
        sockets.next += 1;
        sockets.open.insert(number, outbox.clone());
        Ok(Open {
            rooms: Arc::clone(rooms),
            number,
            from,
            outbox,
        })
    }
}

/// A socket that is open.
#[must_use = "it is open only as long as this lives"]
#[derive(Debug)]
struct Open {
    rooms: Arc<Rooms>,
    number: u64,
    /// The address that it counts for.
    from: Option<IpAddr>,
    outbox: Outbox,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut sockets = lock(&self.rooms.sockets);
        sockets.open.remove(&self.number);
        let Some(from) = self.from else { return };
        if let Entry::Occupied(mut near) = sockets.from.entry(from) {
            *near.get_mut() -= 1;
            if *near.get() == 0 {
                near.remove();
            }
        }
    }
}

impl Place {
    /// Passes a message on; see [`Room::relay`].
    fn relay(
        &self,
        outbox: &Outbox,
        to: Option<PeerId>,
        data: &RawValue,
        now: Instant,
    ) -> Result<(), Code> {
        let mut room = lock(&self.room);
        carry_out(room.relay(self.id, outbox, to, data, now)?);
        Ok(())
    }

    /// Gives it up for good.
    fn leave(self, outbox: &Outbox, reason: LeaveReason) {
        let mut room = lock(&self.room);
        carry_out(room.leave(self.id, outbox, reason));
    }

    /// Gives it up for a while; the socket was last heard of at this time.
    fn lose(self, outbox: &Outbox, heard: Instant) {
        lock(&self.room).lose(self.id, outbox, heard);
    }
}

/// Carries out what a room has decided, before anybody else can change it: so everybody is told
/// everything in the same order.
fn carry_out(orders: Orders<Outbox>) {
    for (outbox, order) in orders {
        outbox.take(order);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}

/// Who somebody is in a room. The session can't be guessed from it, and who has the session is
/// the same again, whatever became of the server in between.
fn peer_id(room: &str, session: SessionId) -> PeerId {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::new_with_prefix(b"callreel peer")
        .chain_update(session.as_bytes())
        .chain_update(room)
        .finalize();
    let (first, _) = hash.as_slice().split_at(16);
    PeerId::from_bytes(first.try_into().expect("a hash has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn one_address_does_not_get_all_sockets() {
        let cli = config::Cli::parse_from(["callreel", "--max-sockets", "100"]);
        let rooms = Rooms::new(&cli.config.rooms).expect("nothing is wrong with it");
        let rooms = Arc::new(rooms);
        let open = |address: &str| Rooms::open(&rooms, address.parse().ok());
        let mut near: Vec<_> = (0..64).filter_map(|_| open("192.0.2.7").ok()).collect();
        assert_eq!(near.len(), 64);
        let refused = open("::ffff:192.0.2.7").map(|_| ());
        assert_eq!(refused, Err(Code::TooManySockets));
        assert!(open("192.0.2.8").is_ok());
        near.pop();
        assert!(open("192.0.2.7").is_ok(), "a place is free again");
        // Nobody knows who is behind a proxy, so it has what is left.
        let behind: Vec<_> = (0..100).filter_map(|_| open("127.0.0.1").ok()).collect();
        assert_eq!(near.len() + behind.len(), 100);
        drop((near, behind));
        assert!(lock(&rooms.sockets).from.is_empty());
    }
}
