use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Recording, RecordingId};

/// Goes from the client to the server on `/ws/record`, as a text frame. Media comes as
/// [`RecBlob`](Self::RecBlob) or, better, as a binary frame of nothing but its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ToRecordSocket {
    /// The first message: who is recording.
    #[serde(rename = "register")]
    Register(Register),
    /// A recording begins.
    #[serde(rename = "START_REC_BLOB")]
    Start {
        /// Its type; the server looks for itself where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
    },
    /// The next bytes of it.
    #[serde(rename = "REC_BLOB")]
    RecBlob {
        /// One code point from 0 to 255 for each byte.
        blob: String,
    },
    /// The recording is whole.
    #[serde(rename = "STOP_REC_BLOB")]
    Stop {},
}

/// What a client says of itself and of the recordings it is about to make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// The title of what is recorded.
    #[serde(default)]
    pub name: String,
    /// The owner's key; the server makes one where none comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// An interrupted recording of this owner, to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RecordingId>,
    /// The room that it is made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Whom it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// Only where the server asks for it: a token that the host signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Goes from the server to the client on `/ws/record`, as a text frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FromRecordSocket {
    /// The client is known. On the same socket it is also the answer to each further
    /// `START_REC_BLOB`.
    Registered {
        /// The recording that begins with the first `START_REC_BLOB`, or has begun with this one.
        id: RecordingId,
        /// The owner's key, to be kept: it is the only way to the recordings.
        key: String,
        /// Bytes of that recording that are safe already; more than 0 where it goes on.
        offset: u64,
    },
    /// Bytes are safe. One may stand for several frames.
    Ack {
        /// All bytes before this one.
        offset: u64,
    },
    /// The recording is complete.
    Saved {
        /// What became of it.
        recording: Box<Recording>,
    },
    /// Something could not be done; the socket closes if nothing sensible can follow.
    Error {
        /// What programs look at.
        code: ErrorCode,
        /// What people read.
        message: String,
    },
}
