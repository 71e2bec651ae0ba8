//! What is remembered of an upload from visit to visit.

use crate::json::{self, Object, Value};

/// What is known of a take's upload besides its bytes; kept as JSON beside the take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadNote {
    /// Where the server is; empty for the one that the page came from.
    pub server: String,
    /// The owner key that it was begun with: a browser that is killed may forget its own.
    pub key: String,
    /// The recording's id, once the server made one.
    pub recording: Option<String>,
    /// How often it was begun anew. The server makes one recording of each, however often it is
    /// asked.
    pub attempt: u32,
    /// The person wants it to wait.
    pub paused: bool,
    /// The server has all of it, and said so.
    pub complete: bool,
    /// Where the recording plays, as the server said when it had all of it.
    pub address: Option<String>,
    /// Complete, and the person wants no such take to stay in the browser.
    pub leaves: bool,
    /// The take got another title, which the server has not heard.
    pub renamed: bool,
}

impl UploadNote {
    /// Reads a note; `None` where it is damaged.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let value = json::parse(text)?;
        let flag = |name| value.get(name).and_then(Value::as_bool).unwrap_or(false);
        let text = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            server: text("server")?,
            key: text("key").unwrap_or_default(),
            recording: text("recording").filter(|id| is_id(id)),
            attempt: value.get("attempt").and_then(Value::as_u32).unwrap_or(0),
            paused: flag("paused"),
            complete: flag("complete"),
            address: text("address"),
            leaves: flag("leaves"),
            renamed: flag("renamed"),
        })
    }

    /// The note as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        object.raw("server", &json::string(&self.server));
        object.raw("key", &json::string(&self.key));
        object.some("recording", self.recording.as_deref().map(json::string));
        object.raw("attempt", &self.attempt.to_string());
        let flags = [
            ("paused", self.paused),
            ("complete", self.complete),
            ("leaves", self.leaves),
            ("renamed", self.renamed),
        ];
        for (name, on) in flags {
            object.raw(name, if on { "true" } else { "false" });
        }
        object.some("address", self.address.as_deref().map(json::string));
        object.finish()
    }
}

/// Whether this is the id of a recording; anything else must not become part of an address.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// What `PATCH /api/recordings/{id}` takes to give a recording another title.
#[must_use]
pub fn title_json(title: &str) -> String {
    let mut object = Object::default();
    object.raw("title", &json::string(title));
    object.finish()
}
