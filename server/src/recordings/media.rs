//! `GET /recordings/{id}/media`.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use callreel_protocol::{RecordingId, RecordingState};
use futures_util::stream;

use super::{api::id, disposition, live, range};
use crate::{
    blocking::blocking,
    clock::http_date,
    error::{Code, Error, Result, code_of},
    library::Row,
    metrics::Metrics,
    query::Query,
    segment::Segment,
    server::Server,
    spool::MediaReader,
    store::Store,
    text::{UNKNOWN_TYPE, essence},
};

/// Bytes read at once: what a viewer takes of memory.
const CHUNK: usize = 128 << 10;

/// Serves a recording: one that is being made as it grows, any other as a file that seeks.
/// `?download=1` gives it a name, `?live=1` begins at the live edge, `?original=1` serves the
/// bytes as they were sent.
pub async fn media(
    State(server): State<Server>,
    Segment(path): Segment,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response> {
    let (id, query) = (id(&path)?, Query::of(&uri));
    let (store, mut row) = authorize(&server, id, &headers, &query).await?;
    let original = query.is_set("original");
    let growing = store
        .peek(id)
        .filter(|upload| upload.facts().state() == Some(RecordingState::Recording));
    let mut response = match growing {
        Some(upload) => live::follow(&upload, &store, query.is_set("live"), original, &method),
        None => {
            if row.state != RecordingState::Complete {
                // It may have ended since the row was read, and the row still tell of a part of it.
                row = store.library.get(id).await?.ok_or(Code::NotFound)?;
            }
            let reader = open(&store, &row, original).await?;
            whole(&store, reader, &row, original, &method, &headers)?
        }
    };
    row.mime_type = store.type_of(&row);
    describe(&row, &query, response.headers_mut());
    Ok(response)
}

/// Finds a recording for somebody who has its owner's key, the administrator's token, or a link.
///
/// # Errors
///
/// [`Code::KeyNeeded`] for somebody with nothing. Whoever has the wrong thing does not learn
/// whether there is such a recording.
pub async fn authorize(
    server: &Server,
    id: RecordingId,
    headers: &HeaderMap,
    query: &Query<'_>,
) -> Result<(Arc<Store>, Row)> {
    let whose = server.keys.caller(headers).whose();
    let token = query.get("token");
    if token.is_none()
        && let Err(code) = whose
    {
        return Err(code.into());
    }
    let store = server.store_with(id)?;
    let row = store.library.get(id).await?.ok_or(Code::NotFound)?;
    let has_link = token.is_some_and(|token| store.secret.verify(id, row.generation, &token));
    let is_owner = whose.is_ok_and(|whose| whose.includes(&row.owner));
    match (is_owner || has_link, row.deleted_at) {
        (true, None) => Ok((store, row)),
        (true, Some(_)) if is_owner => Err(Code::Deleted.into()),
        _ => Err(Code::NotFound.into()),
    }
}

/// What a browser must know of the bytes, whatever part of them it gets.
fn describe(row: &Row, query: &Query<'_>, headers: &mut HeaderMap) {
    let essence = essence(&row.mime_type);
    if headers.get(header::CONTENT_TYPE).is_none() {
        let value = HeaderValue::from_str(essence);
        let unknown = HeaderValue::from_static(UNKNOWN_TYPE);
        headers.insert(header::CONTENT_TYPE, value.unwrap_or(unknown));
    }
    // The link is a secret of those who have it, and what it opens may change.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if query.is_set("download") || essence == UNKNOWN_TYPE {
        let value = disposition::attachment(&row.title, &row.mime_type);
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

async fn open(store: &Arc<Store>, row: &Row, original: bool) -> Result<MediaReader> {
    let (store, id, len) = (Arc::clone(store), row.id, row.size);
    let seekable = row.indexed && !original;
    let opened = blocking(move || match seekable {
        true => store.open_seekable(id, len),
        false => MediaReader::original(&store.spool, id, len),
    });
    Ok(opened.await??)
}

impl Store {
    /// Opens the seekable form, and makes it again where it is lost. Blocks.
    fn open_seekable(&self, id: RecordingId, len: u64) -> io::Result<MediaReader> {
        let opened = MediaReader::seekable(&self.spool, id);
        let is_lost = |error: &io::Error| {
            matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidData
            )
        };
        match opened {
            Err(error) if is_lost(&error) => {
                tracing::warn!(recording = %id, "the head is lost and is made again");
                match self.make_form(id, len)? {
                    true => MediaReader::seekable(&self.spool, id),
                    false => MediaReader::original(&self.spool, id, len),
                }
            }
            opened => opened,
        }
    }
}

/// A file, or the part of it that was asked for.
fn whole(
    store: &Store,
    reader: MediaReader,
    row: &Row,
    original: bool,
    method: &Method,
    request: &HeaderMap,
) -> Result<Response> {
    let len = reader.len();
    let form = if row.indexed && !original { "s" } else { "o" };
    let etag = format!("\"{}-{len:x}-{:x}{form}\"", row.id, row.changed_at);
    let text = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    let modified = http_date(row.changed_at);

    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::LAST_MODIFIED, modified.clone());
    let tag = HeaderValue::from_str(&etag).map_err(|_| Code::Internal)?;
    headers.insert(header::ETAG, tag);

    if text(header::IF_NONE_MATCH).is_some_and(|known| lists(known, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    // RFC 9110, sections 13.1.5 and 14.2: a part of what is no longer the same is of no use, and only
    // GET asks for parts.
    let is_same = text(header::IF_RANGE).is_none_or(|known| known == etag || known == modified);
    let is_get = *method == Method::GET;
    let asked = match text(header::RANGE).filter(|_| is_same && is_get) {
        Some(asked) => range::read(asked, len),
        None => range::Asked::Whole,
    };
    let (status, part) = match asked {
        range::Asked::Whole => (StatusCode::OK, 0..len),
        range::Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        range::Asked::Nothing => {
            let value = format!("bytes */{len}");
            let value = HeaderValue::from_str(&value).map_err(|_| Code::Internal)?;
            return Err(Error::from(Code::Range).with_header(header::CONTENT_RANGE, value));
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        let value = format!("bytes {}-{}/{len}", part.start, part.end - 1);
        let value = HeaderValue::from_str(&value).map_err(|_| Code::Internal)?;
        headers.insert(header::CONTENT_RANGE, value);
    }
    headers.insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(part.end - part.start),
    );
    let body = match *method == Method::HEAD {
        true => Body::empty(),
        false => Body::from_stream(read(reader, part, Arc::clone(&store.metrics))),
    };
    Ok((status, headers, body).into_response())
}

/// Whether a list of entity tags holds this one (RFC 9110, section 8.8.3.2, weak comparison).
fn lists(header: &str, etag: &str) -> bool {
    let mut tags = header.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// Reads a part of a file, a chunk at a time: as fast as the client takes it.
fn read(
    reader: MediaReader,
    part: std::ops::Range<u64>,
    metrics: Arc<Metrics>,
) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(
        (reader, part, metrics),
        |(reader, part, metrics)| async move {
            if part.is_empty() {
                return Ok(None);
            }
            let wanted =
                usize::try_from(part.end - part.start).map_or(CHUNK, |left| left.min(CHUNK));
            let (from, source) = (part.start, reader.clone());
            let chunk = blocking(move || {
                let mut buffer = vec![0; wanted];
                let read = source.read_at(&mut buffer, from)?;
                buffer.truncate(read);
                io::Result::Ok(Bytes::from(buffer))
            });
            let chunk = chunk
                .await
                .map_err(io::Error::other)?
                .inspect_err(|error| {
                    code_of(error);
                })?;
            if chunk.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let next = part.start + chunk.len() as u64;
            metrics.sent.add(chunk.len() as u64);
            Ok(Some((chunk, (reader, next..part.end, metrics))))
        },
    )
}
