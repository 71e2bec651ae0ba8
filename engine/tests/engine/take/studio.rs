//! A studio with simulated recorders on virtual time, which checks the rules of the commands.

use std::collections::BTreeMap;

use callreel_engine::take::{Input, Notice, Output, Part, TakeMachine, TakeState};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recorder {
    Starting,
    Recording,
    Paused,
    Stopping,
    Dead,
}

/// A machine and the recorders that it commands.
pub struct Studio {
    pub machine: TakeMachine,
    pub now: f64,
    pub recorders: BTreeMap<Part, Recorder>,
    /// Parts of the take in their order, each with its place on the timeline.
    pub joined: Vec<(Part, f64)>,
    pub dropped: Vec<Part>,
    pub finished: Vec<f64>,
    pub notices: Vec<Notice>,
    /// Bytes that the vault keeps of each part.
    pub bytes: BTreeMap<Part, u64>,
    cut: Option<f64>,
}

impl Studio {
    pub fn new() -> Self {
        Self::with(TakeMachine::new(true))
    }

    pub fn not_joinable() -> Self {
        Self::with(TakeMachine::new(false))
    }

    fn with(machine: TakeMachine) -> Self {
        Self {
            machine,
            now: 1_000.0,
            recorders: BTreeMap::new(),
            joined: Vec::new(),
            dropped: Vec::new(),
            finished: Vec::new(),
            notices: Vec::new(),
            bytes: BTreeMap::new(),
            cut: None,
        }
    }

    /// A take that has recorded for a second.
    pub fn recording() -> Self {
        let mut studio = Self::new();
        studio.input(Input::StartAsked);
        studio.ready(0);
        studio.pass(1_000.0);
        studio
    }

    /// A take that has recorded for a second, with a new recorder being started.
    pub fn switching() -> Self {
        let mut studio = Self::recording();
        studio.input(Input::SourceChanged);
        studio.pass(200.0);
        studio
    }

    pub fn pass(&mut self, ms: f64) {
        self.now += ms;
    }

    pub fn input(&mut self, input: Input) -> Vec<Output> {
        let outputs = self.machine.handle(input, self.now);
        for output in &outputs {
            self.obey(output);
        }
        assert!(self.cut.is_none(), "a cut without a next part: {outputs:?}");
        outputs
    }

    pub fn ready(&mut self, part: Part) -> Vec<Output> {
        self.ready_at(part, self.now)
    }

    pub fn ready_at(&mut self, part: Part, at_ms: f64) -> Vec<Output> {
        if let Some(recorder @ Recorder::Starting) = self.recorders.get_mut(&part) {
            *recorder = Recorder::Recording;
        }
        if part == 0 && self.machine.state() == TakeState::Starting {
            self.joined.push((0, 0.0));
        }
        self.input(Input::PartReady { part, at_ms })
    }

    pub fn stopped(&mut self, part: Part) -> Vec<Output> {
        self.recorders.insert(part, Recorder::Dead);
        self.input(Input::RecorderStopped { part })
    }

    pub fn failed(&mut self, part: Part, code: &str) -> Vec<Output> {
        self.input(Input::RecorderFailed {
            part,
            code: code.to_owned(),
        })
    }

    pub fn chunk(&mut self, part: Part, bytes: u64) -> Vec<Output> {
        if self.finished.is_empty() {
            // A finished vault takes nothing more.
            *self.bytes.entry(part).or_default() += bytes;
        }
        self.input(Input::ChunkStored {
            part,
            bytes,
            at_ms: self.now,
            durable: true,
        })
    }

    /// Lets every recorder that was told to stop do so.
    pub fn let_stop(&mut self) {
        let stopping: Vec<Part> = self
            .recorders
            .iter()
            .filter(|(_, recorder)| **recorder == Recorder::Stopping)
            .map(|(part, _)| *part)
            .collect();
        for part in stopping {
            self.stopped(part);
        }
    }

    pub fn state(&self) -> TakeState {
        self.machine.state()
    }

    pub fn elapsed(&self) -> f64 {
        self.machine.elapsed(self.now)
    }

    /// Ends the take and says its length; fails unless it ends once and for all.
    pub fn finish(&mut self) -> f64 {
        self.input(Input::StopAsked);
        self.let_stop();
        assert_eq!(self.state(), TakeState::Finished);
        assert_eq!(self.finished.len(), 1, "finished once");
        self.finished[0]
    }

    fn obey(&mut self, output: &Output) {
        match output {
            Output::StartRecorder { part } => {
                let before = self.recorders.insert(*part, Recorder::Starting);
                assert_eq!(before, None, "part {part} was started twice");
            }
            Output::StopRecorder { part } => {
                let recorder = self
                    .recorders
                    .get_mut(part)
                    .expect("only known ones are stopped");
                if *recorder != Recorder::Dead {
                    *recorder = Recorder::Stopping;
                }
            }
            Output::PauseRecorder { part } => {
                self.turn(*part, Recorder::Recording, Recorder::Paused)
            }
            Output::ResumeRecorder { part } => {
                self.turn(*part, Recorder::Paused, Recorder::Recording);
            }
            Output::FlushRecorder { part } => {
                assert!(
                    self.recorders.contains_key(part),
                    "only known ones are flushed"
                );
            }
            Output::DropPart { part } => {
                assert!(
                    self.joined.iter().all(|(joined, _)| joined != part),
                    "it is in the take"
                );
                self.recorders.insert(*part, Recorder::Dead);
                self.dropped.push(*part);
                self.bytes.remove(part);
            }
            Output::Cut { part, at_ms } => {
                let (last, began) = *self.joined.last().expect("something is cut");
                assert_eq!(*part, last, "only the last part is cut");
                assert!(*at_ms >= began, "it is cut after it began");
                self.cut = Some(*at_ms);
            }
            Output::NextPart {
                part,
                at_ms,
                gap_ms,
            } => {
                assert!(!self.dropped.contains(part), "a dropped part is joined");
                assert_eq!(
                    self.cut.take().unwrap_or(0.0),
                    *at_ms,
                    "no hole and no overlap"
                );
                assert!(*gap_ms >= 0.0);
                self.joined.push((*part, *at_ms));
            }
            Output::FinishVault { elapsed_ms } => {
                let alive = |recorder: &&Recorder| {
                    matches!(
                        recorder,
                        Recorder::Recording | Recorder::Paused | Recorder::Starting
                    )
                };
                assert_eq!(
                    self.recorders.values().find(alive),
                    None,
                    "one still records"
                );
                self.finished.push(*elapsed_ms);
            }
            Output::Notify(notice) => self.notices.push(notice.clone()),
        }
    }

    fn turn(&mut self, part: Part, from: Recorder, to: Recorder) {
        let recorder = self
            .recorders
            .get_mut(&part)
            .expect("only known ones are commanded");
        // A recorder may have died a moment ago without the machine knowing.
        if *recorder != Recorder::Dead {
            assert_eq!(*recorder, from, "part {part}");
            *recorder = to;
        }
    }
}
