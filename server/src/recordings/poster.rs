//! The pictures of recordings: a frame that the client chose, or a drawing.

use std::{
    fs,
    io::{self, Write as _},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{api::id, media::authorize};
use crate::{
    blocking::blocking,
    error::{Code, Result},
    query::Query,
    segment::Segment,
    server::Server,
    small_body,
    spool::Kind,
    text::essence,
};

/// Bytes of a picture at most.
const MAX_PICTURE: usize = 256 << 10;

const VIDEO: &str = include_str!("poster-video.svg");
const AUDIO: &str = include_str!("poster-audio.svg");

/// `PUT /api/recordings/{id}/poster`.
pub async fn put(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let (whose, id) = (server.keys.caller(&headers).whose()?, id(&path)?);
    let store = server.store_with(id)?;
    let row = store.row(&whose, id).await?;
    let bytes = small_body::read(body, MAX_PICTURE).await?;
    let mime_type = picture_type(&bytes).ok_or(Code::PictureType)?;
    // Pictures are small, and there is one for a recording: they count for nobody, but who has no
    // room for bytes has none for them.
    let len = bytes.len() as u64;
    store.quota.take(&row.owner, len)?;
    store.quota.give_back(&row.owner, len, false);
    let writing = Arc::clone(&store);
    let written = blocking(move || {
        let spool = &writing.spool;
        spool.replace(id, Kind::Picture, |file| match spool.has_room(file, len) {
            true => file.write_all(&bytes),
            false => Err(io::ErrorKind::StorageFull.into()),
        })
    });
    written.await??;
    if !store.library.set_picture(id, Some(mime_type)).await? {
        // The recording is gone, and nobody would ever remove this.
        let store = Arc::clone(&store);
        blocking(move || store.spool.remove_file(id, Kind::Picture)).await??;
        return Err(Code::NotFound.into());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /recordings/{id}/poster`.
pub async fn get(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response> {
    let id = id(&path)?;
    let (store, row) = authorize(&server, id, &headers, &Query::of(&uri)).await?;
    let mut response = match &row.picture {
        Some(mime_type) => {
            let file = store.spool.path(id, Kind::Picture);
            let bytes = blocking(move || fs::read(file)).await?;
            let mime_type = HeaderValue::from_str(mime_type).map_err(|_| Code::Internal)?;
            ([(header::CONTENT_TYPE, mime_type)], bytes?).into_response()
        }
        None => drawing(essence(&store.type_of(&row))),
    };
    // The link is a secret of those who have it, and the picture may change.
    let cache = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

/// A picture made from the type.
fn drawing(essence: &str) -> Response {
    let svg = if essence.starts_with("audio/") {
        AUDIO
    } else {
        VIDEO
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        // Opened by itself it is a document of this origin, so it may do nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    (headers, svg).into_response()
}

/// What a picture is by its first bytes, whatever was said of it.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}
