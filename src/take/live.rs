//! A take being made: recorders → one growing file in the vault.
//!
//! What to do is decided by the engine's machine; this carries it out. Recorders' chunks go through
//! the engine's queue and are written by one task, the pump.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::{
    DomError, blob,
    media::{Stream, Track},
    page,
    recorder::{RecorderConfig, RecorderEvent, RecorderEvents},
    take_file::TakeFile,
    ticker::{self, Ticker},
    vault::{Record, Vault},
};
use callreel_engine::{
    record::TakeRecord,
    take::{
        self as machine, Input, Notice, Output, TICKS_WITHIN_MS, TakeMachine, TakeQueue, TakeState,
    },
};
use futures_channel::mpsc;
use futures_util::StreamExt;
use wasm_bindgen_futures::spawn_local;

mod writing;

use super::part::Part;

/// How a take is to be made.
pub struct Setup {
    /// Where it is kept; claimed under the record's id.
    pub vault: Vault,
    /// Its file.
    pub file: TakeFile,
    /// What is known of it at the start.
    pub record: TakeRecord,
    /// How to record.
    pub recorder: RecorderConfig,
    /// Whether parts can be joined, and the file be made seekable.
    pub is_webm: bool,
    /// Whether what the vault has would survive a crash.
    pub durable: bool,
}

/// The code of a recorder that gave nothing before it was stopped.
pub const EMPTY: &str = "empty";

/// What a take tells.
pub enum TakeEvent {
    /// It stands elsewhere than before.
    Changed,
    /// Something the person should know.
    Notice(Notice),
    /// So many bytes, from the beginning, are durable and never change again.
    Closed {
        /// Bytes.
        bytes: u64,
    },
    /// A part was joined: the break in the picture, in ms.
    Joined {
        /// Milliseconds; below zero where the parts overlap.
        video_gap_ms: f64,
    },
    /// It is over, and kept; `None` where nothing was recorded.
    Finished(Option<Box<TakeRecord>>),
}

/// A take being made. Clones share it.
#[derive(Clone)]
pub struct LiveTake(Rc<Inner>);

struct Inner {
    vault: Vault,
    record: TakeRecord,
    recorder: RecorderConfig,
    is_webm: bool,
    durable: bool,
    machine: RefCell<TakeMachine>,
    tracks: RefCell<(Option<Track>, Option<Track>)>,
    /// Two at the most, while one takes over from the other.
    parts: RefCell<Vec<Part>>,
    queue: RefCell<TakeQueue<Vec<u8>>>,
    picture: RefCell<Option<web_sys::Blob>>,
    /// When it was looked last whether something is overdue.
    looked_ms: Cell<f64>,
    wake: mpsc::UnboundedSender<()>,
    finish_asked: Cell<bool>,
    /// Whether the person was told of anything that went wrong.
    has_told: Cell<bool>,
    on_event: Box<dyn Fn(TakeEvent)>,
}

impl LiveTake {
    /// Starts to record `video` and `audio`.
    pub fn start(
        Setup {
            vault,
            file,
            record,
            recorder,
            is_webm,
            durable,
        }: Setup,
        video: Option<Track>,
        audio: Option<Track>,
        on_event: impl Fn(TakeEvent) + 'static,
    ) -> Self {
        let (wake, woken) = mpsc::unbounded();
        let take = Self(Rc::new(Inner {
            machine: TakeMachine::new(is_webm).into(),
            vault,
            record,
            recorder,
            is_webm,
            durable,
            tracks: (video, audio).into(),
            parts: RefCell::default(),
            queue: RefCell::default(),
            picture: RefCell::default(),
            looked_ms: page::now().into(),
            wake,
            finish_asked: Cell::default(),
            has_told: Cell::default(),
            on_event: Box::new(on_event),
        }));
        spawn_local(take.clone().pump(file, woken));
        take.input(Input::StartAsked);
        take
    }

    /// The picture from now on. Another track needs another recorder, whose part is joined.
    pub fn set_video(&self, video: Track) {
        if !self.records(&video) {
            self.0.tracks.borrow_mut().0 = Some(video);
            self.input(Input::SourceChanged);
        }
    }

    /// Whether this is the picture of the take.
    pub fn records(&self, video: &Track) -> bool {
        self.0.tracks.borrow().0.as_ref() == Some(video)
    }

    /// Whether this is the picture of the take, or one of its recorders still has it for a moment.
    pub fn has(&self, video: &Track) -> bool {
        let parts = self.0.parts.borrow();
        let mut recorded = parts.iter().map(|part| part.video.as_ref());
        (self.records(video) && self.state().is_live()) || recorded.any(|it| it == Some(video))
    }

    /// Whether the picture of the take still moves: its source has not ended.
    pub fn picture_lives(&self) -> bool {
        self.0
            .tracks
            .borrow()
            .0
            .as_ref()
            .is_some_and(Track::is_live)
    }

