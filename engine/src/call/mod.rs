//! A call: the room's session, and one connection to everybody there.
//!
//! `session` gets into the room and back, `peer` negotiates one connection, `link` makes up for
//! what a lost socket loses, `wire` and `signal` are what is said. [`Call`] puts them together:
//! what happens goes in, what is to be done comes out, and the time is an argument.

pub mod layout;
pub mod lines;
mod link;
mod peer;
mod session;
pub mod share;
mod signal;
pub mod stats;
pub mod talk;
mod wire;

pub use peer::{Effect, PeerEvent, Standing, Transport};
pub use session::End;
pub use signal::{Candidate, Description};
pub use wire::{Entry, IceServer, Joined, Person, inside};

use crate::json::Value;
use link::earlier;
use peer::Peer;
use session::{RoomEvent, Session, Step};

/// Tells one person from another as long as the call lasts.
pub type Key = u32;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<'a> {
    /// The person wants to be in this room.
    Enter(Entry),
    /// The person wants to be out.
    Leave,
    /// The socket is open, and this is the token that the host asks for, if there is one now.
    Opened(Option<&'a str>),
    /// The socket is gone. A number between 0 and 1, so that not everybody comes back at once.
    Closed(f64),
    /// The socket brought this.
    Text(&'a str),
    /// The network is back, or the page is seen again.
    Hurry,
    /// A person's browser connection number `epoch` says something.
    Peer(Key, u32, PeerEvent),
    /// A person says over their connection that they go.
    Goodbye(Key),
    /// Time has passed.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open a socket to the server, instead of the one there was.
    Connect,
    /// Send this on the socket.
    Send(String),
    /// Close the socket.
    Disconnect,
    /// Do this with a person's connection number `epoch`; `Effect::Send` never comes here.
    Peer(Key, u32, Effect),
    /// Something for the person.
    Tell(News),
}

/// What the person is told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// One is in, or back again.
    Joined(Joined),
    /// Somebody is there.
    Came(Key, Person),
    /// Somebody is not there any more; their connection is over.
    Left(Key),
    /// The socket is lost; what is connected goes on, and the way back is looked for.
    Lost,
    /// The server does not answer on the way in; it is tried on.
    Unreachable,
    /// The server does not let one back in. What is connected goes on, and it is tried on.
    KeptOut {
        /// A stable code.
        code: String,
        /// For people.
        message: String,
    },
    /// One is out; all connections are over.
    Ended(End),
}

/// The call's machine.
#[derive(Clone, Debug, Default)]
pub struct Call {
    session: Session,
    own_id: String,
    next: Key,
    slots: Vec<Slot>,
}

#[derive(Clone, Debug)]
struct Slot {
    key: Key,
    id: String,
    peer: Peer,
    /// Not in the room's list any more, and borne with as long as the connection carries: after the
    /// server was started again everybody comes back at their own pace, some perhaps never, and
    /// none of that is seen in the call.
    is_orphan: bool,
}

impl Call {
    /// Takes what happened, at `now` in ms, and says what is to be done, in order.
    pub fn handle(&mut self, input: Input<'_>, now: f64) -> Vec<Output> {
        let mut out = Vec::new();
        let steps = match input {
            Input::Enter(entry) => self.session.enter(entry, now),
            Input::Leave => self.session.leave(),
            Input::Opened(token) => self.session.opened(token),
            Input::Closed(random) => self.session.closed(random, now),
            Input::Text(text) => self.session.text(text, now),
            Input::Hurry => self.session.hurry(now),
            Input::Peer(key, epoch, event) => {
                self.with(key, &mut out, |peer| peer.handle(epoch, event, now));
                Vec::new()
            }
            Input::Goodbye(key) => {
                self.remove(key, &mut out);
                Vec::new()
            }
            Input::Tick => {
                self.tick(now, &mut out);
                self.session.poll(now)
            }
        };
        for step in steps {
            self.step(step, now, &mut out);
        }
        out
    }

    /// When [`Input::Tick`] has something to do, in ms.
    pub fn timeout(&self) -> Option<f64> {
        // Without a way to signal nothing can be mended.
        let can_signal = self.session.is_in();
        let slots = self
            .slots
            .iter()
            .filter(|slot| can_signal || slot.is_orphan);
        let slots = slots.map(|slot| slot.peer.timeout());
        slots.fold(self.session.timeout(), earlier)
    }

    /// Whether the server is there to signal through.
    pub fn is_in(&self) -> bool {
        self.session.is_in()
    }

