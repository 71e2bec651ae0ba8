//! What the lab knows: plain values that are drawn.

use callreel_browser::{
    media::Stream,
    peer::{self, Description},
    stepwise::{Machine, Refused},
};
use callreel_engine::{
    failures::MediaFailure,
    ice::Candidate,
    ice_test::Verdict,
    lab::{Progress, Side, Step},
    settings::Settings,
};

/// So many lines of what happened are kept.
const EVENTS: usize = 400;

/// What both sides send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Picture {
    /// A drawn one, which needs no camera.
    #[default]
    Drawn,
    /// The camera's, with the microphone.
    Camera,
}

impl Picture {
    /// Both, in the order of the list.
    pub const ALL: [Self; 2] = [Self::Drawn, Self::Camera];

    /// Names it in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Camera => "camera",
        }
    }
}

/// Everything the page is drawn from.
#[derive(Clone, PartialEq)]
pub struct State {
    /// What the person has chosen for every page.
    pub settings: Settings,
    /// What both sides send from the next beginning on.
    pub picture: Picture,
    /// Why there is no camera.
    pub refused: Option<MediaFailure>,
    /// Candidates are handed over as they come.
    pub trickles: bool,
    /// How far the call has come.
    pub progress: Progress,
    /// When it began, in ms.
    pub began_ms: f64,
    /// Both ends: A and B.
    pub ends: [End; 2],
    /// The last offer.
    pub offer: Option<Description>,
    /// The last answer.
    pub answer: Option<Description>,
    /// The step that was refused last, and the browser's words.
    pub failure: Option<(Step, String)>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// The test of a server.
    pub test: Test,
    /// What is on the clipboard: the offer, or else the answer.
    pub copied: Option<bool>,
}

/// One end of the call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// For each machine its states, and when each began: ms since the beginning.
    pub states: [Vec<(f64, String)>; Machine::ALL.len()],
    /// The ways in which it can be reached.
    pub candidates: Vec<Found>,
    /// So many of them were handed over.
    pub handed: usize,
    /// What comes from the other end.
    pub received: Option<Stream>,
    /// MIME types of codecs for pictures, best first.
    pub codecs: Vec<String>,
    /// The order is the person's, not the browser's.
    pub is_ordered: bool,
}

impl End {
    /// The state of a machine now.
    pub fn state(&self, machine: Machine) -> &str {
        let states = &self.states[machine as usize];
        states.last().map_or("", |(_, state)| state)
    }
}

/// A candidate as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// When, in ms since the beginning.
    pub at_ms: f64,
    /// As the browser gave it.
    pub raw: peer::Candidate,
    /// What it says; `None` where it can't be read.
    pub read: Option<Candidate>,
}

impl Found {
    /// A candidate that came now.
    pub fn new(at_ms: f64, raw: peer::Candidate) -> Self {
        Self {
            at_ms,
            read: Candidate::parse(&raw.candidate),
            raw,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, in ms since the beginning.
    pub at_ms: f64,
    /// Where; `None` is both.
    pub side: Option<Side>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A step was done, and took so long, in ms.
    Done(&'static str, f64),
    /// A step was refused, in the browser's words.
    Refused(&'static str, String),
    /// A machine is in another state.
    State(Machine, String),
    /// A candidate came.
    Gathered(String),
    /// Candidates were handed over to this side.
    Handed(usize),
    /// A track comes.
    Received,
}

/// How a test stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Not begun.
    #[default]
    Idle,
    /// It waits for what comes.
    Running,
    /// Over, after so many ms.
    Over(Verdict, f64),
    /// The browser takes the address for none, in its words.
    Invalid(String),
}

/// The test of a server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Test {
    /// Its address.
    pub url: String,
    /// How it stands.
    pub stage: Stage,
    /// When it began, in ms.
    pub began_ms: f64,
    /// Only what is relayed is gathered.
    pub relay_only: bool,
    /// What came.
    pub candidates: Vec<Found>,
    /// What failed.
    pub errors: Vec<Refused>,
}

impl State {
    /// The page as it is first.
    pub fn new(settings: Settings, codecs: &[String]) -> Self {
        let end = || End {
            codecs: codecs.to_vec(),
            ..End::default()
        };
        Self {
            settings,
            picture: Picture::default(),
            refused: None,
            trickles: false,
            progress: Progress::default(),
            began_ms: 0.0,
            ends: [end(), end()],
            offer: None,
            answer: None,
            failure: None,
            events: Vec::new(),
            test: Test::default(),
            copied: None,
        }
    }

    /// An end.
    pub fn end(&mut self, side: Side) -> &mut End {
        &mut self.ends[side as usize]
    }

    /// Everything anew but what the person has chosen.
    pub fn begin(&mut self, now_ms: f64) {
        for end in &mut self.ends {
            *end = End {
                codecs: std::mem::take(&mut end.codecs),
                is_ordered: end.is_ordered,
                ..End::default()
            };
        }
        self.began_ms = now_ms;
        self.progress = Progress::default();
        (self.offer, self.answer, self.failure) = (None, None, None);
        self.copied = None;
        self.events.clear();
    }

    /// Notes that something happened.
    pub fn note(&mut self, now_ms: f64, side: Option<Side>, what: What) {
        let at_ms = now_ms - self.began_ms;
        self.events.push(Event { at_ms, side, what });
        let too_many = self.events.len().saturating_sub(EVENTS);
        self.events.drain(..too_many);
    }

    /// Notes that a machine is in a state.
    pub fn reached(&mut self, now_ms: f64, side: Side, machine: Machine, state: String) {
        let at_ms = now_ms - self.began_ms;
        let states = &mut self.end(side).states[machine as usize];
        if states.last().is_none_or(|(_, last)| *last != state) {
            states.push((at_ms, state.clone()));
            self.note(now_ms, Some(side), What::State(machine, state));
        }
    }

    /// Counts the candidates that wait.
    pub fn count(&mut self) {
        for side in Side::ALL {
            let end = &self.ends[side as usize];
            let waiting = end.candidates.len().saturating_sub(end.handed);
            self.progress.waiting[side as usize] = waiting as u32;
        }
    }

    /// Moves a codec one place forward in an end's order.
    pub fn prefer(&mut self, side: Side, at: usize) {
        let end = self.end(side);
        if (1..end.codecs.len()).contains(&at) {
            end.codecs.swap(at - 1, at);
            end.is_ordered = true;
        }
    }
}
