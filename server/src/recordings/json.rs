use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use callreel_protocol::{Recording, RecordingState};
use serde::Serialize;

use crate::{clock::rfc3339, library::Row, store::Store, text::UNKNOWN_TYPE};

impl Store {
    /// What a recording is: what its sender said, or else what its bytes say so far.
    pub fn type_of(&self, row: &Row) -> String {
        let told = || self.peek(row.id)?.facts().indexer.media_type();
        match row.mime_type == UNKNOWN_TYPE {
            true => told().unwrap_or(UNKNOWN_TYPE).to_owned(),
            false => row.mime_type.clone(),
        }
    }

    /// A recording as it is told of, with what is in memory of it.
    pub fn describe(&self, row: &Row) -> Recording {
        let mut row = row.clone();
        if let Some(upload) = self.peek(row.id) {
            let facts = upload.facts();
            if let Some(state) = facts.state() {
                row.state = state;
                row.size = facts.durable.max(row.size);
                row.duration_ms = facts.length_ms();
            }
        }
        row.mime_type = self.type_of(&row);
        let token = self.secret.token(row.id, row.generation);
        let kept_until = self
            .settings
            .retention
            .0
            .filter(|_| row.state == RecordingState::Complete);
        Recording {
            id: row.id,
            media_url: format!("/recordings/{}/media?token={token}", row.id),
            poster_url: Some(format!("/recordings/{}/poster?token={token}", row.id)),
            kept_until: kept_until.map(|span| rfc3339(row.created_at + span.as_millis())),
            title: row.title,
            mime_type: row.mime_type,
            size: row.size,
            duration_ms: row.duration_ms,
            created_at: rfc3339(row.created_at),
            state: row.state,
            room: row.room,
            participant: row.participant,
        }
    }
}

/// An answer in JSON that nobody keeps: it carries view tokens.
pub fn json(value: &impl Serialize) -> Response {
    let body = serde_json::to_string(value).expect("our own types are always JSON");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}
