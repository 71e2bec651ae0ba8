//! The way into a room and back into it: one socket after the other under one session.

use super::wire::{self, Entry, FromServer, Joined, Person};
use crate::json::Value;

/// A socket that does not get one into the room in this time is given up, in ms.
const ANSWER_MS: f64 = 8_000.0;
/// The longest wait between two tries, in ms; without luck for a minute it is the second.
const WAIT_MS: [f64; 2] = [1_500.0, 5_000.0];

/// Who was in and is not let back in tries again after the first, in ms; each time after twice as
/// long, up to the second.
const REFUSED_MS: [f64; 2] = [1_000.0, 30_000.0];
/// Errors after which the server closes the socket, to be asked again: nothing is wrong with what
/// it was asked.
const PASSING: [&str; 3] = ["shutting_down", "too_many_requests", "too_many_sockets"];
/// Errors that say nothing of the session: it is worth keeping, and asking again with it.
const KEEPING: [&str; 2] = ["join_token_needed", "too_many_rooms"];
/// The code for a room that has filled up while one was away.
const FULL: &str = "room_full";

/// A socket that brought nothing for this long is asked whether it lives, in ms, by a message to
/// oneself.
const ASK_AFTER_MS: f64 = 15_000.0;
/// And has this long to answer, in ms.
const LIVE_MS: f64 = 5_000.0;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Open a socket; the one there was is over.
    Connect,
    Send(String),
    /// Close the socket.
    Disconnect,
    Tell(RoomEvent),
    /// Something from another person.
    Deliver {
        from: String,
        data: Value,
    },
}

/// What happens in the room.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RoomEvent {
    /// One is in, or back again; everybody new there follows.
    Joined(Joined),
    Came(Person),
    Left {
        id: String,
        reason: String,
    },
    Lost,
    /// On the way in for the first time, nothing answered.
    Unreachable,
    /// Not let back in, for now.
    KeptOut {
        code: String,
        message: String,
    },
    Ended(End),
}

/// Why one is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By own wish.
    Left,
    /// So many are there already.
    Full {
        /// How many there may be.
        max_peers: u32,
    },
    /// The server refused.
    Refused {
        /// A stable code.
        code: String,
        /// For people.
        message: String,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Out,
    /// A socket is opening, or has been asked to join.
    Entering {
        until: f64,
        /// It was asked, so there may be a place in the room.
        asked: bool,
    },
    In {
        /// When the socket is to be asked whether it lives.
        ask_at: f64,
        /// Until when it has to answer.
        until: Option<f64>,
    },
    Waiting {
        until: f64,
    },
}

/// The session's machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    state: State,
    entry: Entry,
    session: Option<String>,
    own_id: String,
    people: Vec<Person>,
    tries: u32,
    /// How often one was not let back in.
    refusals: u32,
    lost_at: f64,
}

impl Session {
    pub fn is_in(&self) -> bool {
        matches!(self.state, State::In { .. })
    }

    pub fn enter(&mut self, entry: Entry, now: f64) -> Vec<Step> {
        *self = Self {
            entry,
            lost_at: now,
            ..Self::default()
        };
        self.connect(now)
    }

    fn connect(&mut self, now: f64) -> Vec<Step> {
        self.state = State::Entering {
            until: now + ANSWER_MS,
            asked: false,
        };
        vec![Step::Connect]
    }

    /// The socket is open. A token may be another than at the last time: they run out.
    pub fn opened(&mut self, token: Option<&str>) -> Vec<Step> {
        match &mut self.state {
            State::Entering { asked, .. } => {
                *asked = true;
                let join = wire::join(&self.entry, token, self.session.as_deref());
                vec![Step::Send(join)]
            }
            _ => Vec::new(),
        }
    }

    /// The socket is gone. `random` is between 0 and 1: not everybody comes back at once.
    pub fn closed(&mut self, random: f64, now: f64) -> Vec<Step> {
        let was_in = match self.state {
            State::In { .. } => true,
            State::Entering { .. } => false,
            State::Out | State::Waiting { .. } => return Vec::new(),
        };
        if was_in {
            (self.tries, self.lost_at) = (0, now);
        }
        let longest = WAIT_MS[usize::from(now - self.lost_at > 60_000.0)];
        let wait = (100.0 * f64::from(1 << self.tries.min(6))).min(longest);
        self.tries += 1;
        self.state = State::Waiting {
            until: now + wait * (0.5 + random),
        };
        if was_in {
            vec![Step::Tell(RoomEvent::Lost)]
        } else {
            self.unreachable().collect()
        }
    }

    /// Whoever was in is told that the connection is lost, which is enough.
    fn unreachable(&self) -> impl Iterator<Item = Step> + use<> {
        let is_first = !self.was_in();
        is_first
            .then_some(Step::Tell(RoomEvent::Unreachable))
            .into_iter()
    }

    /// The network is back, or the page is seen again: no need to wait any longer.
    pub fn hurry(&mut self, now: f64) -> Vec<Step> {
        match self.state {
            State::Waiting { .. } => self.connect(now),
            State::In { until: None, .. } => self.ask(now),
            _ => Vec::new(),
        }
    }

    fn ask(&mut self, now: f64) -> Vec<Step> {
        self.state = State::In {
            ask_at: now + ASK_AFTER_MS,
            until: Some(now + LIVE_MS),
        };
        vec![Step::Send(wire::message(&self.own_id, "null"))]
    }

    fn heard(&mut self, now: f64) {
        self.state = State::In {
            ask_at: now + ASK_AFTER_MS,
            until: None,
        };
    }

