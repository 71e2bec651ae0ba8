//! What the server said.

use crate::json::{self, Value};

/// An answer, as far as an upload needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Upload-Offset`, in bytes.
    pub offset: Option<u64>,
    /// `Upload-Length`, in bytes.
    pub length: Option<u64>,
    /// `Location`.
    pub location: Option<String>,
    /// `Retry-After` in ms.
    pub retry_after_ms: Option<f64>,
    /// `error.code` of the body.
    pub code: Option<String>,
    /// Whether the body is a recording that is complete.
    pub complete: bool,
    /// `size` of the recording in the body, in bytes.
    pub size: Option<u64>,
    /// The server took the take's new title, just before this.
    pub heard_title: bool,
}

impl Answer {
    /// Takes over what the body says, if it is JSON.
    pub fn read_body(&mut self, text: &str) {
        let body = json::parse(text).unwrap_or(Value::Null);
        let member = |name| body.get(name);
        self.code = member("error")
            .and_then(|error| error.get("code"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        self.complete = member("state").and_then(Value::as_str) == Some("complete");
        self.size = member("size")
            .and_then(Value::as_f64)
            .map(|size| size as u64);
    }

    /// Whether the body has this code.
    pub(super) fn says(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The recording's id, from the upload's address: 32 lowercase hexadecimal digits.
    pub(super) fn id(&self) -> Option<&str> {
        let (_, id) = self.location.as_deref()?.rsplit_once('/')?;
        super::note::is_id(id).then_some(id)
    }
}
