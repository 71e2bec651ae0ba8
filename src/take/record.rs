//! What is known about a take besides its bytes; kept as JSON beside them.

use callreel_browser::take_file::Ended;
use serde::{Deserialize, Serialize};

/// A take's record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TakeRecord {
    /// 128 random bits as 32 hexadecimal digits; also the name of its file in the vault.
    pub id: String,
    /// The name that the person gave; empty until then, and the page makes one from the rest.
    pub title: String,
    /// The type it was recorded as, with codecs.
    pub mime: String,
    /// The file name's ending, without the dot.
    pub extension: String,
    /// What was recorded, a stable id of `callreel_engine::settings::Source`.
    pub source: String,
    /// When it began, in ms since 1970.
    pub created_at: f64,
    /// Length in ms, pauses not counted; 0 where the type's length is not known (MP4).
    pub duration_ms: f64,
    /// Bytes of the finished file.
    pub size: u64,
    /// Where it is in its life.
    pub state: TakeState,
    /// Where the media lies in the vault's file, as byte ranges; empty where the file is used as
    /// it is.
    pub media: Vec<(u64, u64)>,
    /// The longest break in the picture at a change of source, in ms.
    pub gap_ms: Option<f64>,
}

/// Where a take is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TakeState {
    /// Being made, by this page or another.
    #[default]
    Recording,
    /// Ended as it should.
    Finished,
    /// Its page was gone before the end; brought to an end on a later visit.
    Recovered,
}

impl TakeRecord {
    /// Reads a stored record; what is missing or wrong becomes the default.
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Whether the file is WebM, which is followed as it grows. One of which nothing is known is
    /// tried as such.
    pub fn is_webm(&self) -> bool {
        self.mime.is_empty() || self.mime.contains("/webm")
    }

    /// Notes how the file ended; the head to keep beside the record comes back. `elapsed_ms`
    /// stands in where the file doesn't tell its length.
    pub fn end(&mut self, ended: Ended, state: TakeState, elapsed_ms: f64) -> Option<Vec<u8>> {
        self.state = state;
        self.media = ended.media;
        self.duration_ms = ended.duration_ms.unwrap_or(elapsed_ms);
        self.size = ended.size;
        ended.head
    }

    /// The record as it is stored.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of texts and numbers is always JSON")
    }
}
