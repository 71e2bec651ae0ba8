//! What is asked of the server next.

use super::{
    Answer, Input, Output, Request, Stop, Trouble, UploadNote, UploadState,
    pace::{Pace, wait_ms},
};

/// A piece that has not arrived after this long is given up, in ms.
const PATCH_WITHIN_MS: f64 = 60_000.0;
/// Any other question, in ms.
const ANSWER_WITHIN_MS: f64 = 20_000.0;
/// A recording that vanishes more often than this, one after the other, is not begun anew.
const RESTARTS: u32 = 4;

/// One take's upload.
#[derive(Clone, Debug)]
pub struct UploadMachine {
    note: UploadNote,
    held: u64,
    whole: bool,
    /// Bytes that the server acknowledged.
    sent: u64,
    /// The server may stand elsewhere than at `sent`.
    doubt: bool,
    /// The server knows how long the whole is.
    declared: bool,
    /// The server says that the recording is gone, and not why.
    vanished: bool,
    stop: Option<Stop>,
    /// Nothing is asked for now.
    stands_back: bool,
    asked: Option<(Request, f64)>,
    /// Until then nothing is asked.
    waiting: Option<f64>,
    /// What went wrong last, until something goes well.
    trouble: Option<Trouble>,
    /// In a row.
    failures: u32,
    restarts: u32,
    pace: Pace,
    output: Vec<Output>,
}

impl UploadMachine {
    /// An upload as it was remembered; nothing is done before something is held.
    #[must_use]
    pub fn new(note: UploadNote) -> Self {
        Self {
            doubt: note.recording.is_some(),
            note,
            held: 0,
            whole: false,
            sent: 0,
            declared: false,
            vanished: false,
            stop: None,
            stands_back: false,
            asked: None,
            waiting: None,
            trouble: None,
            failures: 0,
            restarts: 0,
            pace: Pace::new(),
            output: Vec::new(),
        }
    }

    /// What is to be remembered.
    #[must_use]
    pub const fn note(&self) -> &UploadNote {
        &self.note
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> UploadState {
        if self.note.complete {
            UploadState::Complete
        } else if let Some(stop) = self.stop {
            UploadState::Stopped(stop)
        } else if self.note.paused || self.stands_back {
            UploadState::Paused
        } else if let Some(trouble) = self.trouble {
            UploadState::Waiting(trouble)
        } else if self.asked.is_some() {
            UploadState::Sending
        } else {
            UploadState::UpToDate
        }
    }

    /// Bytes that the server acknowledged.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes that may be sent.
    #[must_use]
    pub const fn held(&self) -> u64 {
        self.held
    }

    /// Whether that is all of the take, because it is over.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Bytes per second, once something was sent.
    #[must_use]
    pub fn bytes_per_second(&self) -> Option<f64> {
        self.pace.speed.map(|speed| speed * 1_000.0)
    }

    /// Ms until all is sent, at the present speed; `None` while nobody can tell.
    #[must_use]
    pub fn left_ms(&self) -> Option<f64> {
        let speed = self.pace.speed.filter(|speed| *speed > 0.0)?;
        self.whole
            .then(|| self.held.saturating_sub(self.sent) as f64 / speed)
    }

    /// When [`Input::Tick`] is due, on the clock of `now_ms`; `None` when nothing is awaited.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<f64> {
        match (&self.waiting, &self.asked) {
            (Some(until), _) => Some(*until),
            (None, Some((request, since))) => Some(since + within_ms(request)),
            (None, None) => None,
        }
    }

    /// Takes what happened and says what is to be done, in that order. `jitter`, from 0 to 1,
    /// spreads the waiting.
    pub fn handle(&mut self, input: Input, now_ms: f64, jitter: f64) -> Vec<Output> {
        match input {
            Input::Held { bytes, whole } => {
                self.held = self.held.max(bytes);
                self.whole |= whole;
            }
            Input::Answered(answer) => self.handle_answer(&answer, now_ms, jitter),
            Input::Lost => self.handle_lost(now_ms, jitter),
            Input::Online if self.trouble == Some(Trouble::Network) => self.waiting = None,
            Input::Online => {}
            Input::PauseAsked => self.handle_pause(),
            Input::ResumeAsked => self.handle_resume(),
            Input::StandBack(stands_back) => {
                self.stands_back = stands_back;
                if stands_back {
                    self.give_up_asking();
                    self.waiting = None;
                }
            }
            Input::Renamed => {
                self.note.renamed = true;
                self.output.push(Output::Keep);
            }
            Input::Tick => self.handle_tick(now_ms, jitter),
        }
        self.go_on(now_ms);
        std::mem::take(&mut self.output)
    }

