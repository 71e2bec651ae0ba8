use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use callreel_protocol::{Recording, RecordingChanges, RecordingId, RecordingPage, Sort, Storage};
use serde::de::DeserializeOwned;

use super::{json::json, media::authorize};
use crate::{
    config::Recordings,
    error::{Code, Error, Result},
    library::{Cursor, List, Whose},
    query::Query,
    segment::Segment,
    server::Server,
    small_body, text,
};

/// Recordings on a page where nobody says how many.
const PAGE: u32 = 50;
/// Recordings on a page at most.
const MAX_PAGE: u32 = 200;
/// Bytes of a body in JSON at most.
const MAX_BODY: usize = 64 << 10;
/// Characters that are searched for at most.
const MAX_SEARCH: usize = 200;

/// `GET /api/recordings`: the caller's recordings, page by page.
pub async fn list(State(server): State<Server>, headers: HeaderMap, uri: Uri) -> Result<Response> {
    let whose = server.keys.caller(&headers).whose()?;
    let query = Query::of(&uri);
    let sort = match query.get("sort") {
        None => Sort::default(),
        Some(sort) => sort.parse().map_err(|_| {
            let known = "sort is created, title, duration or size, perhaps with a - in front.";
            Error::new(Code::Malformed, known)
        })?,
    };
    let after = match query.get("cursor") {
        None => None,
        Some(cursor) => {
            let cursor = Cursor::decode(&cursor, sort);
            Some(cursor.ok_or(Error::new(
                Code::Malformed,
                "This cursor is of another list.",
            ))?)
        }
    };
    let limit = match query.get("limit") {
        None => PAGE,
        Some(limit) => limit
            .parse()
            .map_err(|_| Error::new(Code::Malformed, "limit is a number."))?,
    };
    let list = List {
        whose,
        search: query
            .get("q")
            .unwrap_or_default()
            .chars()
            .take(MAX_SEARCH)
            .collect(),
        sort,
        after,
        limit: limit.clamp(1, MAX_PAGE),
    };
    let Some(store) = server.existing_store() else {
        let nothing = RecordingPage {
            recordings: Vec::new(),
            next_cursor: None,
            total: 0,
            storage: Storage {
                used: 0,
                limit: limit_of(&server.config.recordings, &whose),
            },
        };
        return Ok(json(&nothing));
    };
    let page = store.library.list(&list).await?;
    Ok(json(&RecordingPage {
        recordings: page.rows.iter().map(|row| store.describe(row)).collect(),
        next_cursor: page.next.map(|cursor| cursor.encode()),
        total: page.total,
        storage: Storage {
            used: match &whose {
                Whose::Owner(owner) => store.quota.of_owner(owner),
                Whose::All => store.quota.of_all(),
            },
            limit: limit_of(&store.settings, &whose),
        },
    }))
}

/// Bytes that somebody's recordings may take.
fn limit_of(settings: &Recordings, whose: &Whose) -> Option<u64> {
    let limit = match whose {
        Whose::Owner(_) => settings.max_owner_bytes,
        Whose::All => settings.max_total_bytes,
    };
    limit.map(|bytes| bytes.0)
}

/// `GET /api/recordings/{id}`.
pub async fn get(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let (whose, id) = (server.keys.caller(&headers).whose()?, id(&path)?);
    let store = server.store_with(id)?;
    let row = store.row(&whose, id).await?;
    Ok(json(&store.describe(&row)))
}

/// `GET /recordings/{id}`: the same for whoever may watch, who need not know where it was made and
/// with whom.
pub async fn watch(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response> {
    let (id, query) = (id(&path)?, Query::of(&uri));
    let (store, row) = authorize(&server, id, &headers, &query).await?;
    Ok(json(&Recording {
        room: None,
        participant: None,
        ..store.describe(&row)
    }))
}

/// `PATCH /api/recordings/{id}`: another title, or an end to all links.
pub async fn change(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let (whose, id) = (server.keys.caller(&headers).whose()?, id(&path)?);
    let store = server.store_with(id)?;
    store.row(&whose, id).await?;
    let changes: RecordingChanges = read_json(body).await?;
    // It may have changed meanwhile.
    let row = store.row(&whose, id).await?;
    if let Some(title) = &changes.title {
        store.library.rename(&row, &text::one_line(title)).await?;
    }
    if changes.revoke_links {
        store.library.revoke_links(id).await?;
        tracing::info!(recording = %id, "links revoked");
    }
    let row = store.row(&whose, id).await?;
    Ok(json(&store.describe(&row)))
}

/// `DELETE /api/recordings/{id}`: it can be restored for a while.
pub async fn delete(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let (whose, id) = (server.keys.caller(&headers).whose()?, id(&path)?);
    let store = server.store_with(id)?;
    let row = store.row(&whose, id).await?;
    store.delete(&row).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/recordings/{id}/restore`: takes a deletion back.
pub async fn restore(
    State(server): State<Server>,
    Segment(path): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let (whose, id) = (server.keys.caller(&headers).whose()?, id(&path)?);
    let store = server.store_with(id)?;
    let row = store.library.get(id).await?;
    let row = row
        .filter(|row| whose.includes(&row.owner))
        .ok_or(Code::NotFound)?;
    if row.deleted_at.is_some() {
        store.restore(&row).await?;
    }
    let row = store.row(&whose, id).await?;
    Ok(json(&store.describe(&row)))
}

/// The id in a path. Whatever is no id names nothing.
pub fn id(text: &str) -> Result<RecordingId> {
    text.parse().map_err(|_| Code::NotFound.into())
}

async fn read_json<T: DeserializeOwned>(body: Body) -> Result<T> {
    let bytes = small_body::read(body, MAX_BODY).await?;
    serde_json::from_slice(&bytes).map_err(|error| Error::new(Code::Malformed, error.to_string()))
}
