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
    asked: Option<(Request, f64)>,
    waiting: Option<(Trouble, f64)>,
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
            asked: None,
            waiting: None,
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
        } else if self.note.paused {
            UploadState::Paused
        } else if let Some((trouble, _)) = self.waiting {
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
            (Some((_, until)), _) => Some(*until),
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
            Input::Online => drop(self.waiting.take_if(|(why, _)| *why == Trouble::Network)),
            Input::PauseAsked => self.handle_pause(),
            Input::ResumeAsked => self.handle_resume(),
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
        if self.stop.take() == Some(Stop::Deleted) {
            self.begin_anew();
        }
        if self.note.paused {
            self.note.paused = false;
            self.output.push(Output::Keep);
        }
        self.waiting = None;
        self.failures = 0;
        self.restarts = 0;
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
        let understood = match (answer.status, &request) {
            (200..=299, Request::Look) => {
                let looked = self.look(answer);
                if looked == Some(false) {
                    self.doubt = true;
                    self.wait_a_little(now_ms, jitter);
                }
                looked.map(drop)
            }
            (200..=299, _) => self.went_well(&request, answer, now_ms - since),
            (404 | 410, Request::Create { .. }) if !answer.says("deleted") => None,
            (404, _) => {
                self.begin_anew();
                Some(())
            }
            (410, _) => {
                self.is_gone(&request, answer);
                Some(())
            }
            // It stands elsewhere, or somebody else went on: asking tells.
            (409, _) => Some(self.wait_a_little(now_ms, jitter)),
            (413, _) if answer.says("beyond_length") => Some(self.wait_a_little(now_ms, jitter)),
            // The bytes were cut off on the way; what came of them stays.
            (400, Request::Patch { .. }) => Some(self.wait(Trouble::Network, None, now_ms, jitter)),
            (413, _) if answer.says("owner_full") => {
                Some(self.wait(Trouble::OwnerFull, answer.retry_after_ms, now_ms, jitter))
            }
            (413, _) => {
                // Without a code it comes from something in between that takes smaller pieces.
                let smaller = is_patch(&request) && answer.code.is_none() && self.pace.shrink();
                self.stop = (!smaller).then_some(Stop::TooLarge);
                Some(())
            }
            (status, _) => match trouble_of(status) {
                Some(trouble) => Some(self.wait(trouble, answer.retry_after_ms, now_ms, jitter)),
                None => None,
            },
        };
        if understood.is_none() {
            self.stop = match answer.status {
                401 => Some(Stop::Key),
                403 => Some(Stop::NotAllowed),
                // Something else than the server answered, such as a hotel's sign-in page.
                200..=399 => return self.wait(Trouble::Network, None, now_ms, jitter),
                _ => Some(Stop::NotUnderstood),
            };
        }
    }

    /// `None` where the answer lacks what it must have.
    fn went_well(&mut self, request: &Request, answer: &Answer, took_ms: f64) -> Option<()> {
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
                    self.begin_anew();
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
            Request::Look => {}
        }
        Some(())
    }

    /// `false` where the recording is there and not complete; `None` where the answer is none.
    fn look(&mut self, answer: &Answer) -> Option<bool> {
        let size = answer.size?;
        if answer.complete && self.whole && size == self.held {
            self.note.complete = true;
            self.output.push(Output::Keep);
        } else if self.vanished {
            self.begin_anew();
        } else {
            return Some(false);
        }
        Some(true)
    }

    /// 410: finished without us, or deleted. An answer to `HEAD` has no body that says which.
    fn is_gone(&mut self, request: &Request, answer: &Answer) {
        if answer.says("deleted") {
            self.stop = Some(Stop::Deleted);
        } else if answer.code.is_some() || *request == Request::Look {
            self.begin_anew();
        } else {
            self.vanished = true;
        }
    }

    fn begin_anew(&mut self) {
        self.vanished = false;
        self.restarts += 1;
        if self.restarts > RESTARTS {
            self.stop = Some(Stop::NotUnderstood);
            return;
        }
        self.note.recording = None;
        self.note.attempt += 1;
        self.sent = 0;
        self.doubt = false;
        self.declared = false;
        self.output.push(Output::Keep);
    }

    fn wait(&mut self, trouble: Trouble, asked_ms: Option<f64>, now_ms: f64, jitter: f64) {
        let wait = wait_ms(trouble, self.failures, asked_ms, jitter);
        self.failures += 1;
        self.waiting = Some((trouble, now_ms + wait));
    }

    /// Once it may happen; then somebody is at odds with us.
    fn wait_a_little(&mut self, now_ms: f64, jitter: f64) {
        if self.failures > 0 {
            self.wait(Trouble::Busy, None, now_ms, jitter);
        } else {
            self.failures = 1;
        }
    }

    fn go_on(&mut self, now_ms: f64) {
        let is_resting = self.note.paused || self.note.complete || self.stop.is_some();
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

/// What passes by itself.
const fn trouble_of(status: u16) -> Option<Trouble> {
    match status {
        408 | 425 | 429 | 503 => Some(Trouble::Busy),
        507 => Some(Trouble::DiskFull),
        500..=599 => Some(Trouble::Server),
        _ => None,
    }
}
