//! What crosses the wire between Callreel's client and server, and nothing of what either does
//! with it. PROTOCOL.md tells the same with examples, and a test parses every one of them.

mod error;
mod id;
mod record_socket;
mod recording;
mod signaling;
pub mod tus;

pub use error::{ErrorAnswer, ErrorBody, ErrorCode};
pub use id::{MalformedId, PeerId, RecordingId, SessionId};
pub use record_socket::{FromRecordSocket, Register, ToRecordSocket};
pub use recording::{
    Recording, RecordingChanges, RecordingPage, RecordingState, Sort, SortKey, Storage, UnknownSort,
};
pub use signaling::{
    ClientMessage, IcePolicy, IceServer, IceServers, Join, Joined, LeaveReason, Peer, RoomView,
    ServerMessage,
};