    fn handle_pause(&mut self) {
        if !self.note.paused && !self.note.complete {
            self.note.paused = true;
            self.give_up_asking();
            self.waiting = None;
            self.output.push(Output::Keep);
        }
    }

    fn handle_resume(&mut self) {
        self.restarts = 0;
        if self.stop.take() == Some(Stop::Deleted) {
            self.begin_anew();
        }
        if self.note.paused {
            self.note.paused = false;
            self.output.push(Output::Keep);
        }
        self.waiting = None;
        self.trouble = None;
        self.failures = 0;
    }

    fn handle_tick(&mut self, now_ms: f64, jitter: f64) {
        if self.poll_timeout().is_none_or(|due| now_ms < due) {
            return;
        }
        if self.waiting.take().is_none() {
            self.output.push(Output::Abort);
            self.handle_lost(now_ms, jitter);
        }
    }

    fn handle_lost(&mut self, now_ms: f64, jitter: f64) {
        if self
            .asked
            .take()
            .is_some_and(|(request, _)| is_patch(&request))
        {
            self.doubt = true;
            self.pace.shrink();
        }
        self.wait(Trouble::Network, None, now_ms, jitter);
    }

    fn give_up_asking(&mut self) {
        if let Some((request, _)) = self.asked.take() {
            self.doubt |= is_patch(&request);
            self.output.push(Output::Abort);
        }
    }

    fn handle_answer(&mut self, answer: &Answer, now_ms: f64, jitter: f64) {
        // An answer that nobody waits for any more tells nothing.
        let Some((request, since)) = self.asked.take() else {
            return;
        };
        // Whatever else is wrong: the bytes may have arrived.
        self.doubt |= is_patch(&request);
        match self.judge(&request, answer, now_ms - since) {
            Verdict::GoOn => self.trouble = None,
            Verdict::Doubt => {
                self.doubt = true;
                // Once it may happen; then somebody is at odds with us.
                if self.failures > 0 {
                    self.wait(Trouble::Busy, answer.retry_after_ms, now_ms, jitter);
                }
                self.failures = self.failures.max(1);
            }
            Verdict::Wait(trouble) => self.wait(trouble, answer.retry_after_ms, now_ms, jitter),
            Verdict::Stop(stop) => self.stop = Some(stop),
        }
    }

    fn judge(&mut self, request: &Request, answer: &Answer, took_ms: f64) -> Verdict {
        let is_patch = is_patch(request);
        match answer.status {
            200..=399 => match self.went_well(request, answer, took_ms) {
                Some(verdict) => verdict,
                // Something else than the server answered, such as a hotel's sign-in page.
                None => Verdict::Wait(Trouble::Network),
            },
            // The bytes were cut off on the way; what came of them stays.
            400 if is_patch => Verdict::Wait(Trouble::Network),
            401 => Verdict::Stop(Stop::Key),
            403 => Verdict::Stop(Stop::NotAllowed),
            404 | 410 => self.is_gone(request, answer),
            408 | 425 | 429 | 503 => Verdict::Wait(Trouble::Busy),
            // It stands elsewhere, or somebody else went on: asking tells.
            409 => Verdict::Doubt,
            413 if answer.says("owner_full") => Verdict::Wait(Trouble::OwnerFull),
            413 if answer.says("beyond_length") => Verdict::Doubt,
            // Without a code it comes from something in between that takes smaller pieces.
            413 if is_patch && answer.code.is_none() && self.pace.shrink() => Verdict::GoOn,
            413 => Verdict::Stop(Stop::TooLarge),
            507 => Verdict::Wait(Trouble::DiskFull),
            500..=599 => Verdict::Wait(Trouble::Server),
            _ => Verdict::Stop(Stop::NotUnderstood),
        }
    }

