use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use callreel_protocol::{IceServers, Joined, LeaveReason, Peer, PeerId, ServerMessage, SessionId};
use serde_json::value::RawValue;
use tungstenite::Utf8Bytes;

use super::kept::{Kept, Rest};
use crate::error::Code;

/// A message as it goes out. Clones share their bytes.
pub type Frame = Utf8Bytes;

/// A room: who is in it, and what each of them must be told. It knows no socket: `S` stands for
/// one, and only for one.
#[derive(Debug)]
pub struct Room<S> {
    name: Box<str>,
    max_peers: usize,
    /// How long a lost connection keeps its place.
    grace: Duration,
    /// In the order in which they came.
    seats: Vec<Seat<S>>,
}

/// The place of one peer.
#[derive(Debug)]
struct Seat<S> {
    peer: Peer,
    session: SessionId,
    presence: Presence<S>,
    kept: Kept,
}

#[derive(Debug)]
enum Presence<S> {
    Here(S),
    /// The connection is lost, since then.
    Away(Instant),
}

/// What is to be done to a socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Sends a message.
    Say(Frame),
    /// Says why, and closes it.
    End(Code),
}

/// What is to be done, in this order.
pub type Orders<S> = Vec<(S, Order)>;

/// There is no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Who wants in.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// As the others will see it.
    pub peer: Peer,
    /// Its place.
    pub session: SessionId,
    /// What to look for a path with.
    pub ice: IceServers,
}

impl<S: Clone + PartialEq> Room<S> {
    /// An empty room.
    pub fn new(name: &str, max_peers: usize, grace: Duration) -> Self {
        Self {
            name: name.into(),
            max_peers,
            grace,
            seats: Vec::new(),
        }
    }

