use std::{ops::Deref, rc::Rc};

use wasm_bindgen::JsValue;

use crate::js;

/// What the browser threw: a `DOMException` or an `Error` (Web IDL, section 2.8). One word wide,
/// because it is in the result of nearly every function here.
#[derive(Clone, Debug, PartialEq)]
pub struct DomError(Rc<Details>);

/// What a [`DomError`] says.
#[derive(Debug, PartialEq)]
pub struct Details {
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
        Self(Rc::new(Details {
            name: name.to_owned(),
            message: message.to_owned(),
            constraint: None,
        }))
    }

    /// Name and message. It is no `Display`, which brings all of Rust's formatting with it.
    pub fn text(&self) -> String {
        [&*self.name, ": ", &self.message].concat()
    }
}

impl Deref for DomError {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl From<JsValue> for DomError {
    fn from(value: JsValue) -> Self {
        let text = |key| js::text(&value, key).filter(|text| !text.is_empty());
        Self(Rc::new(Details {
            name: text("name").unwrap_or_else(|| "Error".to_owned()),
            message: text("message")
                .or_else(|| value.as_string())
                .unwrap_or_default(),
            constraint: text("constraint"),
        }))
    }
}