    /// `None` where the answer lacks what it must have.
    fn went_well(&mut self, request: &Request, answer: &Answer, took_ms: f64) -> Option<Verdict> {
        match *request {
            Request::Create { length } => {
                self.note.recording = Some(answer.id()?.to_owned());
                self.output.push(Output::Keep);
                self.sent = 0;
                // It may be one that was begun before, whose address got lost on the way.
                self.doubt = answer.offset != Some(0);
                self.declared = length.is_some();
            }
            Request::Head => {
                let offset = answer.offset?;
                let is_ours = match answer.length {
                    Some(length) => self.whole && length == self.held,
                    None => offset <= self.held,
                };
                if is_ours {
                    if offset > self.sent {
                        self.failures = 0;
                    }
                    self.sent = offset;
                    self.doubt = false;
                    self.declared = answer.length.is_some();
                } else {
                    // It was finished without us, or the vault has lost what it had.
                    return Some(self.begin_anew());
                }
            }
            Request::Patch { from, to, length } => {
                let offset = answer
                    .offset
                    .filter(|offset| (from..=to).contains(offset))?;
                self.sent = offset;
                self.doubt = false;
                self.declared |= length.is_some();
                self.failures = 0;
                self.restarts = 0;
                if offset > from {
                    self.pace.arrived(offset - from, took_ms);
                }
            }
            Request::Look => {
                let size = answer.size?;
                if answer.heard_title && std::mem::take(&mut self.note.renamed) {
                    self.output.push(Output::Keep);
                }
                if answer.complete && self.whole && size == self.held {
                    self.note.complete = true;
                    self.output.push(Output::Keep);
                } else if self.vanished {
                    return Some(self.begin_anew());
                } else {
                    return Some(Verdict::Doubt);
                }
            }
        }
        Some(Verdict::GoOn)
    }

    /// 404: it is not there, or not ours. 410: finished without us, or deleted; an answer to `HEAD`
    /// has no body that says which.
    fn is_gone(&mut self, request: &Request, answer: &Answer) -> Verdict {
        if answer.says("deleted") {
            return Verdict::Stop(Stop::Deleted);
        }
        match request {
            // An earlier attempt, whose address got lost, was finished without us.
            Request::Create { .. } if answer.says("upload_expired") => self.begin_anew(),
            Request::Create { .. } => Verdict::Stop(Stop::NotUnderstood),
            Request::Head if answer.status == 410 => {
                self.vanished = true;
                Verdict::GoOn
            }
            _ => self.begin_anew(),
        }
    }

    fn begin_anew(&mut self) -> Verdict {
        self.vanished = false;
        self.restarts += 1;
        if self.restarts > RESTARTS {
            return Verdict::Stop(Stop::NotUnderstood);
        }
        self.note.recording = None;
        self.note.attempt += 1;
        self.sent = 0;
        self.doubt = false;
        self.declared = false;
        self.output.push(Output::Keep);
        Verdict::GoOn
    }

    fn wait(&mut self, trouble: Trouble, asked_ms: Option<f64>, now_ms: f64, jitter: f64) {
        let wait = wait_ms(trouble, self.failures, asked_ms, jitter);
        self.failures += 1;
        self.waiting = Some(now_ms + wait);
        self.trouble = Some(trouble);
    }

    fn go_on(&mut self, now_ms: f64) {
        let is_over = self.note.complete || self.stop.is_some();
        let is_resting = is_over || self.note.paused || self.stands_back;
        if is_resting || self.asked.is_some() || self.waiting.is_some() {
            return;
        }
        if let Some(request) = self.next() {
            self.asked = Some((request.clone(), now_ms));
            self.output.push(Output::Ask(request));
        }
    }

    fn next(&self) -> Option<Request> {
        // Before something is held there is nothing to begin, nor to compare with.
        if self.held == 0 {
            return None;
        }
        let length = self.whole.then_some(self.held);
        if self.note.recording.is_none() {
            return Some(Request::Create { length });
        }
        if self.vanished {
            return Some(Request::Look);
        }
        if self.doubt {
            return Some(Request::Head);
        }
        let to = self.held.min(self.sent + self.pace.piece);
        if to > self.sent || (self.whole && !self.declared) {
            let from = self.sent;
            return Some(Request::Patch { from, to, length });
        }
        self.whole.then_some(Request::Look)
    }
}

/// What an answer means.
enum Verdict {
    GoOn,
    /// Ask how far the server is.
    Doubt,
    Wait(Trouble),
    Stop(Stop),
}

const fn is_patch(request: &Request) -> bool {
    matches!(request, Request::Patch { .. })
}

const fn within_ms(request: &Request) -> f64 {
    if is_patch(request) {
        PATCH_WITHIN_MS
    } else {
        ANSWER_WITHIN_MS
    }
}
