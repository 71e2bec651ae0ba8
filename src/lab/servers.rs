//! The test of a STUN or TURN server: what candidates it yields, or why none.

use callreel_browser::{
    page,
    peer::IceServer,
    stepwise::{Ice, StepEvent, StepPeer},
};
use callreel_engine::{
    ice::Kind,
    ice_test::{Verdict, verdict},
};
use gloo::timers::callback::Timeout;

use super::{
    controller::Lab,
    state::{Found, Stage, Test},
};

/// A server that has not answered by then is silent, in ms. Chromium waits for half a minute.
const PATIENCE_MS: u32 = 10_000;

/// A test at work; dropping it ends it.
pub struct Trial {
    _peer: StepPeer,
    _timeout: Timeout,
}

impl Lab {
    /// Tests a server. `user` and `password` are for TURN.
    pub fn try_server(&self, url: &str, user: &str, password: &str) {
        let number = self.0.trials.get().wrapping_add(1);
        self.0.trials.set(number);
        *self.0.trial.borrow_mut() = None;
        let ice = Ice {
            servers: vec![IceServer {
                urls: vec![url.trim().to_owned()],
                username: user.to_owned(),
                credential: password.to_owned(),
            }],
            relay_only: self.state().test.relay_only,
        };
        self.update(|state| {
            state.test = Test {
                url: url.trim().to_owned(),
                stage: Stage::Running,
                began_ms: page::now(),
                relay_only: ice.relay_only,
                ..Test::default()
            };
        });
        let lab = self.weak();
        let tell = move |event| {
            let lab = lab().filter(|lab| lab.0.trials.get() == number);
            if let Some(lab) = lab {
                lab.told_of_server(event);
            }
        };
        let peer = match StepPeer::new(&ice, tell) {
            Ok(peer) => peer,
            Err(error) => {
                let words = error.message.clone();
                return self.update(|state| state.test.stage = Stage::Invalid(words));
            }
        };
        self.gather(&peer, number);
        let lab = self.weak();
        let timeout = Timeout::new(PATIENCE_MS, move || {
            let lab = lab().filter(|lab| lab.0.trials.get() == number);
            if let Some(lab) = lab {
                lab.conclude(false);
            }
        });
        *self.0.trial.borrow_mut() = Some(Trial {
            _peer: peer,
            _timeout: timeout,
        });
    }

    /// Gathering begins with an own description.
    fn gather(&self, peer: &StepPeer, number: u32) {
        let begun = peer.gather();
        self.spawn(|lab| async move {
            if let Err(error) = begun.await
                && lab.0.trials.get() == number
            {
                let words = error.message.clone();
                lab.update(|state| state.test.stage = Stage::Invalid(words));
            }
        });
    }

    /// Ends a test before it is over.
    pub fn stop_trial(&self) {
        self.conclude(false);
    }

    fn told_of_server(&self, event: StepEvent) {
        match event {
            StepEvent::Gathered(candidate) => self.update(|state| {
                let at_ms = page::now() - state.test.began_ms;
                state.test.candidates.push(Found::new(at_ms, candidate));
            }),
            StepEvent::Refused(refused) => self.update(|state| {
                // Each address of the machine tells the same.
                if !state.test.errors.contains(&refused) {
                    state.test.errors.push(refused);
                }
            }),
            StepEvent::GatheredAll => self.conclude(true),
            StepEvent::State(..) | StepEvent::Received => {}
        }
    }

    fn conclude(&self, in_time: bool) {
        let trial = self.0.trial.borrow_mut().take();
        if trial.is_none() {
            return;
        }
        self.0.trials.set(self.0.trials.get().wrapping_add(1));
        self.update(|state| {
            let took = page::now() - state.test.began_ms;
            state.test.stage = Stage::Over(decide(&state.test, in_time), took);
        });
        // It is told from inside one of its own listeners: they outlive this turn.
        self.spawn(|_| async move { drop(trial) });
    }
}

fn decide(test: &Test, in_time: bool) -> Verdict {
    let kinds: Vec<Kind> = test
        .candidates
        .iter()
        .filter_map(|found| Some(found.read.as_ref()?.kind.clone()))
        .collect();
    let errors: Vec<(u32, String)> = test
        .errors
        .iter()
        .map(|error| (error.code, error.text.clone()))
        .collect();
    verdict(&test.url, &kinds, &errors, in_time)
}
