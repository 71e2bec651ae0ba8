//! The lab's effects: one value owns everything that is open; dropping its last clone ends it.

use std::{
    cell::{Cell, Ref, RefCell},
    rc::Rc,
};

use callreel_browser::{
    DomError, codecs,
    media::{self, Stream},
    page,
    peer::Description,
    stepwise::{Ice, Machine, StepEvent, StepPeer},
    test_picture::TestPicture,
};
use callreel_engine::{
    failures::Asked,
    lab::{Side, Step},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    servers::Trial,
    state::{Found, Picture, State, What},
};
use crate::{
    app::{Change, Redraw, SETTINGS_KEY, remembered},
    convert,
};

/// The colours of the drawn pictures.
const COLOURS: [&str; 2] = ["#3452d9", "#13795b"];

/// The lab's effects. Clones share them.
#[derive(Clone)]
pub struct Lab(pub(super) Rc<Inner>);

pub(super) struct Inner {
    redraw: Redraw,
    state: RefCell<State>,
    peers: RefCell<[Option<StepPeer>; 2]>,
    sent: RefCell<Option<Sent>>,
    /// Counts the beginnings: what an older one tells is dropped.
    generation: Cell<u32>,
    pub trial: RefCell<Option<Trial>>,
    pub trials: Cell<u32>,
}

/// What both sides send, and what makes it.
struct Sent {
    streams: [Stream; 2],
    _pictures: Vec<TestPicture>,
}

impl Lab {
    /// The lab, with nothing begun.
    pub fn start(redraw: Redraw) -> Self {
        let known = codecs::receivable("video").into_iter();
        let known: Vec<String> = known
            .filter(|mime| !callreel_engine::sdp::is_helper(mime))
            .collect();
        Self(Rc::new(Inner {
            redraw,
            state: State::new(remembered(), &known).into(),
            peers: RefCell::default(),
            sent: RefCell::default(),
            generation: Cell::default(),
            trial: RefCell::default(),
            trials: Cell::default(),
        }))
    }