    fn step(&mut self, step: Step, now: f64, out: &mut Vec<Output>) {
        match step {
            Step::Connect => out.push(Output::Connect),
            Step::Send(text) => out.push(Output::Send(text)),
            Step::Disconnect => out.push(Output::Disconnect),
            Step::Deliver { from, data } => self.deliver(&from, &data, now, out),
            Step::Tell(RoomEvent::Joined(joined)) => self.joined(joined, now, out),
            Step::Tell(RoomEvent::Came(person)) => self.came(person, now, out),
            Step::Tell(RoomEvent::Left { id, reason }) => self.left(&id, &reason, out),
            Step::Tell(RoomEvent::Lost) => out.push(Output::Tell(News::Lost)),
            Step::Tell(RoomEvent::Unreachable) => out.push(Output::Tell(News::Unreachable)),
            Step::Tell(RoomEvent::KeptOut { code, message }) => {
                out.push(Output::Tell(News::KeptOut { code, message }));
            }
            Step::Tell(RoomEvent::Ended(end)) => {
                self.slots.clear();
                self.own_id.clear();
                out.push(Output::Tell(News::Ended(end)));
            }
        }
    }

    fn joined(&mut self, joined: Joined, now: f64, out: &mut Vec<Output>) {
        let is_new = self.own_id != joined.own_id;
        self.own_id.clone_from(&joined.own_id);
        out.push(Output::Tell(News::Joined(joined)));
        let keys: Vec<Key> = self.slots.iter().map(|slot| slot.key).collect();
        for key in keys {
            if is_new {
                // Nobody there knows this one any more.
                self.remove(key, out);
            } else {
                self.with(key, out, |peer| peer.resumed(now));
            }
        }
    }

    fn came(&mut self, person: Person, now: f64, out: &mut Vec<Output>) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == person.id) {
            slot.is_orphan = false;
            let key = slot.key;
            return self.with(key, out, |peer| peer.resumed(now));
        }
        self.next += 1;
        let key = self.next;
        let (peer, effects) = Peer::new(&self.own_id, &person.id, key, now);
        self.slots.push(Slot {
            key,
            id: person.id.clone(),
            peer,
            is_orphan: false,
        });
        out.push(Output::Tell(News::Came(key, person)));
        self.with(key, out, |_| effects);
    }

    fn left(&mut self, id: &str, reason: &str, out: &mut Vec<Output>) {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) else {
            return;
        };
        if slot.peer.is_connected() && reason != "left" {
            slot.is_orphan = true;
        } else {
            let key = slot.key;
            self.remove(key, out);
        }
    }

    fn deliver(&mut self, from: &str, data: &Value, now: f64, out: &mut Vec<Output>) {
        if let Some(slot) = self.slots.iter().find(|slot| slot.id == from) {
            let key = slot.key;
            // What is no signal is for other programs.
            self.with(key, out, |peer| peer.receive(data, now).unwrap_or_default());
        }
    }

    fn tick(&mut self, now: f64, out: &mut Vec<Output>) {
        let can_signal = self.session.is_in();
        for at in (0..self.slots.len()).rev() {
            let slot = &self.slots[at];
            let key = slot.key;
            if slot.is_orphan && !slot.peer.is_connected() {
                self.remove(key, out);
            } else {
                self.with(key, out, |peer| peer.poll(can_signal, now));
            }
        }
    }

    fn remove(&mut self, key: Key, out: &mut Vec<Output>) {
        let before = self.slots.len();
        // The next connection to the same person takes its key for its link, which must be greater.
        let links = self.slots.iter().filter(|slot| slot.key == key);
        self.next = links.fold(self.next, |next, slot| next.max(slot.peer.link()));
        self.slots.retain(|slot| slot.key != key);
        if self.slots.len() < before {
            out.push(Output::Tell(News::Left(key)));
        }
    }

    /// Has a person's machine act, and passes on what it wants.
    fn with(
        &mut self,
        key: Key,
        out: &mut Vec<Output>,
        act: impl FnOnce(&mut Peer) -> Vec<Effect>,
    ) {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.key == key) else {
            return;
        };
        for effect in act(&mut slot.peer) {
            match effect {
                // Without a socket it is lost, and sent again when there is one.
                Effect::Send(data) if self.session.is_in() => {
                    out.push(Output::Send(wire::message(&slot.id, &data)));
                }
                Effect::Send(_) => {}
                effect => out.push(Output::Peer(key, slot.peer.epoch(), effect)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
