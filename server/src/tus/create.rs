use std::sync::Arc;

use axum::{
    body::{Body, HttpBody as _},
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
    linger::{linger, linger_after},
    server::Server,
    store::{Store, Taken},
    uploads::{NewUpload, Purpose, Upload, Writer, random_id},
};

/// `POST /uploads` (tus 1.0.0, Creation).
pub async fn create(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let is_empty = body.is_end_stream();
    match begin(&server, &headers, is_empty).await {
        Ok(Begun::New(creation)) => creation.finish(&headers, body).await,
        Ok(Begun::Known(id, offset)) => {
            linger(body, &headers).await;
            let mut answer = HeaderMap::from_iter([(header::LOCATION, location(&headers, id)?)]);
            answer.extend([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
            Ok((StatusCode::CREATED, answer).into_response())
        }
        Err(error) => {
            linger(body, &headers).await;
            Err(error)
        }
    }
}

/// A request with nothing wrong about it.
enum Begun {
    New(Creation),
    /// It stands at this offset; bytes that came along are not taken.
    Known(RecordingId, u64),
}

/// An upload that was made just now.
struct Creation {
    store: Arc<Store>,
    upload: Arc<Upload>,
    /// Its sender has a name for it, and so finds it again without having heard its address.
    is_named: bool,
    carries_bytes: bool,
    checksum: Option<Checksum>,
}

/// Checks everything that can be wrong, and makes the upload.
async fn begin(server: &Server, headers: &HeaderMap, is_empty: bool) -> Result<Begun> {
    let caller = server.keys.caller(headers);
    let owner = caller.owner()?;
    server.check_upload(&caller, headers::text(headers, tus::UPLOAD_TOKEN))?;
    let new = read(headers)?;
    // Many HTTP clients name a type for a body that is not there.
    let carries_bytes = !is_empty && headers::carries_bytes(headers)?;
    let checksum = Checksum::read(headers)?;
    let store = server.store().await?;
    let is_named = new.take.is_some();
    let upload = match &new.take {
        None => store.create(random_id()?, owner, new).await?,
        Some(take) => {
            let id = store.secret.id_of_take(&owner, take);
            let _turn = store.begins_alone(id).await;
            // The address of one that was begun may have got lost on the way.
            match store.take(&Whose::Owner(owner), id, Purpose::Settle).await {
                Ok(taken) => return known(&store, id, taken).await,
                Err(error) if error.code == Code::NotFound => store.create(id, owner, new).await?,
                Err(error) => return Err(error),
            }
        }
    };
    Ok(Begun::New(Creation {
        store,
        upload,
        is_named,
        carries_bytes,
        checksum,
    }))
}

/// An upload that was begun before, under the same name.
async fn known(store: &Arc<Store>, id: RecordingId, taken: Taken) -> Result<Begun> {
    let offset = match taken {
        Taken::Complete(row) if row.expired => return Err(Code::UploadExpired.into()),
        Taken::Complete(row) => row.size,
        Taken::Writer(writer) => store.settle(writer).await?.0,
    };
    Ok(Begun::Known(id, offset))
}

impl Creation {
    async fn finish(self, headers: &HeaderMap, body: Body) -> Result<Response> {
        let Self {
            store,
            upload,
            is_named,
            carries_bytes,
            checksum,
        } = self;
        let mut answer = HeaderMap::from_iter([(header::LOCATION, location(headers, upload.id)?)]);
        let (offset, ended) = match carries_bytes {
            true => first_bytes(&store, &upload, is_named, body, checksum).await?,
            // Nothing to wait for, but an upload of no bytes is whole.
            false if upload.facts().is_whole() => {
                let writer = Writer::take_over(&upload, Purpose::Settle, &store.stopping).await?;
                store.settle(writer).await?
            }
            false => (0, false),
        };
        answer.extend([headers::with_number(tus::UPLOAD_OFFSET, offset)]);
        if !ended {
            answer.extend([expires(&store, &upload)]);
        }
        Ok((StatusCode::CREATED, answer).into_response())
    }
}

fn read(headers: &HeaderMap) -> Result<NewUpload> {
    if headers.contains_key("upload-concat") {
        return Err(Error::new(
            Code::Malformed,
            "This server does not join uploads.",
        ));
    }
    let mut new = metadata::parse(headers::readable(headers, tus::UPLOAD_METADATA)?)?;
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
    upload: &Arc<Upload>,
    is_named: bool,
    mut body: Body,
    checksum: Option<Checksum>,
) -> Result<(u64, bool)> {
    let unheard = Unheard((!is_named).then(|| (Arc::clone(store), Arc::clone(upload))));
    let mut writer = Writer::take_over(upload, Purpose::Write, &store.stopping).await?;
    let limit = store.room(upload, None);
    let received = match checksum {
        None => store.receive(&mut writer, &mut body, limit).await,
        Some(checksum) => {
            store
                .receive_checked(&mut writer, &mut body, limit, checksum)
                .await
        }
    };
    let is_refused = |code| match code {
        Code::BeyondLength | Code::ChecksumMismatch => true,
        // Cut off. Without a name nobody could ever go on with it.
        Code::Malformed => !is_named,
        _ => false,
    };
    match received {
        Err(code) if is_refused(code) => {
            drop(writer);
            let whose = Whose::Owner(upload.owner);
            store.terminate(&whose, upload.id).await?;
            unheard.keep();
            linger_after(code, body).await;
            Err(code.into())
        }
        received => {
            unheard.keep();
            let settled = store.settle(writer).await;
            if let Err(code) = received {
                linger_after(code, body).await;
            }
            settled
        }
    }
}

/// An upload whose address nobody has heard, and which nobody could find again: it goes with this,
/// also when the request is dropped because its client is gone.
#[must_use = "the upload is removed once this is dropped"]
struct Unheard(Option<(Arc<Store>, Arc<Upload>)>);

impl Unheard {
    /// It is known now, or gone already.
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unheard {
    fn drop(&mut self) {
        let Some((store, upload)) = self.0.take() else {
            return;
        };
        tokio::spawn(async move {
            let whose = Whose::Owner(upload.owner);
            if let Err(error) = store.terminate(&whose, upload.id).await {
                tracing::warn!(recording = %upload.id, code = %error.code, "it can't be removed");
            }
        });
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
