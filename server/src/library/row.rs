use callreel_protocol::{RecordingId, RecordingState};
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, sqlite::SqliteRow};
use subtle::ConstantTimeEq as _;

use super::Library;

/// `SELECT` with the columns of a [`Row`], in its order.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner, title, mime_type, room, participant, created_at, changed_at, state, \
             length, size, duration_ms, indexed, expired, generation, metadata, picture, deleted_at \
             FROM recordings ",
            $rest
        )
    };
}
pub(super) use select;

/// An owner's key as it is kept: its SHA-256. Owner keys are 256 random bits, so there is nothing
/// to guess that a slow hash would protect.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OwnerHash([u8; 32]);

impl OwnerHash {
    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Whether it is the same, in a time that does not tell how much of it is.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for OwnerHash {
    /// Enough to tell owners apart in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0[..4]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Whose recordings are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of one owner.
    Owner(OwnerHash),
    /// Everybody's, for the administrator.
    All,
}

impl Whose {
    /// Whether recordings of this owner are among them.
    pub fn includes(&self, owner: &OwnerHash) -> bool {
        match self {
            Self::Owner(own) => own.is(owner),
            Self::All => true,
        }
    }
}

/// A recording as the library knows it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the migrations explain the columns")]
pub struct Row {
    pub id: RecordingId,
    pub owner: OwnerHash,
    pub title: String,
    pub mime_type: String,
    pub room: Option<String>,
    pub participant: Option<String>,
    pub created_at: u64,
    pub changed_at: u64,
    pub state: RecordingState,
    pub length: Option<u64>,
    pub size: u64,
    pub duration_ms: Option<u64>,
    pub indexed: bool,
    pub expired: bool,
    pub generation: u32,
    pub metadata: String,
    pub picture: Option<String>,
    pub deleted_at: Option<u64>,
}

impl Row {
    /// Reads what [`select`] asks for.
    pub(super) fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: RecordingId::from_bytes(bytes(row, 0)?),
            owner: owner(row, 1)?,
            title: row.try_get(2)?,
            mime_type: row.try_get(3)?,
            room: row.try_get(4)?,
            participant: row.try_get(5)?,
            created_at: unsigned(row, 6)?,
            changed_at: unsigned(row, 7)?,
            state: state(row.try_get(8)?),
            length: optional(row, 9)?,
            size: unsigned(row, 10)?,
            duration_ms: optional(row, 11)?,
            indexed: row.try_get(12)?,
            expired: row.try_get(13)?,
            generation: u32::try_from(unsigned(row, 14)?).unwrap_or(u32::MAX),
            metadata: row.try_get(15)?,
            picture: row.try_get(16)?,
            deleted_at: optional(row, 17)?,
        })
    }
}

impl Library {
    /// One recording, a deleted one too.
    pub async fn get(&self, id: RecordingId) -> Result<Option<Row>, sqlx::Error> {
        let row = sqlx::query(select!("WHERE id = ?"))
            .bind(id.as_bytes().as_slice())
            .fetch_optional(&self.read)
            .await?;
        row.as_ref().map(Row::read).transpose()
    }
}

pub(super) fn number(value: u64) -> i64 {
    // SQLite has no larger numbers, and no recording has more bytes.
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn state_number(state: RecordingState) -> i64 {
    match state {
        RecordingState::Recording => 0,
        RecordingState::Interrupted => 1,
        RecordingState::Complete => 2,
    }
}

fn state(number: i64) -> RecordingState {
    match number {
        0 => RecordingState::Recording,
        1 => RecordingState::Interrupted,
        _ => RecordingState::Complete,
    }
}

fn unsigned(row: &SqliteRow, column: usize) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.max(0) as u64)
}

fn optional(row: &SqliteRow, column: usize) -> Result<Option<u64>, sqlx::Error> {
    let number: Option<i64> = row.try_get(column)?;
    Ok(number.map(|number| number.max(0) as u64))
}

pub(super) fn owner(row: &SqliteRow, column: usize) -> Result<OwnerHash, sqlx::Error> {
    Ok(OwnerHash(bytes(row, column)?))
}

fn bytes<const N: usize>(row: &SqliteRow, column: usize) -> Result<[u8; N], sqlx::Error> {
    let slice: &[u8] = row.try_get(column)?;
    slice.try_into().map_err(|_| sqlx::Error::ColumnDecode {
        index: column.to_string(),
        source: format!("{} bytes instead of {N}", slice.len()).into(),
    })
}
