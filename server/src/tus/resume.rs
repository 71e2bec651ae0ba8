use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use callreel_protocol::tus;

use super::{expires, headers, id, metadata};
use crate::{
    checksum::Checksum,
    config::Uploads,
    error::{Code, Error, Result},
    library::Row,
    server::Server,
    store::{Store, Taken},
    uploads::Writer,
};

/// `HEAD /uploads/{id}`: how far the upload has come. A client that asks this has lost its
/// connection, so whatever still hangs on the old one is ended first.
pub async fn head(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let id = id(&path)?;
    let store = server.store_with(id)?;
    let writer = match store.take(&whose, id).await? {
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

/// `PATCH /uploads/{id}`: the next bytes.
pub async fn patch(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let id = id(&path)?;
    if server.uploads == Uploads::Off {
        return Err(Code::UploadsOff.into());
    }
    if !headers::carries_bytes(&headers)? {
        return Err(Code::ContentType.into());
    }
    let offset = headers::number(&headers, tus::UPLOAD_OFFSET)?
        .ok_or_else(|| Error::new(Code::Malformed, "Upload-Offset is missing."))?;
    let checksum = Checksum::read(&headers)?;
    let store = server.store_with(id)?;
    // What can't be right must not disturb a request that is.
    if let Some(upload) = store.peek(id)
        && whose.includes(&upload.owner)
        && offset < upload.facts().durable
    {
        return Err(mismatch(upload.facts().durable));
    }
    let mut writer = match store.take(&whose, id).await? {
        Taken::Complete(row) => return to_complete(&row, offset, &headers),
        Taken::Writer(writer) => writer,
    };
    let limit = begin(&store, &writer, offset, &headers).await?;
    let received = match checksum {
        None => store.receive(&mut writer, body, limit).await,
        Some(checksum) => {
            store
                .receive_checked(&mut writer, body, limit, checksum)
                .await
        }
    };
    received?;
    let upload = Arc::clone(&writer.upload);
    let (offset, ended) = store.settle(writer).await?;
    let mut answer = HeaderMap::from_iter([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
    if !ended {
        answer.extend([expires(&store, &upload)]);
    }
    Ok((StatusCode::NO_CONTENT, answer).into_response())
}

/// Checks everything that can be wrong before a byte is taken, and says how many may be.
async fn begin(
    store: &Arc<Store>,
    writer: &Writer,
    offset: u64,
    headers: &HeaderMap,
) -> Result<u64> {
    let upload = &writer.upload;
    let safe = store.commit(writer).await?;
    if offset != safe {
        return Err(mismatch(safe));
    }
    if let Some(length) = headers::number(headers, tus::UPLOAD_LENGTH)? {
        store.declare_length(writer, length).await?;
    }
    let limit = store.room(upload);
    let announced = headers::number(headers, "content-length")?;
    if announced.is_some_and(|announced| announced > limit) {
        let is_known = upload.facts().length.is_some();
        return Err(if is_known {
            Code::BeyondLength
        } else {
            Code::RecordingTooLarge
        }
        .into());
    }
    if let Some(ms) = metadata::duration_ms(headers::text(headers, tus::UPLOAD_METADATA)) {
        upload.facts().duration_ms = Some(ms);
    }
    store.resume(writer).await?;
    Ok(limit)
}

/// Bytes for an upload that takes no more.
fn to_complete(row: &Row, offset: u64, headers: &HeaderMap) -> Result<Response> {
    if row.expired {
        return Err(Code::UploadExpired.into());
    }
    if offset != row.size {
        return Err(mismatch(row.size));
    }
    // The client may not have heard that its last bytes came.
    let length = headers::number(headers, tus::UPLOAD_LENGTH)?.unwrap_or(row.size);
    match headers::number(headers, "content-length")? {
        Some(0) if length == row.size => {
            let offset = [headers::with_number(tus::UPLOAD_OFFSET, row.size)];
            Ok((StatusCode::NO_CONTENT, HeaderMap::from_iter(offset)).into_response())
        }
        _ => Err(Code::UploadComplete.into()),
    }
}

fn mismatch(offset: u64) -> Error {
    let (name, value) = headers::with_number(tus::UPLOAD_OFFSET, offset);
    Error::from(Code::OffsetMismatch).with_header(name, value)
}

/// `DELETE /uploads/{id}` (tus 1.0.0, Termination): nothing of it stays.
pub async fn delete(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let id = id(&path)?;
    let store = server.store_with(id)?;
    store.terminate(&whose, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
