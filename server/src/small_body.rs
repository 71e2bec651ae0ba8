//! Bodies that are read whole, because they are small.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;

use crate::{
    error::{Code, Error, Result},
    linger::linger_after,
};

/// How long a small body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a body of `limit` bytes at most. They are copied: a piece of a few bytes, as it comes, keeps all
/// of the buffer that the connection read it into.
///
/// # Errors
///
/// [`Code::BodyTooLarge`], [`Code::TooSlow`], and [`Code::Malformed`] where the client was cut off.
pub async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>> {
    let read = tokio::time::timeout(PATIENCE, gather(&mut body, limit))
        .await
        .map_err(|_| Error::new(Code::TooSlow, "The request took too long to come."))?;
    if let Err(error) = &read {
        linger_after(error.code, body).await;
    }
    read
}

async fn gather(body: &mut Body, limit: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Code::Malformed)?;
        // Trailers carry nothing that was announced.
        let data = frame.into_data().unwrap_or_default();
        if data.len() > limit - bytes.len() {
            return Err(Code::BodyTooLarge.into());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
