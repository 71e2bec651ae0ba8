//! One connection to one person: *perfect negotiation* (WebRTC, section 10.7) and what follows
//! when the connection fails.
//!
//! Both sides may offer at any time. Where offers cross, the polite side takes its own back. The
//! browser's operations are asked for one at a time, so what comes meanwhile waits in order.
//!
//! The other side, the maker, lays out what the connection carries, in its first offer: only one
//! of the two may, or a taken-back offer would leave everything double.

mod words;

use std::collections::VecDeque;

use super::{
    link::{Link, earlier},
    signal::{Candidate, Description, Envelope, Signal},
};
use crate::json::Value;
pub use words::{Effect, PeerEvent, Standing, Transport};

/// A new connection has this long to stand, in ms.
const CONNECT_MS: f64 = 15_000.0;
/// A connection that only stutters has this long to heal by itself, in ms.
const HEAL_MS: f64 = 3_000.0;
/// A new way has this long to be found, in ms.
const RESTART_MS: f64 = 8_000.0;
/// So many new ways are looked for before everything begins anew.
const RESTARTS: u32 = 2;
/// After the browser could not do what it was asked, everything begins anew this late, in ms; each
/// time twice as late, up to the second.
const REFUSED_MS: [f64; 2] = [500.0, 16_000.0];
/// The polite side leaves the first step after a failure to the other, for so long, in ms.
const COURTESY_MS: f64 = 1_500.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Busy {
    Offering,
    ApplyingOffer,
    ApplyingAnswer,
    Answering,
    /// The browser refused; nothing is asked of this connection any more.
    Refused,
}

/// The machine of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    polite: bool,
    epoch: u32,
    link: Link,
    standing: Standing,
    /// How often a new way was looked for since it last carried.
    restarts: u32,
    /// How often everything began anew since it last carried.
    rounds: u32,
    check_at: Option<f64>,
    now: Negotiation,
}

/// What begins anew with each connection.
#[derive(Clone, Debug, Default)]
struct Negotiation {
    busy: Option<Busy>,
    /// An own offer is out.
    has_offer: bool,
    has_remote: bool,
    offer_wanted: bool,
    restart_wanted: bool,
    inbox: VecDeque<Signal>,
    /// Own candidates that wait for the description they belong to.
    gathered: Vec<Candidate>,
    has_carried: bool,
}

impl Peer {
    /// A connection between these two; both come to the same roles. `link` is greater than that of
    /// any connection to the same person before.
    pub fn new(own_id: &str, their_id: &str, link: u32, now: f64) -> (Self, Vec<Effect>) {
        let mut peer = Self {
            polite: own_id < their_id,
            epoch: 0,
            link: Link::new(link, now),
            standing: Standing::Connecting,
            restarts: 0,
            rounds: 0,
            check_at: None,
            now: Negotiation::default(),
        };
        let mut effects = Vec::new();
        peer.begin(1, now, &mut effects);
        peer.advance(&mut effects);
        (peer, effects)
    }

    /// Which connection counts; what is told of an older one is outdated.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Something the other side sent; `None` where it is no signal.
    pub fn receive(&mut self, data: &Value, now: f64) -> Option<Vec<Effect>> {
        let envelope = Envelope::read(data)?;
        let mut effects = Vec::new();
        let (is_anew, signals) = self.link.receive(envelope, now);
        if is_anew {
            self.rounds = 0;
            self.renew(now, &mut effects);
        }
        for (epoch, signal) in signals {
            if epoch > self.epoch {
                self.begin(epoch, now, &mut effects);
            }
            if epoch == self.epoch && signal != Signal::Restart {
                self.now.inbox.push_back(signal);
            }
        }
        self.advance(&mut effects);
        Some(effects)
    }

    /// The number of its link to the other side now.
    pub fn link(&self) -> u32 {
        self.link.own()
    }

