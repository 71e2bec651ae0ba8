use serde::{Deserialize, Deserializer, Serialize};

use crate::{ErrorCode, PeerId, SessionId};

/// Goes from the client to the server on `/ws`, as a text frame: JSON tagged by `type`.
///
/// `D` is the form of `data`, which is for the other peers alone. A server that takes it as raw
/// JSON passes it on without looking into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "Wire<D>")]
#[serde(bound(deserialize = "D: Deserialize<'de>"))]
pub enum ClientMessage<D> {
    /// The first message on a socket: somebody wants into a room, or back into it.
    Join(Join),
    /// Somebody leaves at once and for good. The socket may join again.
    Leave {},
    /// Something for one peer, or for everybody else in the room.
    Message {
        /// For whom; everybody else where absent. To oneself it comes back, which shows that the
        /// connection is alive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PeerId>,
        /// Any JSON.
        data: D,
    },
}

/// Who wants into which room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Join {
    /// 1 to 100 visible characters. Text, never a path.
    pub room: String,
    /// How others see this person: at most 100 characters, perhaps none. A name in the token goes
    /// before it.
    pub name: String,
    /// Only where the server asks for it: a token that the host signed for this room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What an earlier `joined` gave: back to the same place, with the same peer id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// With a session: how many `message`s came in it so far, those counted that `missed` told
    /// of. What came later to this peer is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
}

/// Goes from the server to the client on `/ws`, as a text frame: JSON tagged by `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<D> {
    /// The client is in the room, again or for the first time.
    Joined(Joined),
    /// The room has no place left. The socket stays open, so the client may try again.
    Full {
        /// Which room.
        room: String,
        /// How many may be in it.
        max_peers: u32,
    },
    /// Somebody came.
    PeerJoined {
        /// Who.
        peer: Peer,
    },
    /// Somebody went. Who only lost the connection is not gone before the grace period is over.
    PeerLeft {
        /// Who.
        peer_id: PeerId,
        /// Why.
        reason: LeaveReason,
    },
    /// The client has left the room, as it asked.
    Left {},
    /// Something that another peer sent.
    Message {
        /// Who sent it, as the server knows it.
        from: PeerId,
        /// What.
        data: D,
    },
    /// Something could not be done. The socket is closed only where nothing sensible can follow.
    Error {
        /// What programs look at.
        code: ErrorCode,
        /// What people read.
        message: String,
    },
}

/// What a client knows once it is in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Which room.
    pub room: String,
    /// Who the client is here. The same for the same session and room, even after the server was
    /// started again.
    pub peer_id: PeerId,
    /// What the client comes back with; secret.
    pub session: SessionId,
    /// Who else is there, in the order in which they came.
    pub peers: Vec<Peer>,
    /// What to look for a path with; perhaps nothing.
    pub ice_servers: Vec<IceServer>,
    /// Which paths may be taken.
    #[serde(default, skip_serializing_if = "IcePolicy::is_all")]
    pub ice_transport_policy: IcePolicy,
    /// How many may be in the room.
    pub max_peers: u32,
    /// Whether the client came back to the place that it had, so that nobody saw it leave.
    #[serde(default)]
    pub resumed: bool,
    /// How many `message`s were meant for this session and will never come. Others may wait for
    /// an answer to them.
    #[serde(default)]
    pub missed: u64,
}

/// Somebody in a room, as the others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Where messages to it go.
    pub id: PeerId,
    /// The name that the person or the host gave. Text, never markup; perhaps empty.
    pub name: String,
    /// What the host's token says the person is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Why somebody is not in the room any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// By leaving, or by closing the page.
    Left,
    /// The connection was lost and did not come back in time.
    Lost,
    /// The server put it out, because it broke a limit.
    Removed,
}

/// One server that finds a path, as the browser's `RTCIceServer` (WebRTC, section 4.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` addresses.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// What `GET /api/ice` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServers {
    /// Perhaps none.
    pub ice_servers: Vec<IceServer>,
    /// Which paths may be taken.
    #[serde(default, skip_serializing_if = "IcePolicy::is_all")]
    pub ice_transport_policy: IcePolicy,
}

/// Which paths participants may take to each other, as `RTCIceTransportPolicy` (WebRTC, section
/// 4.2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IcePolicy {
    /// Every path, the direct one first. What is meant where nothing is said.
    #[default]
    All,
    /// Only through a TURN server, so that nobody learns the others' addresses.
    Relay,
}

