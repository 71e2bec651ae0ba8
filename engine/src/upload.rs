//! The way of a take from the vault to the server, by tus 1.0.0
//! (<https://tus.io/protocols/resumable-upload>).
//!
//! [`UploadMachine`] decides what is asked of the server next; requests and waiting are done
//! elsewhere. What the server holds is always a beginning of what the vault holds: a byte is sent
//! only once it never changes again, and only at the offset that the server named. After any doubt
//! the server is asked.

mod answer;
mod machine;
mod metadata;
mod note;
mod pace;

pub use answer::Answer;
pub use machine::UploadMachine;
pub use metadata::metadata;
pub use note::{UploadNote, title_json};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The vault holds so many bytes that never change again.
    Held {
        /// Bytes from the beginning.
        bytes: u64,
        /// That is all of them: the take is over.
        whole: bool,
    },
    /// The server answered what was asked last.
    Answered(Answer),
    /// It did not: the network is gone, or the server.
    Lost,
    /// There is reason to try again at once: the network is back, or the page is seen again.
    Online,
    /// The person wants it to wait.
    PauseAsked,
    /// The person wants it to go on, or to be tried again.
    ResumeAsked,
    /// It is to ask for nothing, or may again. That is not remembered.
    StandBack(bool),
    /// The take has another title, which the server has not heard.
    Renamed,
    /// The time of [`UploadMachine::poll_timeout`] has come.
    Tick,
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Keep what [`UploadMachine::note`] says, before anything else is done.
    Keep,
    /// Ask the server; [`Input::Answered`] or [`Input::Lost`] follows.
    Ask(Request),
    /// Nobody waits any more for the answer to what was asked.
    Abort,
}

/// What the server is asked. There is never more than one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `POST /uploads`: begin a recording.
    Create {
        /// Bytes of the whole, where that is known already.
        length: Option<u64>,
    },
    /// `HEAD /uploads/{id}`: how far is it?
    Head,
    /// `PATCH /uploads/{id}`: these bytes of the vault.
    Patch {
        /// The first byte, and where it belongs.
        from: u64,
        /// The byte behind the last one.
        to: u64,
        /// Bytes of the whole, once that is known.
        length: Option<u64>,
    },
    /// `GET /api/recordings/{id}`: what became of it?
    Look,
}

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Everything that may be sent is sent; more will come.
    UpToDate,
    /// On its way.
    Sending,
    /// Something went wrong; it is tried again.
    Waiting(Trouble),
    /// Waiting for the person.
    Paused,
    /// The server has all of it, and said so.
    Complete,
    /// It can't go on by itself.
    Stopped(Stop),
}

/// What passes by itself, or by what somebody does elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer.
    Network,
    /// The server has too much to do, or is stopping.
    Busy,
    /// The server failed.
    Server,
    /// The server's disk is full.
    DiskFull,
    /// This owner's recordings take all the room that they may.
    OwnerFull,
}

/// What does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The key was not taken.
    Key,
    /// The server takes no recordings, or not from here.
    NotAllowed,
    /// A recording may not become this large there.
    TooLarge,
    /// Somebody deleted the recording.
    Deleted,
    /// The server does not understand: it is another kind of server, or another version.
    NotUnderstood,
}