    /// The browser's connection number `epoch` says something.
    pub fn handle(&mut self, epoch: u32, event: PeerEvent, now: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if epoch == self.epoch {
            match event {
                PeerEvent::NegotiationNeeded => {
                    // Before the maker has laid it out there is nothing to add to.
                    self.now.offer_wanted |= !self.polite || self.now.has_remote;
                }
                PeerEvent::Described(description) => self.described(description, now, &mut effects),
                PeerEvent::Applied => self.applied(&mut effects),
                PeerEvent::Failed => self.refused(now),
                PeerEvent::Gathered(candidate) => self.gathered(candidate, now, &mut effects),
                PeerEvent::Transport(transport) => self.transport(transport, now, &mut effects),
            }
            self.advance(&mut effects);
        }
        effects
    }

    /// When [`Peer::poll`] has something to do, in ms.
    pub fn timeout(&self) -> Option<f64> {
        earlier(self.check_at, self.link.timeout())
    }

    /// Does what is due. Without a way to signal nothing can be mended, so that waits.
    pub fn poll(&mut self, can_signal: bool, now: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if can_signal {
            effects.extend(self.link.poll(now).into_iter().map(Effect::Send));
            if self.check_at.is_some_and(|at| at <= now) {
                self.mend(now, &mut effects);
                self.advance(&mut effects);
            }
        }
        effects
    }

    /// There is a way to signal again: what may be lost goes out once more.
    pub fn resumed(&mut self, now: f64) -> Vec<Effect> {
        let again = self.link.send_again(now);
        again.into_iter().map(Effect::Send).collect()
    }

    /// Whether it carries.
    pub fn is_connected(&self) -> bool {
        self.standing == Standing::Connected
    }

    fn begin(&mut self, epoch: u32, now: f64, effects: &mut Vec<Effect>) {
        let carried = self.now.has_carried;
        self.epoch = epoch;
        self.restarts = 0;
        self.now = Negotiation {
            offer_wanted: !self.polite,
            ..Negotiation::default()
        };
        let patience = CONNECT_MS * f64::from(1 << self.rounds.min(2));
        self.check_at = Some(now + patience);
        effects.push(Effect::Create {
            lays_out: !self.polite,
        });
        if carried {
            self.stand(Standing::Interrupted, effects);
        }
    }

    fn begin_anew(&mut self, now: f64, effects: &mut Vec<Effect>) {
        self.rounds += 1;
        if self.link.is_stuck() {
            // Nobody confirms anything, and what waits must not grow without end.
            self.link.renew();
        }
        self.renew(now, effects);
    }

    fn renew(&mut self, now: f64, effects: &mut Vec<Effect>) {
        self.begin(self.epoch.saturating_add(1), now, effects);
        if self.polite {
            self.send(Signal::Restart, now, effects);
        }
    }

    fn send(&mut self, signal: Signal, now: f64, effects: &mut Vec<Effect>) {
        effects.push(Effect::Send(self.link.send(self.epoch, signal, now)));
    }

    fn stand(&mut self, standing: Standing, effects: &mut Vec<Effect>) {
        if self.standing != standing {
            self.standing = standing;
            effects.push(Effect::Changed(standing));
        }
    }

    fn described(&mut self, description: Description, now: f64, effects: &mut Vec<Effect>) {
        self.now.busy = None;
        self.now.has_offer = description.is_offer;
        self.send(Signal::Description(description), now, effects);
        for candidate in std::mem::take(&mut self.now.gathered) {
            self.send(Signal::Candidate(candidate), now, effects);
        }
    }

    fn applied(&mut self, effects: &mut Vec<Effect>) {
        self.now.has_remote = true;
        if self.now.busy == Some(Busy::ApplyingOffer) {
            self.now.busy = Some(Busy::Answering);
            effects.push(Effect::Answer);
        } else {
            self.now.busy = None;
            self.now.has_offer = false;
        }
    }

