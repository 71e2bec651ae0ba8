//! What crosses the signaling socket: JSON text frames tagged by `type` (PROTOCOL.md, Signaling).

use crate::json::{Object, Value, parse, string};

/// Somebody in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Given by the server; the same for the same session.
    pub id: String,
    /// As the person wrote it: text, never markup.
    pub name: String,
}

/// A server that helps two browsers to find a way to each other (WebRTC, `RTCIceServer`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:`, `turn:` and `turns:` addresses.
    pub urls: Vec<String>,
    /// "" where none is needed.
    pub username: String,
    /// "" where none is needed.
    pub credential: String,
}

/// The room as it is when one has joined it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Its name, as the server writes it.
    pub room: String,
    /// Who one is there.
    pub own_id: String,
    /// What brings one back under the same id after a lost socket.
    pub session: String,
    /// Who else is there.
    pub people: Vec<Person>,
    /// What the host offers for finding a way.
    pub ice_servers: Vec<IceServer>,
    /// Nothing may go directly, only through these servers (`iceTransportPolicy`).
    pub relay_only: bool,
    /// How many may be in the room.
    pub max_peers: u32,
}

impl Joined {
    /// Nothing may go directly and there is nothing to go through, so nobody will be connected.
    #[must_use]
    pub fn lacks_relay(&self) -> bool {
        let mut urls = self.ice_servers.iter().flat_map(|server| &server.urls);
        self.relay_only && !urls.any(|url| url.starts_with("turn"))
    }
}

/// Goes from the server to the client on `/ws`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromServer {
    Joined(Joined),
    Full { max_peers: u32 },
    PeerJoined(Person),
    PeerLeft { id: String, reason: String },
    Left,
    Message { from: String, data: Value },
    Error { code: String, message: String },
}

impl FromServer {
    /// The message in a text frame; `None` where it is none that this client knows.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value = parse(text)?;
        let own = |name: &str| value.text(name).to_owned();
        let number = |name: &str| value.get(name).and_then(Value::as_u32).unwrap_or(0);
        Some(match value.text("type") {
            "joined" => Self::Joined(Joined {
                room: own("room"),
                own_id: Some(own("peer_id")).filter(|id| !id.is_empty())?,
                session: own("session"),
                people: items(&value, "peers")
                    .filter_map(person)
                    .filter(|person| person.id != value.text("peer_id"))
                    .collect(),
                ice_servers: items(&value, "ice_servers")
                    .filter_map(ice_server)
                    .collect(),
                relay_only: value.text("ice_transport_policy") == "relay",
                max_peers: number("max_peers"),
            }),
            "full" => Self::Full {
                max_peers: number("max_peers"),
            },
            "peer_joined" => Self::PeerJoined(person(value.get("peer")?)?),
            "peer_left" => Self::PeerLeft {
                id: own("peer_id"),
                reason: own("reason"),
            },
            "left" => Self::Left,
            "message" => Self::Message {
                from: own("from"),
                data: value.get("data")?.clone(),
            },
            "error" => Self::Error {
                code: own("code"),
                message: own("message"),
            },
            _ => return None,
        })
    }
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).map_or(&[][..], Value::items).iter()
}

fn person(value: &Value) -> Option<Person> {
    let id = value.text("id");
    (!id.is_empty()).then(|| Person {
        id: id.to_owned(),
        name: value.text("name").to_owned(),
    })
}

fn ice_server(value: &Value) -> Option<IceServer> {
    // One address may stand without its list (WebRTC, section 4.2.4).
    let urls: Vec<String> = match value.get("urls")? {
        Value::Text(url) => vec![url.clone()],
        list => {
            let texts = list.items().iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
    };
    (!urls.is_empty()).then(|| IceServer {
        urls,
        username: value.text("username").to_owned(),
        credential: value.text("credential").to_owned(),
    })
}

/// The names of those inside, in what the server answers to `GET /api/rooms/{name}`.
#[must_use]
pub fn inside(answer: &str) -> Vec<String> {
    let answer = parse(answer).unwrap_or(Value::Null);
    let names = items(&answer, "people").filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// Where one wants to be, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The room's name.
    pub room: String,
    /// The person's name.
    pub name: String,
}

/// `token` is one that the host signed, where it asks for that.
pub(crate) fn join(entry: &Entry, token: Option<&str>, session: Option<&str>) -> String {
    let mut message = tagged("join");
    message.raw("room", &string(&entry.room));
    message.raw("name", &string(&entry.name));
    message.some("token", token.map(string));
    message.some("session", session.map(string));
    message.finish()
}

pub(crate) fn leave() -> String {
    tagged("leave").finish()
}

/// `data` is JSON already.
pub(crate) fn message(to: &str, data: &str) -> String {
    let mut message = tagged("message");
    message.raw("to", &string(to));
    message.raw("data", data);
    message.finish()
}

fn tagged(kind: &str) -> Object {
    let mut message = Object::default();
    message.raw("type", &string(kind));
    message
}
