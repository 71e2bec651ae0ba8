use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use callreel_protocol::tus;

use super::{expires, headers, id};
use crate::{
    error::{Code, Result},
    library::Row,
    segment::Segment,
    server::Server,
    store::Taken,
    uploads::Purpose,
};

/// `HEAD /uploads/{id}`: how far the upload has come. A client that asks this has lost its
/// connection, so whatever still hangs on the old one is ended first.
pub async fn head(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let id = id(&path)?;
    let store = server.store_with(id)?;
    let writer = match store.take(&whose, id, Purpose::Settle).await? {
        // It was finished as it was, which is not what its sender meant by whole.
        Taken::Complete(row) if row.expired => return Err(Code::UploadExpired.into()),
        Taken::Complete(row) => return Ok(of_complete(&row)),
        Taken::Writer(writer) => writer,
    };
    let upload = Arc::clone(&writer.upload);
    let (offset, ended) = store.settle(writer).await?;
    let mut answer = HeaderMap::from_iter([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
    answer.extend([match upload.facts().length {
        Some(length) => headers::with_number(tus::UPLOAD_LENGTH, length),
        None => headers::with_text(tus::UPLOAD_DEFER_LENGTH, "1"),
    }]);
    answer.extend(with_metadata(&upload.metadata));
    if !ended {
        answer.extend([expires(&store, &upload)]);
    }
    Ok((StatusCode::OK, answer).into_response())
}

fn of_complete(row: &Row) -> Response {
    let sizes = [
        headers::with_number(tus::UPLOAD_OFFSET, row.size),
        headers::with_number(tus::UPLOAD_LENGTH, row.size),
    ];
    let mut answer = HeaderMap::from_iter(sizes);
    answer.extend(with_metadata(&row.metadata));
    (StatusCode::OK, answer).into_response()
}

fn with_metadata(metadata: &str) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(metadata).ok()?;
    (!metadata.is_empty()).then_some((HeaderName::from_static(tus::UPLOAD_METADATA), value))
}

/// `DELETE /uploads/{id}` (tus 1.0.0, Termination): nothing of it stays.
pub async fn delete(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let id = id(&path)?;
    let store = server.store_with(id)?;
    store.terminate(&whose, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
