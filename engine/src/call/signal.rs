//! What two browsers tell each other to connect, as the `data` of signaling messages.

use crate::json::{Object, Value, string};

/// A side's offer or answer (JSEP; `RTCSessionDescription`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Whether it asks or answers.
    pub is_offer: bool,
    /// Its text.
    pub sdp: String,
}

/// A way to reach the other side (`RTCIceCandidateInit`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Its line.
    pub candidate: String,
    /// The media description it belongs to.
    pub mid: Option<String>,
    /// The same as a number from 0.
    pub line: Option<u32>,
    /// The ICE generation it belongs to.
    pub fragment: Option<String>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Description(Description),
    Candidate(Candidate),
    /// From now on a new connection counts; whoever offers first begins.
    Restart,
}

/// A signal on its way. Numbers make up for what a lost socket loses: see [`super::link`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Which of the sender's links this is, from 1; 0 of who does not tell.
    pub link: u32,
    /// Which signal this is, from 1; 0 where it carries none.
    pub number: u32,
    /// Up to which number everything has come from the other side.
    pub seen: u32,
    /// Of which link of the other side; 0 where none was heard.
    pub seen_link: u32,
    /// Which connection between the two this is about: both count how often they began anew.
    pub epoch: u32,
    pub signal: Option<Signal>,
}

impl Envelope {
    pub fn to_json(&self) -> String {
        let mut json = Object::default();
        json.raw("link", &self.link.to_string());
        json.raw("seen", &self.seen.to_string());
        json.raw("seen_link", &self.seen_link.to_string());
        if self.number > 0 {
            json.raw("number", &self.number.to_string());
            json.raw("epoch", &self.epoch.to_string());
        }
        match &self.signal {
            Some(Signal::Description(description)) => {
                let mut inner = Object::default();
                let kind = if description.is_offer {
                    "\"offer\""
                } else {
                    "\"answer\""
                };
                inner.raw("type", kind);
                inner.raw("sdp", &string(&description.sdp));
                json.raw("description", &inner.finish());
            }
            Some(Signal::Candidate(candidate)) => {
                let mut inner = Object::default();
                inner.raw("candidate", &string(&candidate.candidate));
                inner.some("sdpMid", candidate.mid.as_deref().map(string));
                inner.some("sdpMLineIndex", candidate.line.map(|line| line.to_string()));
                let fragment = candidate.fragment.as_deref();
                inner.some("usernameFragment", fragment.map(string));
                json.raw("candidate", &inner.finish());
            }
            Some(Signal::Restart) => json.raw("restart", "true"),
            None => {}
        }
        json.finish()
    }

    /// `None` for data that is something else.
    pub fn read(data: &Value) -> Option<Self> {
        let number = |name: &str| data.get(name).and_then(Value::as_u32);
        let signal = if let Some(description) = data.get("description") {
            let is_offer = match description.text("type") {
                "offer" => true,
                "answer" => false,
                _ => return None,
            };
            let sdp = description.text("sdp").to_owned();
            Some(Signal::Description(Description { is_offer, sdp }))
        } else if let Some(candidate) = data.get("candidate") {
            let text = |name: &str| candidate.get(name)?.as_str().map(str::to_owned);
            Some(Signal::Candidate(Candidate {
                candidate: text("candidate")?,
                mid: text("sdpMid"),
                line: candidate.get("sdpMLineIndex").and_then(Value::as_u32),
                fragment: text("usernameFragment"),
            }))
        } else {
            data.get("restart").map(|_| Signal::Restart)
        };
        Some(Self {
            link: number("link").unwrap_or(0),
            number: number("number").unwrap_or(0),
            seen: number("seen")?,
            seen_link: number("seen_link").unwrap_or(0),
            epoch: number("epoch").unwrap_or(0),
            signal,
        })
    }
}
