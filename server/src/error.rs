//! What the server answers when it can't do what was asked.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use callreel_protocol::{ErrorAnswer, ErrorBody};

pub use callreel_protocol::ErrorCode as Code;

/// An error as it is answered: `{"error":{"code":"stable_code","message":"for people"}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What programs look at.
    pub code: Code,
    /// What people read.
    pub message: String,
    /// Headers that belong to it.
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What most handlers come back with.
pub type Result<T = Response, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a text that says more than the code's own.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    /// The server's own fault. The log gets the reason, the client does not.
    pub fn internal(what: &str, reason: &dyn std::fmt::Display) -> Self {
        tracing::error!(%reason, "{what}");
        Self::from(Code::Internal)
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        let mut error = Self::new(code, code.message());
        // RFC 9110, sections 11.6.1 and 10.2.3.
        match code {
            Code::KeyNeeded => error
                .headers
                .push((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Code::TooManyRequests | Code::TooManyUploads | Code::ShuttingDown => {
                error
                    .headers
                    .push((header::RETRY_AFTER, HeaderValue::from_static("1")));
            }
            _ => {}
        }
        error
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_FULL: the disk has no room for a page of the library.
        let is_full = error
            .as_database_error()
            .and_then(|error| error.code())
            .is_some_and(|code| code == "13");
        if is_full {
            return Self::from(Code::DiskFull);
        }
        Self::internal("the library failed", &error)
    }
}

/// The code for what the disk answered. A reason that the host can do something about is logged.
pub fn code_of(error: &std::io::Error) -> Code {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => {
            tracing::error!(%error, "the disk failed");
            Code::Internal
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        code_of(&error).into()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = ErrorAnswer {
            error: ErrorBody {
                code: self.code,
                message: self.message,
            },
        };
        let status = StatusCode::from_u16(self.code.status())
            .expect("the table of codes has statuses from 400 to 599");
        let body = serde_json::to_string(&body).expect("two texts are always JSON");
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let mut response = (status, headers, body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}
