//! The part of a path that names something.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::error::{Code, Error};

/// The one name in a path, decoded. axum's own extractor answers in plain text where the path's
/// escapes are no UTF-8.
#[derive(Debug)]
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name))
            .map_err(|_| Error::new(Code::Malformed, "The address is not well formed."))
    }
}
