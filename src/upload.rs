//! Takes on their way to a server. No Yew here: the studio page and the exports share it.
//!
//! What is asked of the server is decided by the engine's machine; this carries it out, one task a
//! take, in one tab of all. Bytes come from the vault, piece by piece.

mod server;

use std::{cell::RefCell, rc::Rc};

use callreel_browser::{DomError, owner, page, rest, vault::Vault};
use callreel_engine::{
    settings::Settings,
    upload::{Answer, Input, Output, Request, Stop, UploadMachine, UploadNote, UploadState},
};
use futures_channel::mpsc;
use futures_util::{
    FutureExt, StreamExt,
    future::{self, Either, LocalBoxFuture},
};
use gloo::timers::future::TimeoutFuture;

pub use server::{Told, rename};

/// How long to wait before looking whether another tab is done with a take, in ms.
const ELSEWHERE_MS: u32 = 3_000;

/// What is to be uploaded.
pub struct Setup {
    /// Where the take is.
    pub vault: Vault,
    /// The take's id.
    pub id: String,
    /// Where to, and what is known of it already.
    pub note: UploadNote,
    /// What the server is told of it.
    pub told: Told,
}

/// Where an upload stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What is known of it.
    pub note: UploadNote,
    /// Where it stands; `None` while another tab has it.
    pub state: Option<UploadState>,
    /// Bytes that the server has.
    pub sent: u64,
    /// Bytes that may be sent.
    pub held: u64,
    /// The take is over: that is all of them.
    pub whole: bool,
    /// Bytes per second.
    pub speed: Option<f64>,
    /// Ms to go, once the take is over.
    pub left_ms: Option<f64>,
}

impl Progress {
    /// What can be said while nobody is at it.
    pub fn resting(note: UploadNote) -> Self {
        let machine = UploadMachine::new(note);
        Self::of(&machine)
    }

    fn of(machine: &UploadMachine) -> Self {
        Self {
            note: machine.note().clone(),
            state: Some(machine.state()),
            sent: machine.sent(),
            held: machine.held(),
            whole: machine.is_whole(),
            speed: machine.bytes_per_second(),
            left_ms: machine.left_ms(),
        }
    }
}

/// An upload at work; dropping it takes back what is under way.
#[must_use = "dropping it ends the upload's work, to be taken up again another time"]
pub struct Upload {
    inputs: mpsc::UnboundedSender<Input>,
    told: Rc<RefCell<Told>>,
}

impl Upload {
    /// Takes up the upload. `on_progress` hears whenever something changed.
    pub fn start(setup: Setup, on_progress: impl Fn(Progress) + 'static) -> Self {
        let (inputs, heard) = mpsc::unbounded();
        let told = Rc::new(RefCell::new(setup.told));
        let task = Task {
            vault: setup.vault,
            id: setup.id,
            told: Rc::clone(&told),
            on_progress: Box::new(on_progress),
        };
        rest::spawn_patient(task.run(setup.note, heard));
        Self { inputs, told }
    }

    /// Hands over what happened.
    pub fn input(&self, input: Input) {
        // Nobody listens any more once the upload is complete.
        let _ = self.inputs.unbounded_send(input);
    }

    /// Changes what the server is told from now on.
    pub fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.borrow_mut());
    }
}

/// What the server at an address wants of those who upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// It takes recordings, for all that is known here.
    pub uploads: bool,
    /// It wants a token of its host for that.
    pub wants_token: bool,
}

/// Asks the server at `base` ("" for the page's own); `None` where none answers.
pub async fn welcome(base: &str) -> Option<Welcome> {
    let uploads = page::server_uploads(base).await?;
    let wants_token = uploads == "token";
    Some(Welcome {
        uploads: uploads == "open" || wants_token && owner::upload_token(base).is_some(),
        wants_token,
    })
}

/// A new upload's note; `None` where the person wants none, the server takes none, or the browser
/// can keep no key.
pub async fn invited(settings: &Settings) -> Option<UploadNote> {
    let server = settings.server.clone().unwrap_or_default();
    let is_open = settings.upload && welcome(&server).await?.uploads;
    let key = is_open.then(owner::key_or_new)?.ok()?;
    Some(UploadNote {
        server,
        key,
        ..UploadNote::default()
    })
}

/// Notes that a take, which is complete on the server, shall not stay in the browser.
pub async fn let_leave(vault: &Vault, id: &str, note: UploadNote) {
    let note = UploadNote {
        leaves: true,
        ..note
    };
    // Were that lost, the take would stay.
    let _ = vault.put_upload(id, &note.to_json()).await;
}

struct Task {
    vault: Vault,
    id: String,
    told: Rc<RefCell<Told>>,
    on_progress: Box<dyn Fn(Progress)>,
}