    /// What is known now.
    pub fn state(&self) -> Ref<'_, State> {
        self.0.state.borrow()
    }

    /// Changes what is known, and draws it.
    pub fn update<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.0.state.borrow_mut());
        self.0.redraw.soon();
        result
    }

    pub(super) fn spawn<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        spawn_local(work(self.clone()));
    }

    /// A handle that doesn't keep the lab alive, for listeners that live inside it.
    pub(super) fn weak(&self) -> impl Fn() -> Option<Self> + Clone + 'static {
        let weak = Rc::downgrade(&self.0);
        move || weak.upgrade().map(Self)
    }

    /// Takes over the person's language or theme.
    pub fn choose(&self, change: &Change) {
        // Another page may have changed the settings since this one was opened.
        let mut settings = remembered();
        change.apply(&mut settings);
        page::store(SETTINGS_KEY, &settings.to_json());
        self.update(|state| state.settings = settings);
    }

    /// From now on candidates are handed over as they come, or not.
    pub fn trickle_from_now(&self, on: bool) {
        self.update(|state| state.trickles = on);
        if on {
            self.spawn(|lab| async move {
                for from in Side::ALL {
                    lab.trickle(from).await;
                }
            });
        }
    }

    /// Does one step.
    pub fn press(&self, step: Step) {
        self.spawn(|lab| async move {
            lab.perform(step).await;
        });
    }

    /// Does all steps that are left, or all anew after the last.
    pub fn run(&self) {
        self.spawn(|lab| async move {
            if lab.state().progress.is_negotiated() && !lab.perform(Step::Create).await {
                return;
            }
            lab.update(|state| state.trickles = true);
            loop {
                let next = lab.state().progress.next();
                match next {
                    Some(step) if lab.perform(step).await => {}
                    _ => break,
                }
            }
        });
    }

    /// True where the step was done.
    async fn perform(&self, step: Step) -> bool {
        if !self.state().progress.can(step) {
            return false;
        }
        if step == Step::Create {
            return self.create().await;
        }
        let (generation, began) = (self.0.generation.get(), page::now());
        self.update(|state| state.progress.busy = true);
        let result = self.carry_out(step).await;
        // Everything began anew meanwhile.
        if self.0.generation.get() != generation {
            return false;
        }
        let now = page::now();
        let is_done = result.is_ok();
        self.update(|state| {
            state.progress.busy = false;
            match result {
                Ok(()) => {
                    state.progress.done(step);
                    state.failure = None;
                    if !matches!(step, Step::CandidatesToA | Step::CandidatesToB) {
                        state.note(now, step.side(), What::Done(step.call(), now - began));
                    }
                }
                Err(error) => {
                    state.note(now, step.side(), What::Refused(step.call(), error.text()));
                    state.failure = Some((step, error.text()));
                }
            }
            state.count();
        });
        if self.state().trickles {
            for from in Side::ALL {
                self.trickle(from).await;
            }
        }
        is_done
    }

    async fn carry_out(&self, step: Step) -> Result<(), DomError> {
        match step {
            Step::Create => {}
            Step::CreateOffer => {
                self.apply_order(Side::A)?;
                let made = self.with(Side::A, |peer| peer.create_offer())?.await?;
                self.update(|state| {
                    (state.offer, state.answer, state.copied) = (Some(made), None, None);
                });
            }
            Step::CreateAnswer => {
                self.apply_order(Side::B)?;
                let made = self.with(Side::B, |peer| peer.create_answer())?.await?;
                self.update(|state| (state.answer, state.copied) = (Some(made), None));
            }
            Step::SetLocalOffer => {
                let offer = self.described(true)?;
                self.with(Side::A, |peer| peer.set_local(&offer))?.await?;
            }
            Step::SetLocalAnswer => {
                let answer = self.described(false)?;
                self.with(Side::B, |peer| peer.set_local(&answer))?.await?;
            }
            Step::SetRemoteOffer => {
                let offer = self.described(true)?;
                self.with(Side::B, |peer| peer.set_remote(&offer))?.await?;
                let sent = self.0.sent.borrow();
                if let Some(sent) = &*sent {
                    self.with(Side::B, |peer| peer.send(&sent.streams[1]))?;
                }
            }
            Step::SetRemoteAnswer => {
                let answer = self.described(false)?;
                self.with(Side::A, |peer| peer.set_remote(&answer))?.await?;
            }
            Step::CandidatesToB => self.hand_over(Side::A).await?,
            Step::CandidatesToA => self.hand_over(Side::B).await?,
        }
        Ok(())
    }

    fn with<T>(&self, side: Side, act: impl FnOnce(&StepPeer) -> T) -> Result<T, DomError> {
        let peers = self.0.peers.borrow();
        let peer = peers[side as usize].as_ref();
        peer.map(act).ok_or_else(missing)
    }

    fn described(&self, is_offer: bool) -> Result<Description, DomError> {
        let state = self.state();
        let made = if is_offer {
            &state.offer
        } else {
            &state.answer
        };
        made.clone().ok_or_else(missing)
    }

    fn apply_order(&self, side: Side) -> Result<(), DomError> {
        let end = self.state().ends[side as usize].clone();
        if !end.is_ordered {
            return Ok(());
        }
        let order: Vec<&str> = end.codecs.iter().map(String::as_str).collect();
        self.with(side, |peer| peer.prefer("video", &order))?
    }

    /// Hands over the candidates of a side that wait.
    async fn hand_over(&self, from: Side) -> Result<(), DomError> {
        let mut count = 0;
        let mut result = Ok(());
        let generation = self.0.generation.get();
        loop {
            let end = &self.state().ends[from as usize].clone();
            let Some(found) = end.candidates.get(end.handed) else {
                break;
            };
            // Counted before the answer is there, so that nobody hands it over again meanwhile.
            self.update(|state| state.end(from).handed = end.handed + 1);
            let added = self.with(from.other(), |peer| peer.add_candidate(&found.raw))?;
            result = added.await;
            if self.0.generation.get() != generation {
                return Ok(());
            }
            if result.is_err() {
                self.update(|state| state.end(from).handed = end.handed);
                break;
            }
            count += 1;
        }
        if count > 0 {
            self.update(|state| {
                state.note(page::now(), Some(from.other()), What::Handed(count));
                state.count();
            });
        }
        result
    }

    /// The same, where the other side can take them.
    async fn trickle(&self, from: Side) {
        if self.state().progress.has_remote(from.other()) {
            // What the browser refuses waits, and the button says why.
            let _ = self.hand_over(from).await;
            self.update(State::count);
        }
    }

    /// Makes both connections, in place of those that there were.
    async fn create(&self) -> bool {
        let generation = self.0.generation.get().wrapping_add(1);
        self.0.generation.set(generation);
        *self.0.peers.borrow_mut() = [None, None];
        self.update(|state| {
            state.begin(page::now());
            state.refused = None;
        });
        let sent = self.open().await;
        if self.0.generation.get() != generation {
            return false;
        }
        let began = page::now();
        self.update(|state| state.began_ms = began);
        let made = sent.and_then(|sent| self.connect(&sent, generation).map(|()| sent));
        match made {
            Ok(sent) => {
                *self.0.sent.borrow_mut() = Some(sent);
                self.update(|state| {
                    let now = page::now();
                    state.progress.done(Step::Create);
                    state.note(now, None, What::Done(Step::Create.call(), now - began));
                });
                self.read_states();
                true
            }
            Err(error) => {
                self.update(|state| state.failure = Some((Step::Create, error.text())));
                false
            }
        }
    }

    fn connect(&self, sent: &Sent, generation: u32) -> Result<(), DomError> {
        for side in Side::ALL {
            let lab = self.weak();
            let tell = move |event| {
                let lab = lab().filter(|lab| lab.0.generation.get() == generation);
                if let Some(lab) = lab {
                    lab.told(side, event);
                }
            };
            let peer = StepPeer::new(&Ice::default(), tell)?;
            if side == Side::A {
                peer.lay_out(&sent.streams[0])?;
            }
            self.0.peers.borrow_mut()[side as usize] = Some(peer);
        }
        Ok(())
    }

    /// What both sides send: the drawn pictures, in place of a camera that is refused, too.
    async fn open(&self) -> Result<Sent, DomError> {
        if self.state().picture == Picture::Camera {
            match media::open_devices(Some("{}"), Some("{}")).await {
                Ok(stream) => {
                    return Ok(Sent {
                        streams: [stream.clone(), stream],
                        _pictures: Vec::new(),
                    });
                }
                Err(error) => {
                    let failure = convert::failure(error, Asked::Camera).await;
                    self.update(|state| state.refused = Some(failure));
                }
            }
        }
        let a = TestPicture::start(Side::A.name(), COLOURS[0])?;
        let b = TestPicture::start(Side::B.name(), COLOURS[1])?;
        let stream = |picture: &TestPicture| Stream::of(vec![picture.track().clone()]);
        Ok(Sent {
            streams: [stream(&a)?, stream(&b)?],
            _pictures: vec![a, b],
        })
    }

    fn told(&self, side: Side, event: StepEvent) {
        let now = page::now();
        match event {
            StepEvent::State(machine, state) => {
                self.update(|known| known.reached(now, side, machine, state));
            }
            StepEvent::Gathered(candidate) => {
                self.update(|state| {
                    let found = Found::new(now - state.began_ms, candidate);
                    let line = found.raw.candidate.clone();
                    state.end(side).candidates.push(found);
                    state.note(now, Some(side), What::Gathered(line));
                    state.count();
                });
                if self.state().trickles {
                    self.spawn(|lab| async move { lab.trickle(side).await });
                }
            }
            StepEvent::Received => {
                let mut peers = self.0.peers.borrow_mut();
                let stream = peers[side as usize].as_mut().and_then(StepPeer::received);
                drop(peers);
                self.update(|state| {
                    state.end(side).received = stream;
                    state.note(now, Some(side), What::Received);
                });
            }
            // Neither server nor end of the gathering matters here: the machine says so.
            StepEvent::GatheredAll | StepEvent::Refused(_) => {}
        }
    }

    /// Notes the states as they are: closing tells of none.
    fn read_states(&self) {
        let now = page::now();
        for side in Side::ALL {
            for machine in Machine::ALL {
                if let Ok(found) = self.with(side, |peer| peer.state(machine)) {
                    self.update(|state| state.reached(now, side, machine, found));
                }
            }
        }
    }

    /// Has the next offer look for new ways.
    pub fn restart_ice(&self) {
        const CALL: &str = "restartIce()";
        let asked = self.with(Side::A, StepPeer::restart_ice);
        self.update(|state| {
            let what = match asked.and_then(|asked| asked) {
                Ok(()) => {
                    state.progress.renew();
                    What::Done(CALL, 0.0)
                }
                Err(error) => What::Refused(CALL, error.text()),
            };
            state.note(page::now(), Some(Side::A), what);
        });
    }

    /// Closes both connections; what they did stays to be read.
    pub fn close(&self) {
        self.0
            .generation
            .set(self.0.generation.get().wrapping_add(1));
        for peer in self.0.peers.borrow().iter().flatten() {
            peer.close();
        }
        self.read_states();
        *self.0.peers.borrow_mut() = [None, None];
        *self.0.sent.borrow_mut() = None;
        self.update(|state| {
            state.note(page::now(), None, What::Done("close()", 0.0));
            state.progress = Default::default();
            for end in &mut state.ends {
                end.received = None;
            }
        });
    }

    /// Puts a description on the clipboard.
    pub fn copy(&self, made: Description) {
        self.spawn(|lab| async move {
            let copied = page::copy_text(&made.sdp).await;
            lab.update(|state| state.copied = copied.ok().map(|()| made.is_offer));
        });
    }
}

fn missing() -> DomError {
    DomError::new("InvalidStateError", "there is no connection")
}