    /// Records nothing until [`LiveTake::resume`].
    pub fn pause(&self) {
        self.input(Input::PauseAsked);
    }

    /// Records again.
    pub fn resume(&self) {
        self.input(Input::ResumeAsked);
    }

    /// Ends the take; [`TakeEvent::Finished`] follows.
    pub fn stop(&self) {
        self.input(Input::StopAsked);
    }

    /// The page was hidden on a device that may freeze it, or is back.
    pub fn suspended(&self, suspended: bool) {
        self.input(match suspended {
            true => Input::PageSuspended,
            false => Input::PageReturned,
        });
    }

    /// To be called a few times a second: looks whether something is overdue.
    pub fn tick(&self) {
        let now = self.look_at_clock();
        let due = self.0.machine.borrow().poll_timeout();
        if due.is_some_and(|due| now >= due) {
            self.input(Input::Tick);
        }
        self.wake();
    }

    /// The time, after it was seen whether the page was held up before.
    fn look_at_clock(&self) -> f64 {
        let now = page::now();
        let ms = now - self.0.looked_ms.replace(now) - TICKS_WITHIN_MS;
        if ms > 0.0 {
            self.0.queue.borrow_mut().held_up(ms);
            self.input(Input::PageHeldUp { ms });
        }
        now
    }

    /// Recorded time in ms, pauses not counted.
    pub fn elapsed_ms(&self) -> f64 {
        self.0.machine.borrow().elapsed(page::now())
    }

    /// Up to where the take would survive a crash, in ms.
    pub fn saved_ms(&self) -> f64 {
        self.0.machine.borrow().durable_ms()
    }

    /// Bytes in the vault.
    pub fn bytes(&self) -> u64 {
        self.0.machine.borrow().bytes()
    }

    /// The take's id.
    pub fn id(&self) -> &str {
        &self.0.record.id
    }

    /// What was known of it at the start.
    pub fn record(&self) -> &TakeRecord {
        &self.0.record
    }

    /// Where the take stands.
    pub fn state(&self) -> TakeState {
        self.0.machine.borrow().state()
    }

    /// Whether a picture is part of the take.
    pub fn has_picture(&self) -> bool {
        self.0.tracks.borrow().0.is_some()
    }

    /// The small picture for the list.
    pub async fn set_picture(&self, picture: web_sys::Blob) {
        *self.0.picture.borrow_mut() = Some(picture.clone());
        if self.state().is_live() {
            // The record is written again at the end: a failure here costs nothing.
            let _ = self
                .0
                .vault
                .put(&self.stored(self.0.record.clone(), None))
                .await;
        }
    }

    fn stored(&self, record: TakeRecord, head: Option<Vec<u8>>) -> Record {
        Record {
            id: record.id.clone(),
            json: record.to_json(),
            picture: self.0.picture.borrow().clone(),
            head,
            name: None,
        }
    }

    fn input(&self, input: Input) {
        let before = self.state();
        let outputs = self.0.machine.borrow_mut().handle(input, page::now());
        for output in outputs {
            self.perform(output);
        }
        if self.state() != before {
            self.tell(TakeEvent::Changed);
        }
        self.wake();
    }

    /// Has the pump look again.
    fn wake(&self) {
        // The pump is gone once the take is finished.
        let _ = self.0.wake.unbounded_send(());
    }

    fn perform(&self, output: Output) {
        match output {
            Output::StartRecorder { part } => self.start_recorder(part),
            Output::StopRecorder { part } => self.stop_recorder(part),
            Output::PauseRecorder { part } => self.with(part, |p| p.recorder.pause()),
            Output::ResumeRecorder { part } => self.with(part, |p| p.recorder.resume()),
            Output::FlushRecorder { part } => self.with(part, |p| p.recorder.request_data()),
            Output::DropPart { part } => {
                self.0.queue.borrow_mut().dropped(part);
                self.forget(part);
            }
            Output::Cut { part, at_ms } => self.0.queue.borrow_mut().cut(part, at_ms),
            Output::NextPart { part, at_ms, .. } => {
                self.0.queue.borrow_mut().joined(part, at_ms, page::now());
            }
            Output::FinishVault { .. } => self.0.finish_asked.set(true),
            Output::Notify(notice) => {
                if matches!(notice, Notice::SwitchFailed { .. }) {
                    self.stay_with_the_old();
                }
                self.tell(TakeEvent::Notice(notice));
            }
        }
    }

    /// The picture is what the recorder that goes on has; what can't be recorded may be tried again.
    fn stay_with_the_old(&self) {
        let parts = self.0.parts.borrow();
        if let Some(part) = parts.last() {
            self.0.tracks.borrow_mut().0.clone_from(&part.video);
        }
    }

    fn tell(&self, event: TakeEvent) {
        if let TakeEvent::Notice(notice) = &event {
            // These are no reason why nothing was recorded.
            let is_by_the_way = matches!(
                notice,
                Notice::NotDurable
                    | Notice::Suspended
                    | Notice::SourceEnded { .. }
                    | Notice::Returned { .. }
            );
            self.0.has_told.set(self.0.has_told.get() || !is_by_the_way);
        }
        (self.0.on_event)(event);
    }