    pub fn leave(&mut self) -> Vec<Step> {
        match std::mem::take(&mut self.state) {
            State::Out => Vec::new(),
            state => {
                let mut steps = Vec::new();
                if matches!(
                    state,
                    State::In { .. } | State::Entering { asked: true, .. }
                ) {
                    steps.push(Step::Send(wire::leave()));
                }
                steps.push(Step::Disconnect);
                steps.push(Step::Tell(RoomEvent::Ended(End::Left)));
                steps
            }
        }
    }

    pub fn timeout(&self) -> Option<f64> {
        match self.state {
            State::Entering { until, .. } | State::Waiting { until } => Some(until),
            State::In { ask_at, until } => Some(until.unwrap_or(ask_at)),
            State::Out => None,
        }
    }

    pub fn poll(&mut self, now: f64) -> Vec<Step> {
        match self.state {
            // The socket hangs: another.
            State::Entering { until, asked } if until <= now => {
                let mut steps: Vec<Step> = self.unreachable().collect();
                if asked && self.session.is_none() {
                    // The place that it may have got is nobody's.
                    steps.push(Step::Send(wire::leave()));
                }
                steps.extend(self.connect(now));
                steps
            }
            State::Waiting { until } if until <= now => self.connect(now),
            State::In {
                until: Some(until), ..
            } if until <= now => {
                (self.tries, self.lost_at) = (0, now);
                let mut steps = vec![Step::Tell(RoomEvent::Lost)];
                steps.extend(self.connect(now));
                steps
            }
            State::In {
                ask_at,
                until: None,
            } if ask_at <= now => self.ask(now),
            _ => Vec::new(),
        }
    }

    pub fn text(&mut self, text: &str, now: f64) -> Vec<Step> {
        if self.is_in() {
            self.heard(now);
        }
        let Some(message) = FromServer::parse(text) else {
            // Newer servers may say more than this client knows.
            return Vec::new();
        };
        match (message, self.state) {
            (FromServer::Joined(joined), State::Entering { .. }) => self.joined(joined, now),
            // Somebody else has the place; what is connected goes on all the same.
            (FromServer::Full { .. }, State::Entering { .. }) if self.was_in() => {
                self.kept_out(FULL.to_owned(), String::new(), now)
            }
            (FromServer::Full { max_peers }, State::Entering { .. }) => {
                self.end(End::Full { max_peers })
            }
            (FromServer::Error { code, message }, State::Entering { .. }) => {
                self.refused(code, message, now)
            }
            (FromServer::PeerJoined(person), State::In { .. }) => self.came(person).collect(),
            (FromServer::PeerLeft { id, reason }, State::In { .. }) => self.went(&id, reason),
            (FromServer::Left, State::In { .. }) => self.end(End::Left),
            (FromServer::Message { from, data }, State::In { .. })
                if self.people.iter().any(|person| person.id == from) =>
            {
                vec![Step::Deliver { from, data }]
            }
            // Late words of a socket that is given up, and errors that say what is seen anyhow: the
            // socket is closed, or somebody is gone.
            _ => Vec::new(),
        }
    }

    fn refused(&mut self, code: String, message: String, now: f64) -> Vec<Step> {
        let is = |known: &&str| *known == code;
        if PASSING.iter().any(is) {
            // The end of the socket, which follows, is dealt with as that of any other.
            return Vec::new();
        }
        if self.was_in() && KEEPING.iter().any(is) {
            return self.kept_out(code, message, now);
        }
        if self.session.take().is_some() {
            // The session is over: in as somebody new, with another socket.
            self.state = State::Waiting { until: 0.0 };
            return vec![Step::Disconnect];
        }
        self.end(End::Refused { code, message })
    }

    fn was_in(&self) -> bool {
        !self.own_id.is_empty()
    }

    /// What is connected goes on without a server, so this is not the end of the call.
    fn kept_out(&mut self, code: String, message: String, now: f64) -> Vec<Step> {
        let [first, longest] = REFUSED_MS;
        let wait = (first * f64::from(1 << self.refusals.min(6))).min(longest);
        self.refusals += 1;
        self.state = State::Waiting { until: now + wait };
        let told = RoomEvent::KeptOut { code, message };
        vec![Step::Disconnect, Step::Tell(told)]
    }

    fn end(&mut self, end: End) -> Vec<Step> {
        self.state = State::Out;
        vec![Step::Disconnect, Step::Tell(RoomEvent::Ended(end))]
    }

    fn joined(&mut self, joined: Joined, now: f64) -> Vec<Step> {
        self.heard(now);
        (self.tries, self.refusals) = (0, 0);
        if self.own_id != joined.own_id {
            // Who is somebody else now is known to nobody, and meets everybody anew.
            self.people.clear();
        }
        self.session = Some(joined.session.clone()).filter(|session| !session.is_empty());
        self.own_id.clone_from(&joined.own_id);
        let people = joined.people.clone();
        let mut steps = vec![Step::Tell(RoomEvent::Joined(joined))];
        let here = |id: &str| people.iter().any(|person| person.id == id);
        let gone: Vec<String> = self.people.iter().map(|person| person.id.clone()).collect();
        for id in gone.into_iter().filter(|id| !here(id)) {
            steps.extend(self.went(&id, String::new()));
        }
        for person in people {
            steps.extend(self.came(person));
        }
        steps
    }

    fn came(&mut self, person: Person) -> impl Iterator<Item = Step> + use<> {
        let known = self.people.iter().any(|known| known.id == person.id);
        if !known {
            self.people.push(person.clone());
        }
        (!known)
            .then_some(Step::Tell(RoomEvent::Came(person)))
            .into_iter()
    }

    fn went(&mut self, id: &str, reason: String) -> Vec<Step> {
        let before = self.people.len();
        self.people.retain(|person| person.id != id);
        if self.people.len() == before {
            return Vec::new();
        }
        let id = id.to_owned();
        vec![Step::Tell(RoomEvent::Left { id, reason })]
    }
}