impl IcePolicy {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// What `GET /api/rooms/{name}` answers: what one may know before joining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Which room.
    pub room: String,
    /// The names of those inside, in the order in which they came. Text, never markup; perhaps
    /// empty.
    pub people: Vec<String>,
    /// How many may be in it.
    pub max_peers: u32,
}

/// A client's message before its type is looked at. Reading a tagged enum would first copy
/// everything into a tree, whose leaves are no raw JSON any more.
#[derive(Deserialize)]
#[serde(bound(deserialize = "D: Deserialize<'de>"))]
struct Wire<D> {
    #[serde(rename = "type")]
    kind: Kind,
    room: Option<String>,
    #[serde(default)]
    name: String,
    token: Option<String>,
    session: Option<String>,
    received: Option<u64>,
    to: Option<PeerId>,
    #[serde(default, deserialize_with = "present")]
    data: Option<D>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Join,
    Leave,
    Message,
}

/// A member that is there, `null` too.
fn present<'de, D: Deserialize<'de>, R: Deserializer<'de>>(
    deserializer: R,
) -> Result<Option<D>, R::Error> {
    D::deserialize(deserializer).map(Some)
}

impl<D> TryFrom<Wire<D>> for ClientMessage<D> {
    type Error = &'static str;

    fn try_from(wire: Wire<D>) -> Result<Self, &'static str> {
        Ok(match wire.kind {
            Kind::Join => Self::Join(Join {
                room: wire.room.ok_or("missing field `room`")?,
                name: wire.name,
                token: wire.token,
                // What somebody kept and no server gave is as good as none.
                session: wire.session.and_then(|session| session.parse().ok()),
                received: wire.received,
            }),
            Kind::Leave => Self::Leave {},
            Kind::Message => Self::Message {
                to: wire.to,
                data: wire.data.ok_or("missing field `data`")?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, value::RawValue};

    use super::*;

    #[test]
    fn data_stays_as_it_was_written() {
        let text = r#"{"data": {"b": 1, "a": 1.50, "b":"\u00e4"}, "type":"message"}"#;
        let message: ClientMessage<&RawValue> = serde_json::from_str(text).expect("it is one");
        let ClientMessage::Message { to: None, data } = message else {
            panic!("another message");
        };
        assert_eq!(data.get(), r#"{"b": 1, "a": 1.50, "b":"\u00e4"}"#);
        let from = PeerId::from_bytes([0xab; 16]);
        let told = serde_json::to_string(&ServerMessage::Message { from, data });
        let expected = format!(
            r#"{{"type":"message","from":"{from}","data":{}}}"#,
            data.get()
        );
        assert_eq!(told.expect("it is JSON"), expected);
    }

    #[test]
    fn null_is_data_and_nothing_is_not() {
        let read = |text| serde_json::from_str::<ClientMessage<Value>>(text);
        let null = read(r#"{"type":"message","data":null}"#).expect("it is one");
        let (to, data) = (None, Value::Null);
        assert_eq!(null, ClientMessage::Message { to, data });
        assert!(read(r#"{"type":"message"}"#).is_err());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"joined"}"#,
            r#"{"type":"join"}"#,
            r#"{"type":"join","room":7}"#,
            r#"{"type":"join","room":"a","session":7}"#,
            r#"{"type":"join","room":"a","received":-1}"#,
            r#"{"type":"message","to":"ann","data":1}"#,
            r#"{"type":"message","data":1"#,
            r#"{"type":"leave","type":"leave"}"#,
        ] {
            let read = serde_json::from_str::<ClientMessage<Value>>(text);
            assert!(read.is_err(), "{text}: {read:?}");
        }
    }

    #[test]
    fn a_session_that_is_none_keeps_nobody_out() {
        let join = |session: &str| {
            let text = format!(r#"{{"type":"join","room":"a","session":"{session}"}}"#);
            match serde_json::from_str::<ClientMessage<Value>>(&text) {
                Ok(ClientMessage::Join(join)) => join.session,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(join("of an older server"), None);
        let session = "5b1fa2f1f2b5c7a3d1f07e1c2d3b4a59";
        assert_eq!(join(session), session.parse().ok());
    }

    #[test]
    fn what_a_newer_client_adds_is_overlooked() {
        let text = r#"{"type":"leave","why":"tired"}"#;
        let read = serde_json::from_str::<ClientMessage<Value>>(text);
        assert_eq!(read.ok(), Some(ClientMessage::Leave {}));
    }
}