    fn gathered(&mut self, candidate: Candidate, now: f64, effects: &mut Vec<Effect>) {
        if matches!(self.now.busy, Some(Busy::Offering | Busy::Answering)) {
            self.now.gathered.push(candidate);
        } else {
            self.send(Signal::Candidate(candidate), now, effects);
        }
    }

    fn transport(&mut self, transport: Transport, now: f64, effects: &mut Vec<Effect>) {
        match transport {
            Transport::Connecting => {}
            Transport::Connected => {
                (self.restarts, self.rounds) = (0, 0);
                self.now.has_carried = true;
                if self.now.busy != Some(Busy::Refused) {
                    self.check_at = None;
                }
                self.stand(Standing::Connected, effects);
            }
            Transport::Disconnected | Transport::Failed => {
                let wait = match transport {
                    Transport::Failed if self.polite => COURTESY_MS,
                    Transport::Failed => 0.0,
                    _ => HEAL_MS,
                };
                self.check_at = earlier(self.check_at, Some(now + wait));
                if self.now.has_carried {
                    self.stand(Standing::Interrupted, effects);
                }
            }
        }
    }

    /// What the browser refuses once it may refuse for ever, so there is no hurry.
    fn refused(&mut self, now: f64) {
        self.now.busy = Some(Busy::Refused);
        let [first, longest] = REFUSED_MS;
        let wait = (first * f64::from(1 << self.rounds.min(6))).min(longest);
        self.check_at = Some(now + wait);
    }

    /// The connection has not come to stand in time: a new way, or everything anew.
    fn mend(&mut self, now: f64, effects: &mut Vec<Effect>) {
        if self.standing == Standing::Connecting {
            self.stand(Standing::Wayless, effects);
        }
        let negotiated = self.now.has_remote && !self.now.has_offer && self.now.busy.is_none();
        if negotiated && self.restarts < RESTARTS && !self.link.is_stuck() {
            self.restarts += 1;
            self.now.offer_wanted = true;
            self.now.restart_wanted = true;
            self.check_at = Some(now + RESTART_MS);
        } else {
            self.begin_anew(now, effects);
        }
    }

    /// Takes the next steps, as far as the browser is free for them.
    fn advance(&mut self, effects: &mut Vec<Effect>) {
        while self.now.busy.is_none() {
            match self.now.inbox.pop_front() {
                Some(Signal::Description(description)) => self.take(description, effects),
                Some(Signal::Candidate(candidate)) => {
                    // Its description came before it, and is set: the inbox held it that long. After
                    // an offer that was ignored it may still be one of the description before, so it
                    // is tried; the browser refuses those of an offer that it does not know.
                    if self.now.has_remote {
                        effects.push(Effect::Candidate(candidate));
                    }
                }
                Some(Signal::Restart) => {}
                None => return self.offer(effects),
            }
        }
    }

    fn take(&mut self, description: Description, effects: &mut Vec<Effect>) {
        let crossed = description.is_offer && self.now.has_offer;
        if crossed && !self.polite {
            return;
        }
        if crossed {
            // Setting theirs takes ours back; what ours was for is offered again.
            self.now.has_offer = false;
            self.now.offer_wanted = true;
        }
        if !description.is_offer && !self.now.has_offer {
            return;
        }
        self.now.busy = Some(if description.is_offer {
            Busy::ApplyingOffer
        } else {
            Busy::ApplyingAnswer
        });
        effects.push(Effect::Apply(description));
    }

    fn offer(&mut self, effects: &mut Vec<Effect>) {
        let now = &mut self.now;
        if now.busy.is_none() && now.offer_wanted && !now.has_offer {
            now.offer_wanted = false;
            now.busy = Some(Busy::Offering);
            let restart_ice = std::mem::take(&mut now.restart_wanted);
            effects.push(Effect::Offer { restart_ice });
        }
    }
}

#[cfg(test)]
mod tests;