    fn with(&self, part: machine::Part, act: impl FnOnce(&Part) -> Result<(), DomError>) {
        let parts = self.0.parts.borrow();
        let result = parts.iter().find(|p| p.number == part).map_or(Ok(()), act);
        drop(parts);
        if let Err(error) = result {
            self.later(Input::RecorderFailed {
                part,
                code: error.name.clone(),
            });
        }
    }

    /// A recorder that was followed by another goes on for a moment: its sound arrives later than
    /// its picture, and has to reach to where the next one's begins. What is too much is cut.
    fn stop_recorder(&self, part: machine::Part) {
        const OVERLAP_MS: f64 = 500.0;
        if !self.0.queue.borrow().is_followed(part) {
            return self.with(part, |p| p.recorder.stop());
        }
        let take = self.clone();
        spawn_local(async move {
            ticker::sleep(OVERLAP_MS).await;
            take.with(part, |p| p.recorder.stop());
        });
    }

    fn forget(&self, part: machine::Part) {
        self.0.parts.borrow_mut().retain(|made| made.number != part);
    }

    /// Handles an input after the present one is done.
    fn later(&self, input: Input) {
        let take = self.clone();
        spawn_local(async move { take.input(input) });
    }

    fn start_recorder(&self, part: machine::Part) {
        let (video, audio) = self.0.tracks.borrow().clone();
        let tracks: Vec<Track> = video.iter().cloned().chain(audio).collect();
        let began_ms = page::now();
        let started = Stream::of(tracks).and_then(|stream| self.0.recorder.start(&stream));
        match started {
            Ok((recorder, events)) => {
                let mut made = Part::new(part, video, recorder, began_ms);
                self.0.queue.borrow_mut().started(part, began_ms);
                if part > 0 {
                    made.hurry = self.hurry(part);
                }
                self.0.parts.borrow_mut().push(made);
                spawn_local(self.clone().follow(part, events));
            }
            Err(error) => self.later(Input::RecorderFailed {
                part,
                code: error.name.clone(),
            }),
        }
    }

    /// A new part's first frame is wanted now, not at the end of its first timeslice.
    fn hurry(&self, part: machine::Part) -> Option<Ticker> {
        const EVERY_MS: f64 = 50.0;
        let weak = Rc::downgrade(&self.0);
        let ask = move || {
            if let Some(inner) = weak.upgrade() {
                let parts = inner.parts.borrow();
                // A recorder that does not record has nothing to give: its events say the rest.
                let _ = parts
                    .iter()
                    .find(|made| made.number == part)
                    .map(|made| made.recorder.request_data());
            }
        };
        // Without it the change takes a timeslice longer.
        Ticker::start(EVERY_MS, ask).ok()
    }

    async fn follow(self, part: machine::Part, mut events: RecorderEvents) {
        while let Some(event) = events.next().await {
            match event {
                RecorderEvent::Started { .. } if part == 0 => self.first_started(part),
                // A later part is joined when it has a frame to show for itself.
                RecorderEvent::Started { .. } => {}
                RecorderEvent::Chunk(chunk) => self.chunk(part, &chunk).await,
                RecorderEvent::Failed(error) => {
                    self.input(Input::RecorderFailed {
                        part,
                        code: error.name.clone(),
                    });
                }
                RecorderEvent::Stopped => {
                    self.0.queue.borrow_mut().stopped(part);
                    self.wake();
                }
            }
        }
    }

    /// The take begins with its first recorder, however long the first timeslice is.
    fn first_started(&self, part: machine::Part) {
        let began = find(&mut self.0.parts.borrow_mut(), part).map(|made| {
            made.ready = true;
            made.began_ms
        });
        if let Some(at_ms) = began {
            self.input(Input::PartReady { part, at_ms });
        }
    }

    async fn chunk(&self, part: machine::Part, chunk: &web_sys::Blob) {
        let now = page::now();
        let bytes = match blob::bytes(chunk).await {
            Ok(bytes) if !bytes.is_empty() => bytes,
            Ok(_) => return,
            Err(error) => {
                return self.input(Input::RecorderFailed {
                    part,
                    code: error.name.clone(),
                });
            }
        };
        let first = {
            let mut parts = self.0.parts.borrow_mut();
            let Some(made) = find(&mut parts, part) else {
                return;
            };
            let began_ms = made.began_ms;
            let is_first = made.look_at(&bytes, self.0.is_webm);
            is_first.then_some(began_ms)
        };
        self.0.queue.borrow_mut().came(part, bytes, now);
        match first {
            Some(at_ms) => self.input(Input::PartReady { part, at_ms }),
            None => self.wake(),
        }
    }
}

fn find(parts: &mut [Part], number: machine::Part) -> Option<&mut Part> {
    parts.iter_mut().find(|part| part.number == number)
}
