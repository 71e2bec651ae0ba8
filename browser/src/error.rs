use std::fmt;

use wasm_bindgen::JsValue;

use crate::js;

/// What the browser threw: a `DOMException` or an `Error` (Web IDL, section 2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct DomError {
    /// `NotAllowedError`, `NotFoundError`, `QuotaExceededError`, …; stable across browsers.
    pub name: String,
    /// The browser's own words, which differ between browsers.
    pub message: String,
    /// The constraint that can't be met, in an `OverconstrainedError`.
    pub constraint: Option<String>,
}

impl DomError {
    /// An error of this crate's own, in the shape of the browser's.
    pub fn new(name: &str, message: &str) -> Self {
        Self {
            name: name.to_owned(),
            message: message.to_owned(),
            constraint: None,
        }
    }

    /// True where the browser has no such interface.
    pub fn is_missing_interface(&self) -> bool {
        self.name == "TypeError" || self.name == "NotSupportedError"
    }
}

impl From<JsValue> for DomError {
    fn from(value: JsValue) -> Self {
        let text = |key| js::get(&value, key).as_string().filter(|s| !s.is_empty());
        Self {
            name: text("name").unwrap_or_else(|| "Error".to_owned()),
            message: text("message")
                .or_else(|| value.as_string())
                .unwrap_or_default(),
            constraint: value
                .is_object()
                .then(|| text("constraint"))
                .flatten(),
        }
    }
}

impl fmt::Display for DomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for DomError {}
