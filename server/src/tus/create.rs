use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use callreel_protocol::{RecordingId, tus};

use super::{expires, headers, metadata};
use crate::{
    checksum::Checksum,
    cross_origin,
    error::{Code, Error, Result},
    library::Whose,
    server::Server,
    store::{Store, Taken},
    uploads::{NewUpload, random_id},
};

/// `POST /uploads` (tus 1.0.0, Creation).
pub async fn create(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let caller = server.keys.caller(&headers);
    let owner = caller.owner()?;
    server.check_upload(&caller, headers::text(&headers, tus::UPLOAD_TOKEN))?;
    let new = read(&headers)?;
    let carries_bytes = headers::carries_bytes(&headers)?;
    let checksum = Checksum::read(&headers)?;

    let store = server.store().await?;
    let id = random_id()?;
    let upload = store.create(id, owner, new).await?;
    let mut answer = HeaderMap::from_iter([(header::LOCATION, location(&headers, id)?)]);
    let (offset, ended) = match carries_bytes {
        true => first_bytes(&store, &Whose::Owner(owner), id, body, checksum).await?,
        // Nothing to wait for, but an upload of no bytes is whole.
        false => settle_empty(&store, &Whose::Owner(owner), id).await?,
    };
    answer.extend([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
    if !ended {
        answer.extend([expires(&store, &upload)]);
    }
    Ok((StatusCode::CREATED, answer).into_response())
}

fn read(headers: &HeaderMap) -> Result<NewUpload> {
    if headers.contains_key("upload-concat") {
        return Err(Error::new(
            Code::Malformed,
            "This server does not join uploads.",
        ));
    }
    let mut new = metadata::parse(headers::text(headers, tus::UPLOAD_METADATA))?;
    new.length = headers::number(headers, tus::UPLOAD_LENGTH)?;
    let is_deferred = match headers::text(headers, tus::UPLOAD_DEFER_LENGTH) {
        "" => false,
        "1" => true,
        _ => return Err(Code::BadLength.into()),
    };
    match new.length.is_some() == is_deferred {
        // Both, or neither.
        true => Err(Code::BadLength.into()),
        false => Ok(new),
    }
}

/// Takes the bytes that came with the request (tus 1.0.0, Creation With Upload). What stops them
/// half way is for the next request to meet: the client has to learn the address first.
async fn first_bytes(
    store: &Arc<Store>,
    whose: &Whose,
    id: RecordingId,
    body: Body,
    checksum: Option<Checksum>,
) -> Result<(u64, bool)> {
    let Taken::Writer(mut writer) = store.take(whose, id).await? else {
        return Err(Code::UploadComplete.into());
    };
    let limit = store.room(&writer.upload);
    let received = match checksum {
        None => store.receive(&mut writer, body, limit).await,
        Some(checksum) => {
            store
                .receive_checked(&mut writer, body, limit, checksum)
                .await
        }
    };
    let is_refused = |code| {
        matches!(
            code,
            Code::BeyondLength | Code::ChecksumMismatch | Code::Malformed
        )
    };
    if let Err(code) = received
        && is_refused(code)
    {
        drop(writer);
        store.terminate(whose, id).await?;
        return Err(code.into());
    }
    store.settle(writer).await
}

async fn settle_empty(store: &Arc<Store>, whose: &Whose, id: RecordingId) -> Result<(u64, bool)> {
    match store.peek(id) {
        Some(upload) if upload.facts().is_whole() => match store.take(whose, id).await? {
            Taken::Writer(writer) => store.settle(writer).await,
            Taken::Complete(row) => Ok((row.size, true)),
        },
        _ => Ok((0, false)),
    }
}

/// Where the upload is. A whole address where its scheme is known, because not every client joins
/// paths; otherwise the path alone, which is never wrong.
fn location(request: &HeaderMap, id: RecordingId) -> Result<HeaderValue> {
    let location = match cross_origin::own_address(request) {
        Some(address) => format!("{address}/uploads/{id}"),
        None => format!("/uploads/{id}"),
    };
    HeaderValue::from_str(&location).map_err(|_| Code::Malformed.into())
}