    /// Whether nobody is in it any more.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Everybody in it.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.seats.iter().map(|seat| &seat.peer)
    }

    /// Somebody comes for the first time.
    ///
    /// # Errors
    ///
    /// [`Full`] where there is no place left.
    pub fn join(&mut self, socket: S, entrant: Entrant) -> Result<Orders<S>, Full> {
        if self.seats.len() >= self.max_peers {
            return Err(Full);
        }
        let joined = self.joined(&entrant.peer, entrant.session, entrant.ice);
        let mut orders = self.to_others(
            entrant.peer.id,
            &ServerMessage::PeerJoined {
                peer: entrant.peer.clone(),
            },
        );
        orders.push((socket.clone(), say(&ServerMessage::Joined(joined))));
        // Most rooms are small, and there may be many.
        self.seats.reserve_exact(1);
        self.seats.push(Seat {
            peer: entrant.peer,
            session: entrant.session,
            presence: Presence::Here(socket),
            kept: Kept::default(),
        });
        Ok(orders)
    }

    /// Somebody comes back. None where there is no place of this session.
    pub fn resume(
        &mut self,
        socket: S,
        session: SessionId,
        received: Option<u64>,
        ice: IceServers,
    ) -> Option<Orders<S>> {
        let at = self.seats.iter().position(|seat| seat.session == session)?;
        let mut joined = self.joined(&self.seats[at].peer, session, ice);
        let seat = &mut self.seats[at];
        let Rest { frames, missed } = seat.kept.rest(received);
        (joined.resumed, joined.missed) = (true, missed);
        let mut orders = Vec::with_capacity(frames.len() + 2);
        if let Presence::Here(old) = &seat.presence {
            orders.push((old.clone(), Order::End(Code::TakenOver)));
        }
        orders.push((socket.clone(), say(&ServerMessage::Joined(joined))));
        let frames = frames.into_iter().map(Order::Say);
        orders.extend(frames.map(|order| (socket.clone(), order)));
        seat.presence = Presence::Here(socket);
        Some(orders)
    }

    /// Somebody goes for good. Nothing happens if another socket has the place by now.
    pub fn leave(&mut self, id: PeerId, socket: &S, reason: LeaveReason) -> Orders<S> {
        match self.seat(id, socket) {
            Some(at) => self.vacate(at, reason),
            None => Vec::new(),
        }
    }

    /// A connection is lost, and was last heard of at this time.
    pub fn lose(&mut self, id: PeerId, socket: &S, heard: Instant) {
        if let Some(at) = self.seat(id, socket) {
            self.seats[at].presence = Presence::Away(heard);
        }
    }

    /// Passes a message on, to one peer or to everybody else.
    ///
    /// # Errors
    ///
    /// [`Code::NoSuchPeer`]; [`Code::TakenOver`] where another socket has the sender's place.
    pub fn relay(
        &mut self,
        from: PeerId,
        socket: &S,
        to: Option<PeerId>,
        data: &RawValue,
        now: Instant,
    ) -> Result<Orders<S>, Code> {
        self.seat(from, socket).ok_or(Code::TakenOver)?;
        let frame = message(from, data);
        let mut orders = Vec::new();
        let mut found = false;
        for seat in &mut self.seats {
            if to.map_or(seat.peer.id != from, |to| seat.peer.id == to) {
                found = true;
                let here = match &seat.presence {
                    Presence::Here(socket) => Some(socket.clone()),
                    Presence::Away(_) => None,
                };
                seat.kept.push(frame.clone(), here.is_some(), now);
                orders.extend(here.map(|socket| (socket, Order::Say(frame.clone()))));
            }
        }
        match found || to.is_none() {
            true => Ok(orders),
            false => Err(Code::NoSuchPeer),
        }
    }

    /// Gives up the places of those that were away for too long.
    pub fn tick(&mut self, now: Instant) -> Orders<S> {
        let mut orders = Vec::new();
        let mut at = 0;
        while let Some(seat) = self.seats.get_mut(at) {
            seat.kept.prune(now);
            match seat.presence {
                Presence::Away(since) if now.saturating_duration_since(since) >= self.grace => {
                    orders.extend(self.vacate(at, LeaveReason::Lost));
                }
                _ => at += 1,
            }
        }
        orders
    }

    /// The seat that this socket has.
    fn seat(&self, id: PeerId, socket: &S) -> Option<usize> {
        self.seats.iter().position(|seat| {
            seat.peer.id == id && matches!(&seat.presence, Presence::Here(here) if here == socket)
        })
    }

    fn vacate(&mut self, at: usize, reason: LeaveReason) -> Orders<S> {
        let peer_id = self.seats.remove(at).peer.id;
        self.to_others(peer_id, &ServerMessage::PeerLeft { peer_id, reason })
    }

    /// Who is away learns it from `joined` when coming back.
    fn to_others(&self, id: PeerId, message: &ServerMessage<()>) -> Orders<S> {
        let order = say(message);
        let sockets = self.seats.iter().filter(|seat| seat.peer.id != id);
        let sockets = sockets.filter_map(|seat| match &seat.presence {
            Presence::Here(socket) => Some(socket.clone()),
            Presence::Away(_) => None,
        });
        sockets.map(|socket| (socket, order.clone())).collect()
    }

    fn joined(&self, peer: &Peer, session: SessionId, ice: IceServers) -> Joined {
        Joined {
            room: self.name.to_string(),
            peer_id: peer.id,
            session,
            peers: self
                .peers()
                .filter(|other| other.id != peer.id)
                .cloned()
                .collect(),
            ice_servers: ice.ice_servers,
            ice_transport_policy: ice.ice_transport_policy,
            max_peers: u32::try_from(self.max_peers).unwrap_or(u32::MAX),
            resumed: false,
            missed: 0,
        }
    }
}

fn say(message: &ServerMessage<()>) -> Order {
    Order::Say(frame(message))
}

/// A message of the server's own.
pub fn frame(message: &ServerMessage<()>) -> Frame {
    let json = serde_json::to_string(message).expect("our own types are always JSON");
    json.into()
}

/// [`ServerMessage::Message`], written without a detour: this is what the server does all day.
fn message(from: PeerId, data: &RawValue) -> Frame {
    let data = data.get();
    let mut json = String::with_capacity(data.len() + 80);
    write!(
        json,
        r#"{{"type":"message","from":"{from}","data":{data}}}"#
    )
    .expect("writing to a String does not fail");
    json.into()
}

#[cfg(test)]
mod tests;
