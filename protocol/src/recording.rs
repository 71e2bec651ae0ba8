use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::RecordingId;

/// A recording, as the server tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// Its id, which is also the id of its upload.
    pub id: RecordingId,
    /// The name that a person gave it. Text, never markup; perhaps empty.
    pub title: String,
    /// What it is, such as `video/webm;codecs=vp9,opus`.
    pub mime_type: String,
    /// Bytes that arrived and are safe.
    pub size: u64,
    /// Length in ms so far; none where the format does not tell it and the sender did not.
    pub duration_ms: Option<u64>,
    /// When it began: RFC 3339, UTC, with ms, such as `2026-11-20T08:33:12.345Z`.
    pub created_at: String,
    /// Where it is in its life.
    pub state: RecordingState,
    /// The room that it was made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Whom it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// Where it plays: a path on the server, with the token that lets anybody who has it watch.
    pub media_url: String,
    /// Its picture, as a path of the same kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster_url: Option<String>,
    /// When the server will delete it, if it keeps recordings for a limited time (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<String>,
}

/// Where a recording is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordingState {
    /// Being made: bytes are coming, or came a moment ago.
    Recording,
    /// Its sender went away. It plays as it stands, and goes on if the sender comes back.
    Interrupted,
    /// Whole.
    Complete,
}

/// What `GET /api/recordings` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingPage {
    /// One page of the recordings asked for, in the order asked for.
    pub recordings: Vec<Recording>,
    /// Asks for the next page, as `?cursor=`; none on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many recordings there are on all pages.
    pub total: u64,
    /// The room that all of them take.
    pub storage: Storage,
}

/// The room that somebody's recordings take, whatever was searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Bytes in use.
    pub used: u64,
    /// Bytes that may be in use; none where there is no limit but the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// What `PATCH /api/recordings/{id}` takes; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingChanges {
    /// Another title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// True ends every link to it that was handed out; the answer carries a new one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoke_links: bool,
}

/// The order of a list of recordings. A minus in front turns it around: `-created` is the newest
/// first, which is what comes without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// What is compared.
    pub by: SortKey,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// What recordings are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When they began.
    Created,
    /// Their titles, upper and lower case alike.
    Title,
    /// Their lengths.
    Duration,
    /// Their bytes.
    Size,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            by: SortKey::Created,
            descending: true,
        }
    }
}

/// The text names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSort;

impl FromStr for Sort {
    type Err = UnknownSort;

    fn from_str(text: &str) -> Result<Self, UnknownSort> {
        let (descending, key) = match text.strip_prefix('-') {
            Some(key) => (true, key),
            None => (false, text),
        };
        let by = match key {
            "created" => SortKey::Created,
            "title" => SortKey::Title,
            "duration" => SortKey::Duration,
            "size" => SortKey::Size,
            _ => return Err(UnknownSort),
        };
        Ok(Self { by, descending })
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match self.by {
            SortKey::Created => "created",
            SortKey::Title => "title",
            SortKey::Duration => "duration",
            SortKey::Size => "size",
        };
        let minus = if self.descending { "-" } else { "" };
        write!(f, "{minus}{key}")
    }
}
