//! What a connection's machine is told, and what it wants.

use crate::call::signal::{Candidate, Description};

/// What is to be done with the browser's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make a new connection; the one there was is over. The maker lays out its media.
    Create {
        /// Whether this side is the maker.
        lays_out: bool,
    },
    /// Make an offer and set it; [`PeerEvent::Described`] or `Failed` follows.
    Offer {
        /// Whether to look for a new way (`restartIce`).
        restart_ice: bool,
    },
    /// Set what the other side says, taking back an own offer; `Applied` or `Failed` follows.
    Apply(Description),
    /// Answer the offer that was set; `Described` or `Failed` follows.
    Answer,
    /// Try this way too.
    Candidate(Candidate),
    /// Send this JSON as a message's data.
    Send(String),
    /// The connection stands elsewhere than before.
    Changed(Standing),
}

/// How a connection stands, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Being made.
    #[default]
    Connecting,
    /// It carries.
    Connected,
    /// It has never carried, and what was tried first did not work; it is tried on.
    Wayless,
    /// It carried, and is being mended.
    Interrupted,
}

/// What the browser's connection says of itself (`RTCPeerConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the specification's")]
pub enum Transport {
    Connecting,
    Connected,
    Disconnected,
    Failed,
}

/// What the browser has done, or what happened to its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerEvent {
    /// Something about the media makes an offer necessary.
    NegotiationNeeded,
    /// The local description is set.
    Described(Description),
    /// The remote description is set.
    Applied,
    /// The browser could not do what it was asked.
    Failed,
    /// The browser found a way to be reached.
    Gathered(Candidate),
    /// The connection's state.
    Transport(Transport),
}
