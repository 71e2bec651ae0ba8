//! A browser, a network and a server, all of them made of numbers.

use std::collections::BTreeMap;

use callreel_engine::upload::{
    Answer, Input, Output, Request, UploadMachine, UploadNote, UploadState,
};

/// What the network does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Up,
    /// Requests don't arrive.
    Down,
    /// They arrive, answers don't.
    Deaf,
    /// So many bytes arrive, then it is cut.
    CutAfter(u64),
}

#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub bytes: Vec<u8>,
    pub length: Option<u64>,
    pub complete: bool,
    pub deleted: bool,
    /// It was finished as it was, because nothing came for too long.
    pub expired: bool,
}

/// Holds recordings as the real server does.
#[derive(Clone, Debug, Default)]
pub struct Server {
    pub recordings: BTreeMap<String, Recording>,
    /// Answers before anything is looked at, the next one last.
    pub moods: Vec<Answer>,
}

/// Everything around the machine.
#[derive(Clone, Debug)]
pub struct World {
    pub machine: UploadMachine,
    pub now: f64,
    pub vault: Vec<u8>,
    pub held: u64,
    pub whole: bool,
    pub network: Network,
    pub server: Server,
    pub asked: Option<Request>,
    /// What would be there after a reload.
    pub kept: UploadNote,
    pub history: Vec<Request>,
    jitter: f64,
}

