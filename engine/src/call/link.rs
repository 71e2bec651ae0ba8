//! Signals between two people, each exactly once and in order.
//!
//! The socket loses what is on its way when it breaks, in both directions, and the server keeps
//! nothing. So signals are numbered, and sent again until the other side has seen them.

use std::collections::VecDeque;

use super::signal::{Envelope, Signal};

/// What was not seen after this long is sent again, in ms; each time twice as long.
const AGAIN_AFTER_MS: f64 = 2_000.0;
/// But never less often than this, in ms.
const AGAIN_AT_MOST_MS: f64 = 8_000.0;
/// What came is confirmed after this long, in ms, unless something of our own goes first.
const CONFIRM_AFTER_MS: f64 = 400.0;
/// More than this is never on its way; who does not answer that long is not there.
pub(super) const MAX_WAITING: usize = 512;

/// One direction each of sending and receiving.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    sent: u32,
    waiting: VecDeque<Envelope>,
    seen: u32,
    early: Vec<Envelope>,
    confirm_at: Option<f64>,
    again_at: Option<f64>,
    patience_ms: f64,
}

impl Link {
    /// The JSON of a signal to send now.
    pub fn send(&mut self, epoch: u32, signal: Signal, now: f64) -> String {
        self.sent += 1;
        let envelope = Envelope {
            number: self.sent,
            seen: self.seen,
            epoch,
            signal: Some(signal),
        };
        let json = envelope.to_json();
        self.waiting.push_back(envelope);
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

    /// Takes what came, and gives what is next in order: epoch and signal.
    pub fn receive(&mut self, envelope: Envelope, now: f64) -> Vec<(u32, Signal)> {
        let waiting = self.waiting.len();
        while self
            .waiting
            .front()
            .is_some_and(|first| first.number <= envelope.seen)
        {
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() {
            self.again_at = None;
        } else if self.waiting.len() < waiting {
            self.patience_ms = AGAIN_AFTER_MS;
            self.again_at = Some(now + self.patience_ms);
        }
        if envelope.number == 0 {
            return Vec::new();
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
        next
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
            let seen = Envelope {
                seen: self.seen,
                ..Envelope::default()
            };
            return vec![seen.to_json()];
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
        let seen = self.seen;
        let refreshed = self.waiting.iter_mut().map(|envelope| {
            envelope.seen = seen;
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
