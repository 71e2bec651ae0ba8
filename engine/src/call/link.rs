//! Signals between two people, each exactly once and in order.
//!
//! The socket loses what is on its way when it breaks, in both directions, and the server keeps
//! nothing. So signals are numbered, and sent again until the other side has seen them.
//!
//! A side that has given the other up forgets its numbers, and the other may not know: it was away,
//! and comes back as the same person. So each side also says which of its links it is, and whose
//! numbers it has seen. A greater link of the other's has seen nothing yet.

use super::signal::{Envelope, Signal};

/// What was not seen after this long is sent again, in ms; each time twice as long.
const AGAIN_AFTER_MS: f64 = 2_000.0;
/// But never less often than this, in ms.
const AGAIN_AT_MOST_MS: f64 = 8_000.0;
/// What came is confirmed after this long, in ms, unless something of our own goes first.
const CONFIRM_AFTER_MS: f64 = 400.0;
/// More than this is never on its way; who does not answer that long is not there.
pub(super) const MAX_WAITING: usize = 512;

/// So many are sent again at once: with a call full of people it stays below what a server takes.
const AGAIN_AT_ONCE: usize = 32;

/// One direction each of sending and receiving.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    /// Which of this side's links it is; whenever numbers begin anew, it is a greater one.
    own: u32,
    /// Which of the other side's links was heard last; 0 before any, and of who does not tell.
    theirs: u32,
    sent: u32,
    waiting: Vec<Envelope>,
    seen: u32,
    early: Vec<Envelope>,
    confirm_at: Option<f64>,
    again_at: Option<f64>,
    patience_ms: f64,
}

impl Link {
    /// A link of this number, greater than any before to the same person. It makes itself known
    /// even where there is nothing to send: the other side may still count for an older one.
    pub fn new(own: u32, now: f64) -> Self {
        Self {
            own,
            confirm_at: Some(now + CONFIRM_AFTER_MS),
            ..Self::default()
        }
    }

    /// Which of this side's links it is.
    pub fn own(&self) -> u32 {
        self.own
    }

    /// The JSON of a signal to send now.
    pub fn send(&mut self, epoch: u32, signal: Signal, now: f64) -> String {
        self.sent += 1;
        let envelope = Envelope {
            number: self.sent,
            epoch,
            signal: Some(signal),
            ..self.heard()
        };
        let json = envelope.to_json();
        self.waiting.push(envelope);
        self.confirm_at = None;
        if self.again_at.is_none() {
            self.patience_ms = AGAIN_AFTER_MS;
            self.again_at = Some(now + self.patience_ms);
        }
        json
    }

    /// Whether the other side has stopped confirming.
    pub fn is_stuck(&self) -> bool {
        self.waiting.len() > MAX_WAITING
    }

    /// Whether anything was sent that the other side has not confirmed.
    #[cfg(test)]
    pub fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes what came, and gives what is next in order: epoch and signal. The first is true where
    /// the other side has forgotten what was, so that the connection has to begin anew.
    pub fn receive(&mut self, envelope: Envelope, now: f64) -> (bool, Vec<(u32, Signal)>) {
        if envelope.link < self.theirs {
            // Late words of a link that is given up.
            return (false, Vec::new());
        }
        let is_anew = envelope.link > self.theirs && self.adopt(envelope.link, now);
        if envelope.seen_link != 0 && envelope.seen_link != self.own {
            // It was for an older link of this side. Once they know this one it comes again.
            self.confirm_at.get_or_insert(now + CONFIRM_AFTER_MS);
            return (is_anew, Vec::new());
        }
        if envelope.link == 0 || envelope.seen_link == self.own {
            self.confirmed(envelope.seen, now);
        }
        if envelope.number == 0 {
            return (is_anew, Vec::new());
        }
        // Also what came twice: its confirmation was lost.
        self.confirm_at.get_or_insert(now + CONFIRM_AFTER_MS);
        let known = |early: &Envelope| early.number == envelope.number;
        let is_new = envelope.number > self.seen && !self.early.iter().any(known);
        if is_new && self.early.len() < MAX_WAITING {
            self.early.push(envelope);
        }
        let mut next = Vec::new();
        while let Some(at) = self.early.iter().position(|e| e.number == self.seen + 1) {
            let envelope = self.early.swap_remove(at);
            self.seen = envelope.number;
            next.extend(envelope.signal.map(|signal| (envelope.epoch, signal)));
        }
        (is_anew, next)
    }

    /// The other side has another link, which has seen nothing and sends from 1 on. True where
    /// anything had gone through between this side and the older one.
    ///
    /// This side begins its own numbers anew only where some were confirmed: nobody has those any
    /// more. Otherwise the two would do so in turn, for ever.
    fn adopt(&mut self, theirs: u32, now: f64) -> bool {
        let was_confirmed = self.sent as usize > self.waiting.len();
        let is_anew = was_confirmed || self.seen > 0;
        let knew_another = self.theirs > 0;
        self.theirs = theirs;
        self.seen = 0;
        self.early.clear();
        if was_confirmed {
            self.renew();
        } else if is_anew {
            // What was said to the older one means nothing to this one; the numbers still count.
            for envelope in &mut self.waiting {
                envelope.signal = None;
            }
        }
        if knew_another && !self.waiting.is_empty() {
            self.again_at = Some(now);
        }
        is_anew
    }

    /// Begins the numbers anew; what was not seen is dropped.
    pub fn renew(&mut self) {
        self.own = self.own.saturating_add(1);
        self.sent = 0;
        self.waiting.clear();
        self.again_at = None;
    }

    fn confirmed(&mut self, seen: u32, now: f64) {
        let before = self.waiting.len();
        self.waiting.retain(|envelope| envelope.number > seen);
        if self.waiting.is_empty() {
            self.again_at = None;
        } else if self.waiting.len() < before {
            self.patience_ms = AGAIN_AFTER_MS;
            self.again_at = Some(now + self.patience_ms);
        }
    }

    /// What has come, as each envelope tells it.
    fn heard(&self) -> Envelope {
        Envelope {
            link: self.own,
            seen: self.seen,
            seen_link: self.theirs,
            ..Envelope::default()
        }
    }

    /// When [`Link::poll`] has something to do, in ms.
    pub fn timeout(&self) -> Option<f64> {
        earlier(self.confirm_at, self.again_at)
    }

    /// The JSON of what is due.
    pub fn poll(&mut self, now: f64) -> Vec<String> {
        if self.again_at.is_some_and(|at| at <= now) {
            return self.send_again(now);
        }
        if self.confirm_at.is_some_and(|at| at <= now) {
            self.confirm_at = None;
            return vec![self.heard().to_json()];
        }
        Vec::new()
    }

    /// Everything that was not seen yet: the socket is new, or it has been too long.
    pub fn send_again(&mut self, now: f64) -> Vec<String> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.patience_ms = (self.patience_ms * 2.0).min(AGAIN_AT_MOST_MS);
        self.again_at = Some(now + self.patience_ms);
        self.confirm_at = None;
        let (seen, seen_link) = (self.seen, self.theirs);
        let first = self.waiting.iter_mut().take(AGAIN_AT_ONCE);
        let refreshed = first.map(|envelope| {
            (envelope.seen, envelope.seen_link) = (seen, seen_link);
            envelope.to_json()
        });
        refreshed.collect()
    }
}

pub(super) fn earlier(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