pub fn answer(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

pub fn refusal(status: u16, code: &str) -> Answer {
    Answer {
        code: Some(code.to_owned()),
        ..answer(status)
    }
}

impl World {
    pub fn new() -> Self {
        Self {
            machine: UploadMachine::new(UploadNote::default()),
            now: 0.0,
            vault: Vec::new(),
            held: 0,
            whole: false,
            network: Network::Up,
            server: Server::default(),
            asked: None,
            kept: UploadNote::default(),
            history: Vec::new(),
            jitter: 0.0,
        }
    }

    /// A take of so many bytes that is over.
    pub fn with_take(bytes: usize) -> Self {
        let mut world = Self::new();
        world.record(bytes);
        world.finish();
        world
    }

    pub fn state(&self) -> UploadState {
        self.machine.state()
    }

    pub fn input(&mut self, input: Input) {
        self.jitter = (self.jitter + 0.37) % 1.0;
        for output in self.machine.handle(input, self.now, self.jitter) {
            match output {
                Output::Keep => self.kept = self.machine.note().clone(),
                Output::Abort => {
                    assert!(self.asked.is_some(), "there is something to give up");
                    // It may have arrived all the same.
                    let request = self.asked.take().expect("just looked");
                    if self.network == Network::Deaf {
                        self.server.take(&request, &self.vault, &self.kept);
                    }
                }
                Output::Ask(request) => {
                    assert_eq!(self.asked, None, "one thing at a time");
                    if let Request::Patch { from, to, .. } = request {
                        assert!(from <= to && to <= self.held, "{request:?}");
                    }
                    self.history.push(request.clone());
                    self.asked = Some(request);
                }
            }
        }
    }

    /// The recorder writes; what came before is closed, the new bytes may still change.
    pub fn record(&mut self, bytes: usize) {
        if self.whole {
            return;
        }
        for byte in &mut self.vault[self.held as usize..] {
            *byte = byte.wrapping_add(101);
        }
        self.held = self.vault.len() as u64;
        let at = self.vault.len();
        self.vault
            .extend((at..at + bytes).map(|n| (n * 7 % 251) as u8));
        let (bytes, whole) = (self.held, false);
        self.input(Input::Held { bytes, whole });
    }

    pub fn finish(&mut self) {
        self.whole = true;
        self.held = self.vault.len() as u64;
        let (bytes, whole) = (self.held, true);
        self.input(Input::Held { bytes, whole });
    }

    /// The page is gone, and back.
    pub fn reload(&mut self) {
        if let (Some(request), Network::Deaf) = (self.asked.take(), self.network) {
            self.server.take(&request, &self.vault, &self.kept);
        }
        self.finish();
        self.asked = None;
        self.machine = UploadMachine::new(self.kept.clone());
        self.finish();
    }

    /// What was asked meets the network and the server.
    pub fn deliver(&mut self) {
        let Some(request) = self.asked.take() else {
            return;
        };
        self.now += 20.0;
        let answer = match self.network {
            Network::Down => None,
            Network::Up => Some(self.server.take(&request, &self.vault, &self.kept)),
            Network::Deaf => {
                self.server.take(&request, &self.vault, &self.kept);
                None
            }
            Network::CutAfter(bytes) => {
                if let Request::Patch { from, to, .. } = request {
                    let to = to.min(from + bytes);
                    let length = None;
                    let cut = Request::Patch { from, to, length };
                    self.server.take(&cut, &self.vault, &self.kept);
                }
                None
            }
        };
        self.input(answer.map_or(Input::Lost, Input::Answered));
    }

    /// Time goes by, until something is due at the latest.
    pub fn pass(&mut self, ms: f64) {
        let until = self.now + ms;
        self.now = self
            .machine
            .poll_timeout()
            .map_or(until, |due| due.clamp(self.now, until));
        self.input(Input::Tick);
    }

    /// Lets everything happen that happens by itself.
    pub fn run(&mut self) {
        for _ in 0..2_000 {
            if self.asked.is_some() {
                self.deliver();
            } else if self.machine.poll_timeout().is_some() {
                self.pass(f64::INFINITY);
            } else {
                return;
            }
        }
        panic!("it never comes to rest: {:?}", self.history);
    }

    /// The recording that the machine believes in.
    pub fn recording(&self) -> Option<&Recording> {
        self.server
            .recordings
            .get(self.machine.note().recording.as_ref()?)
    }

    /// What must be true at any moment.
    pub fn check(&self) {
        for (id, recording) in &self.server.recordings {
            assert!(
                self.vault.starts_with(&recording.bytes),
                "{id} is no beginning of what the vault holds"
            );
        }
    }
}

impl Server {
    fn take(&mut self, request: &Request, vault: &[u8], note: &UploadNote) -> Answer {
        if let Some(mood) = self.moods.pop() {
            return mood;
        }
        if let Request::Create { length } = *request {
            return self.create(length, note);
        }
        let id = note.recording.as_deref().unwrap_or_default();
        let Some(recording) = self.recordings.get_mut(id) else {
            return refusal(404, "not_found");
        };
        if recording.deleted {
            let is_head = *request == Request::Head;
            return if is_head {
                answer(410)
            } else {
                refusal(410, "deleted")
            };
        }
        let size = recording.bytes.len() as u64;
        match *request {
            Request::Head if recording.expired => answer(410),
            Request::Patch { .. } if recording.expired => refusal(410, "upload_expired"),
            Request::Create { .. } => unreachable!("answered above"),
            Request::Head => Answer {
                offset: Some(size),
                length: recording.length,
                ..answer(200)
            },
            Request::Look => Answer {
                size: Some(size),
                complete: recording.complete,
                heard_title: note.renamed,
                ..answer(200)
            },
            Request::Patch { from, .. } if from != size || recording.complete => {
                refusal(409, "offset_mismatch")
            }
            Request::Patch { from, to, length } => {
                recording.length = recording.length.or(length);
                recording.bytes.extend(&vault[from as usize..to as usize]);
                recording.complete = recording.length == Some(to);
                Answer {
                    offset: Some(to),
                    ..answer(204)
                }
            }
        }
    }

    fn create(&mut self, length: Option<u64>, note: &UploadNote) -> Answer {
        // The same attempt is the same recording, as the real server does it.
        let id = format!("{:032x}", note.attempt);
        let recording = self.recordings.entry(id.clone()).or_default();
        if recording.deleted {
            return refusal(410, "deleted");
        }
        if recording.expired {
            return refusal(410, "upload_expired");
        }
        recording.length = recording.length.or(length);
        Answer {
            location: Some(format!("http://127.0.0.1:8080/uploads/{id}")),
            offset: Some(recording.bytes.len() as u64),
            ..answer(201)
        }
    }
}
