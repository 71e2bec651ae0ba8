use std::sync::Arc;

use axum::{
    body::{Body, HttpBody as _},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use callreel_protocol::tus;

use super::{expires, headers, id, metadata};
use crate::{
    checksum::Checksum,
    config::Uploads,
    error::{Code, Error, Result},
    library::Row,
    linger::{linger, linger_after},
    segment::Segment,
    server::Server,
    store::{Store, Taken},
    uploads::{Purpose, Upload, Writer},
};

/// `PATCH /uploads/{id}`: the next bytes.
pub async fn patch(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let is_empty = body.is_end_stream();
    match begin(&server, &path, &headers, is_empty).await {
        Ok(Begun::Write(patch)) => patch.write(body).await,
        Ok(Begun::Whole(size)) => {
            let offset = [headers::with_number(tus::UPLOAD_OFFSET, size)];
            Ok((StatusCode::NO_CONTENT, HeaderMap::from_iter(offset)).into_response())
        }
        Err(error) => {
            linger(body, &headers).await;
            Err(error)
        }
    }
}

/// A request with nothing wrong about it.
enum Begun {
    Write(Box<Patch>),
    /// The upload has this size already, and the client had not heard.
    Whole(u64),
}

struct Patch {
    store: Arc<Store>,
    writer: Writer,
    checksum: Option<Checksum>,
    /// Bytes that may come.
    limit: u64,
    /// How long the whole is to be, where this request says so.
    length: Option<u64>,
}

/// Checks everything that can be wrong before a byte is taken.
async fn begin(server: &Server, path: &str, headers: &HeaderMap, is_empty: bool) -> Result<Begun> {
    let whose = server.keys.caller(headers).whose()?;
    let id = id(path)?;
    if server.uploads == Uploads::Off {
        return Err(Code::UploadsOff.into());
    }
    if !headers::carries_bytes(headers)? {
        return Err(Code::ContentType.into());
    }
    let offset = headers::number(headers, tus::UPLOAD_OFFSET)?
        .ok_or_else(|| Error::new(Code::Malformed, "Upload-Offset is missing."))?;
    let checksum = Checksum::read(headers)?;
    let store = server.store_with(id)?;
    // What can't be right must not disturb a request that is.
    if let Some(upload) = store.peek(id)
        && whose.includes(&upload.owner)
    {
        let safe = upload.facts().durable;
        if offset < safe || (upload.is_written_to() && !can_be_right(&upload, offset)) {
            return Err(mismatch(safe));
        }
    }
    let writer = match store.take(&whose, id, Purpose::Write).await? {
        Taken::Complete(row) => return to_complete(&row, offset, headers, is_empty),
        Taken::Writer(writer) => writer,
    };
    let safe = store.commit(&writer.upload).await?;
    if offset != safe {
        return Err(mismatch(safe));
    }
    let length = headers::number(headers, tus::UPLOAD_LENGTH)?;
    let limit = prepare(&store, &writer, length, headers).await?;
    Ok(Begun::Write(Box::new(Patch {
        store,
        writer,
        checksum,
        limit,
        length,
    })))
}

/// Whether somebody who lost the connection of the request that is being served could go on from
/// here: where that request began, as far as it was acknowledged, or where it stands.
fn can_be_right(upload: &Upload, offset: u64) -> bool {
    // Of the file itself: what is being written at this moment is counted a moment later.
    let written = upload.media().metadata().map(|it| it.len());
    offset == upload.facts().durable || written.is_ok_and(|written| offset == written)
}

/// Does what the headers say besides bringing bytes, and says how many may come. The length that
/// they say is noted once the bytes are here: a request that is refused changes nothing.
async fn prepare(
    store: &Arc<Store>,
    writer: &Writer,
    length: Option<u64>,
    headers: &HeaderMap,
) -> Result<u64> {
    let upload = &writer.upload;
    let metadata = headers::readable(headers, tus::UPLOAD_METADATA)?;
    if let Some(length) = length {
        store.check_length(upload, length)?;
    }
    let limit = store.room(upload, length);
    let announced = headers::number(headers, "content-length")?;
    if announced.is_some_and(|announced| announced > limit) {
        return Err(beyond(writer, length).into());
    }
    store.resume(writer).await?;
    if let Some(ms) = metadata::duration_ms(metadata) {
        upload.facts().duration_ms = Some(ms);
    }
    Ok(limit)
}

/// Bytes for an upload that takes no more.
fn to_complete(row: &Row, offset: u64, headers: &HeaderMap, is_empty: bool) -> Result<Begun> {
    if row.expired {
        return Err(Code::UploadExpired.into());
    }
    if offset != row.size {
        return Err(mismatch(row.size));
    }
    let length = headers::number(headers, tus::UPLOAD_LENGTH)?.unwrap_or(row.size);
    match is_empty && length == row.size {
        true => Ok(Begun::Whole(row.size)),
        false => Err(Code::UploadComplete.into()),
    }
}

/// More bytes than may be: than were announced, or than any recording may have.
fn beyond(writer: &Writer, length: Option<u64>) -> Code {
    match length.or(writer.upload.facts().length) {
        Some(_) => Code::BeyondLength,
        None => Code::RecordingTooLarge,
    }
}

impl Patch {
    async fn write(self: Box<Self>, mut body: Body) -> Result<Response> {
        let Self {
            store,
            mut writer,
            checksum,
            limit,
            length,
        } = *self;
        let received = match checksum {
            None => store.receive(&mut writer, &mut body, limit).await,
            Some(checksum) => {
                store
                    .receive_checked(&mut writer, &mut body, limit, checksum)
                    .await
            }
        };
        if let Err(code) = received {
            let code = match code {
                Code::BeyondLength => beyond(&writer, length),
                code => code,
            };
            // The next request does not wait for the rest of this one.
            drop(writer);
            linger_after(code, body).await;
            return Err(code.into());
        }
        if let Some(length) = length {
            store.declare_length(&writer, length).await?;
        }
        let upload = Arc::clone(&writer.upload);
        let (offset, ended) = store.settle(writer).await?;
        let mut answer = HeaderMap::from_iter([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
        if !ended {
            answer.extend([expires(&store, &upload)]);
        }
        Ok((StatusCode::NO_CONTENT, answer).into_response())
    }
}

fn mismatch(offset: u64) -> Error {
    let (name, value) = headers::with_number(tus::UPLOAD_OFFSET, offset);
    Error::from(Code::OffsetMismatch).with_header(name, value)
}
