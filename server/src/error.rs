//! What the server answers when it can't do what was asked.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Every error code, with its status and its text, in one place.
///
/// Programs rely on the code, people read the text; the text may change, the code may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// There is nothing under this path.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
}

impl Code {
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "There is nothing here."),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "This address does not take that method.",
            ),
        }
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        self.row().1
    }
}

/// An error as it is answered: `{"error":{"code":"stable_code","message":"for people"}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What programs look at.
    pub code: Code,
    /// What people read.
    pub message: String,
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self {
            code,
            message: code.row().2.into(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code.as_str(), "message": self.message } });
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (self.code.status(), headers, body.to_string()).into_response()
    }
}
