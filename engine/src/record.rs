//! What is known about a take besides its bytes; kept as JSON beside them.

use crate::json::{self, Object, Value};

/// A take's record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TakeRecord {
    /// 128 random bits as 32 hexadecimal digits; also the name of its file in the vault.
    pub id: String,
    /// The name that the person gave; empty until then, and the page makes one from the rest.
    pub title: String,
    /// The type it was recorded as, with codecs.
    pub mime: String,
    /// The file name's ending, without the dot.
    pub extension: String,
    /// What was recorded, a stable id of [`Source`](crate::settings::Source).
    pub source: String,
    /// When it began, in ms since 1970.
    pub created_at: f64,
    /// Length in ms, pauses not counted; 0 where the file doesn't tell (a recovered MP4).
    pub duration_ms: f64,
    /// Bytes of the finished file.
    pub size: u64,
    /// Where it is in its life.
    pub state: RecordState,
    /// Where the media lies in the vault's file, as byte ranges; empty where the file is used as
    /// it is.
    pub media: Vec<(u64, u64)>,
    /// The room that it was made in; empty outside of one.
    pub room: String,
    /// Who made it there; empty outside of a room.
    pub participant: String,
    /// The longest break in the picture at a change of source, in ms.
    pub gap_ms: Option<f64>,
}

/// Where a take is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordState {
    /// Being made, by this page or another.
    #[default]
    Recording,
    /// Ended as it should.
    Finished,
    /// Its page was gone before the end; brought to an end on a later visit.
    Recovered,
}

impl RecordState {
    const ALL: [Self; 3] = [Self::Recording, Self::Finished, Self::Recovered];

    const fn id(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Finished => "finished",
            Self::Recovered => "recovered",
        }
    }
}

impl TakeRecord {
    /// The same under the name that a person gave the take since, if one did; empty for none.
    #[must_use]
    pub fn named(mut self, name: Option<String>) -> Self {
        if let Some(name) = name {
            self.title = name;
        }
        self
    }

    /// Reads a stored record; what is missing or wrong becomes the default.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let value = json::parse(text).unwrap_or(Value::Null);
        let text = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned()
        };
        let number = |name: &str| value.get(name).and_then(Value::as_f64);
        let state = text("state");
        Self {
            id: text("id"),
            title: text("title"),
            mime: text("mime"),
            extension: text("extension"),
            source: text("source"),
            created_at: number("createdAt").unwrap_or(0.0),
            duration_ms: number("durationMs").unwrap_or(0.0),
            size: number("size").unwrap_or(0.0) as u64,
            state: RecordState::ALL
                .into_iter()
                .find(|known| known.id() == state)
                .unwrap_or_default(),
            media: read_ranges(&text("media")),
            room: text("room"),
            participant: text("participant"),
            gap_ms: number("gapMs"),
        }
    }

    /// The record as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        let texts = [
            ("id", self.id.as_str()),
            ("title", &self.title),
            ("mime", &self.mime),
            ("extension", &self.extension),
            ("source", &self.source),
            ("state", self.state.id()),
            ("media", &write_ranges(&self.media)),
        ];
        for (name, text) in texts {
            object.raw(name, &json::string(text));
        }
        for (name, text) in [("room", &self.room), ("participant", &self.participant)] {
            object.some(name, (!text.is_empty()).then(|| json::string(text)));
        }
        object.raw("createdAt", &json::number(self.created_at));
        object.raw("durationMs", &json::number(self.duration_ms));
        object.raw("size", &self.size.to_string());
        object.some("gapMs", self.gap_ms.map(json::number));
        object.finish()
    }

    /// Whether the file is WebM, which is followed as it grows. One of which nothing is known is
    /// tried as such.
    #[must_use]
    pub fn is_webm(&self) -> bool {
        self.mime.is_empty() || self.mime.contains("/webm")
    }

    /// Its length in ms, where the file does not tell a server, and it is known.
    #[must_use]
    pub fn untold_ms(&self) -> Option<f64> {
        Some(self.duration_ms).filter(|ms| !self.is_webm() && *ms > 0.0)
    }
}

/// `from-to`, several with commas between.
fn write_ranges(ranges: &[(u64, u64)]) -> String {
    let mut text = String::new();
    for (from, to) in ranges {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&from.to_string());
        text.push('-');
        text.push_str(&to.to_string());
    }
    text
}

/// One bad range makes all of them worthless: bytes would be missing from the middle of a file.
fn read_ranges(text: &str) -> Vec<(u64, u64)> {
    let read = |range: &str| {
        let (from, to) = range.split_once('-')?;
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from <= to).then_some((from, to))
    };
    let ranges: Option<Vec<_>> = text.split(',').map(read).collect();
    ranges.unwrap_or_default()
}
