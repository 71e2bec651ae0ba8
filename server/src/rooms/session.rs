use std::{num::NonZeroU32, time::Instant};

use callreel_protocol::{ClientMessage, Join, LeaveReason, Peer, PeerId, ServerMessage, SessionId};
use governor::{
    Quota, RateLimiter,
    clock::MonotonicClock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use serde_json::value::RawValue;

use super::{
    Open, Place, Refusal, names, peer_id,
    room::{Entrant, Order, frame},
};
use crate::{
    clock::now_ms,
    error::{Code, Error},
    server::Server,
    uploads::random_id,
};

/// Bytes of a message at most. A description with every codec there is has a tenth of them.
pub const MAX_MESSAGE: usize = 64 << 10;
/// Characters of the reason why a message can't be read.
const MAX_QUOTE: usize = 200;
/// Bytes that count as one message.
const ONE: usize = 4 << 10;

/// One client, from its first message to its last. Everything it is told goes through the outbox,
/// so in the order in which it happened.
pub struct Session {
    server: Server,
    open: Open,
    limiter: RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<Instant>>,
    place: Option<Place>,
    /// Parts of a message that is not whole yet.
    parts: usize,
}

impl Session {
    pub fn new(server: Server, open: Open) -> Self {
        let rate = server.config.rooms.max_message_rate;
        let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(3));
        let quota = Quota::per_second(rate).allow_burst(burst);
        Self {
            server,
            open,
            limiter: RateLimiter::direct_with_clock(quota, MonotonicClock),
            place: None,
            parts: 0,
        }
    }

    pub fn outbox(&self) -> &super::Outbox {
        &self.open.outbox
    }

    /// Counts a message of so many bytes. Its parts were counted already.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyRequests`].
    pub fn count_message(&mut self, bytes: usize) -> Result<(), Code> {
        let parts = std::mem::take(&mut self.parts);
        self.count((bytes / ONE).saturating_sub(parts))
    }

    /// Counts a part of a message: however small, it is work.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyRequests`].
    pub fn count_part(&mut self) -> Result<(), Code> {
        self.parts += 1;
        self.count(0)
    }

    /// Counts something that came, once and so many times more.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyRequests`].
    pub fn count(&self, more: usize) -> Result<(), Code> {
        let cost = NonZeroU32::MIN.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        match self.limiter.check_n(cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Code::TooManyRequests),
        }
    }

    /// Does what a message asks for.
    ///
    /// # Errors
    ///
    /// Codes after which nothing sensible can follow.
    pub fn take(&mut self, text: &str, now: Instant) -> Result<(), Code> {
        if text.len() > MAX_MESSAGE {
            return Err(Code::BodyTooLarge);
        }
        let message: ClientMessage<&RawValue> = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) => {
                // It may quote what came, which may be long.
                let why = error
                    .to_string()
                    .chars()
                    .take(MAX_QUOTE)
                    .collect::<String>();
                self.refuse(Error::new(Code::Malformed, why));
                return Ok(());
            }
        };
        let done = match message {
            ClientMessage::Message { to, data } => self.relay(to, data, now),
            ClientMessage::Join(join) => self.join(join),
            ClientMessage::Leave {} => self.leave(),
        };
        match done {
            Err(Code::TakenOver) => Err(Code::TakenOver),
            Err(code) => {
                self.refuse(code.into());
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Says what can't be done.
    pub fn refuse(&self, error: Error) {
        self.say(&ServerMessage::Error {
            code: error.code,
            message: error.message,
        });
    }

    fn relay(&self, to: Option<PeerId>, data: &RawValue, now: Instant) -> Result<(), Code> {
        let place = self.place.as_ref().ok_or(Code::OutOfOrder)?;
        place.relay(self.outbox(), to, data, now)?;
        self.server.metrics.relayed.increment();
        Ok(())
    }

    fn join(&mut self, join: Join) -> Result<(), Code> {
        if self.place.is_some() {
            return Err(Code::OutOfOrder);
        }
        let room = names::room(&join.room)?;
        let name = names::person(&join.name)?;
        let session = match join.session {
            Some(session) => session,
            None => {
                let bits = random_id().map_err(|error| error.code)?;
                SessionId::from_bytes(*bits.as_bytes())
            }
        };
        let id = peer_id(room, session);
        let mut entrant = Entrant {
            peer: Peer {
                id,
                name,
                role: None,
            },
            session,
            ice: self.server.rooms.ice.servers(id, now_ms()),
        };
        let refused = self
            .admit(&mut entrant.peer, room, join.token.as_deref())
            .err();
        let rooms = &self.server.rooms;
        let entered = rooms.enter(room, self.outbox(), entrant, join.received, refused);
        match entered {
            Ok(place) => self.place = Some(place),
            Err(Refusal::Code(code)) => return Err(code),
            Err(Refusal::Full) => self.say(&ServerMessage::Full {
                room: room.to_owned(),
                max_peers: rooms.max_peers(),
            }),
        }
        Ok(())
    }

    /// Whether somebody may come in for the first time, and as who: what the host says goes before
    /// what the client says.
    fn admit(&self, peer: &mut Peer, room: &str, token: Option<&str>) -> Result<(), Code> {
        let Some(host) = &self.server.keys.host else {
            return Ok(());
        };
        let claims = host.verify(token.unwrap_or_default(), now_ms());
        let claims = claims.filter(|claims| claims.room.as_deref() == Some(room));
        let claims = claims.ok_or(Code::JoinTokenNeeded)?;
        if let Some(name) = &claims.name {
            peer.name = names::fitting(name);
        }
        peer.role = claims.role.as_deref().map(names::fitting);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Code> {
        let place = self.place.take().ok_or(Code::OutOfOrder)?;
        place.leave(self.outbox(), LeaveReason::Left);
        self.say(&ServerMessage::Left {});
        Ok(())
    }

    fn say(&self, message: &ServerMessage<()>) {
        self.outbox().take(Order::Say(frame(message)));
    }

    /// The client is gone for good.
    pub fn gone(&mut self, reason: LeaveReason) {
        if let Some(place) = self.place.take() {
            place.leave(self.outbox(), reason);
        }
    }

    /// The connection is lost; the client was last heard of at this time.
    pub fn lost(&mut self, heard: Instant) {
        if let Some(place) = self.place.take() {
            place.lose(self.outbox(), heard);
        }
    }
}

impl Drop for Session {
    /// However it ends, nobody keeps a place without a socket.
    fn drop(&mut self) {
        self.lost(Instant::now());
    }
}