type Asked = LocalBoxFuture<'static, Option<Answer>>;

impl Task {
    async fn run(self, note: UploadNote, heard: mpsc::UnboundedReceiver<Input>) {
        let Ok(note) = self.turn(note).await else {
            return;
        };
        if note.complete {
            (self.on_progress)(Progress::resting(note));
        } else if self.is_gone().await {
            self.say_gone(Progress::resting(note));
        } else {
            // A note that can't be kept costs a second recording after a crash, and no more.
            let _ = self.keep(&note).await;
            self.work(note, heard).await;
        }
        let _ = self.vault.release_upload(&self.id).await;
    }

    /// Waits until no other tab has this upload; gives what is known of it then.
    async fn turn(&self, note: UploadNote) -> Result<UploadNote, DomError> {
        // The browser's key may be another than when the upload began.
        let known = async || {
            let kept = self.kept().await?.unwrap_or_else(|| note.clone());
            let key = note.key.clone();
            Ok::<_, DomError>(UploadNote { key, ..kept })
        };
        while !self.vault.claim_upload(&self.id).await? {
            if self.is_unwanted() {
                return Err(DomError::new("AbortError", "nobody wants it any more"));
            }
            (self.on_progress)(Progress {
                state: None,
                ..Progress::resting(known().await?)
            });
            TimeoutFuture::new(ELSEWHERE_MS).await;
        }
        let known = known().await;
        if known.is_err() {
            // It is another page's turn.
            let _ = self.vault.release_upload(&self.id).await;
        }
        known
    }

    /// Whether the [`Upload`] is gone, which shares what the server is told.
    fn is_unwanted(&self) -> bool {
        Rc::strong_count(&self.told) == 1
    }

    /// Whether the take was deleted, in another tab perhaps.
    async fn is_gone(&self) -> bool {
        let size = self.vault.size(&self.id).await;
        size.is_err_and(|error| error.name == "NotFoundError")
    }

    /// Nothing is left to send, so others need not wait.
    fn say_gone(&self, progress: Progress) {
        (self.on_progress)(Progress {
            state: Some(UploadState::Stopped(Stop::Deleted)),
            ..progress
        });
    }

    async fn kept(&self) -> Result<Option<UploadNote>, DomError> {
        let uploads = self.vault.uploads().await?;
        let own = uploads.into_iter().find(|(id, _)| *id == self.id);
        Ok(own.and_then(|(_, json)| UploadNote::from_json(&json)))
    }

    async fn keep(&self, note: &UploadNote) -> Result<(), DomError> {
        self.vault.put_upload(&self.id, &note.to_json()).await
    }

    async fn work(&self, note: UploadNote, mut heard: mpsc::UnboundedReceiver<Input>) {
        let mut machine = UploadMachine::new(note);
        let mut asked: Asked = nobody();
        (self.on_progress)(Progress::of(&machine));
        while let Some(input) = self.next(&machine, &mut asked, &mut heard).await {
            if input == Input::Lost && self.is_gone().await {
                return self.say_gone(Progress::of(&machine));
            }
            for output in machine.handle(input, page::now(), page::random()) {
                match output {
                    Output::Keep => drop(self.keep(machine.note()).await),
                    Output::Abort => asked = nobody(),
                    Output::Ask(request) => asked = self.ask(machine.note(), request),
                }
            }
            (self.on_progress)(Progress::of(&machine));
            if machine.state() == UploadState::Complete {
                return;
            }
        }
    }

    /// What happens next; `None` once nobody wants the upload any more.
    async fn next(
        &self,
        machine: &UploadMachine,
        asked: &mut Asked,
        heard: &mut mpsc::UnboundedReceiver<Input>,
    ) -> Option<Input> {
        let due: LocalBoxFuture<()> = match machine.poll_timeout() {
            Some(at) => TimeoutFuture::new((at - page::now()).max(0.0) as u32 + 1).boxed_local(),
            None => future::pending().boxed_local(),
        };
        let answered = future::select(asked.as_mut(), due);
        match future::select(heard.next(), answered).await {
            Either::Left((input, _)) => input,
            Either::Right((Either::Left((answer, _)), _)) => {
                *asked = nobody();
                Some(answer.map_or(Input::Lost, Input::Answered))
            }
            Either::Right((Either::Right(((), _)), _)) => Some(Input::Tick),
        }
    }

    fn ask(&self, note: &UploadNote, request: Request) -> Asked {
        let told = self.told.borrow().clone();
        server::ask(
            self.vault.clone(),
            self.id.clone(),
            note.clone(),
            told,
            request,
        )
        .boxed_local()
    }
}

fn nobody() -> Asked {
    future::pending().boxed_local()
}
