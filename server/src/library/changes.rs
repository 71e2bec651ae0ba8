use std::collections::HashMap;

use callreel_protocol::{RecordingId, RecordingState};
use sqlx::Row as _;

use super::{
    Library, OwnerHash, Row,
    row::{number, select, state_number},
};

/// What is known of a recording when it begins.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the migrations explain the columns")]
pub struct NewRecording {
    pub id: RecordingId,
    pub owner: OwnerHash,
    pub title: String,
    pub mime_type: String,
    pub room: Option<String>,
    pub participant: Option<String>,
    pub created_at: u64,
    pub length: Option<u64>,
    pub duration_ms: Option<u64>,
    pub metadata: String,
}

/// How far a recording has come.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the migrations explain the columns")]
pub struct Progress {
    pub state: RecordingState,
    pub size: u64,
    pub duration_ms: Option<u64>,
    pub indexed: bool,
    pub expired: bool,
    pub changed_at: u64,
}

/// What one owner uses, in bytes and otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// In recordings that can be seen.
    pub kept: u64,
    /// In deleted ones that can still be restored.
    pub deleted: u64,
    /// How many recordings there are, deleted ones too.
    pub recordings: u64,
}

impl Library {
    /// Adds a recording of which no byte has come yet. Its generation is random: one of the same id,
    /// under the same name of its sender's, may have been before, and links to that open nothing.
    pub async fn insert(&self, new: &NewRecording) -> Result<(), sqlx::Error> {
        let NewRecording {
            title,
            room,
            participant,
            ..
        } = new;
        sqlx::query(
            "INSERT INTO recordings (id, owner, title, title_key, mime_type, room, participant, \
             created_at, changed_at, state, length, duration_ms, metadata, words, generation) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, random() & 0x3fffffff)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.owner.as_bytes().as_slice())
        .bind(title)
        .bind(title.to_lowercase())
        .bind(&new.mime_type)
        .bind(room)
        .bind(participant)
        .bind(number(new.created_at))
        .bind(number(new.created_at))
        .bind(new.length.map(number))
        .bind(new.duration_ms.map(number))
        .bind(&new.metadata)
        .bind(words(title, room.as_deref(), participant.as_deref()))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Notes what a recording is.
    pub async fn set_type(&self, id: RecordingId, mime_type: &str) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE recordings SET mime_type = ? WHERE id = ?")
            .bind(mime_type)
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Notes how long an upload will be, or that nobody knows.
    pub async fn set_length(
        &self,
        id: RecordingId,
        length: Option<u64>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE recordings SET length = ? WHERE id = ?")
            .bind(length.map(number))
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Notes that a recording came into another state, and how far it has come.
    pub async fn enter(&self, id: RecordingId, progress: &Progress) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE recordings SET state = ?, size = ?, duration_ms = ifnull(?, duration_ms), \
             changed_at = ?, indexed = ?, expired = ? WHERE id = ?",
        )
        .bind(state_number(progress.state))
        .bind(number(progress.size))
        .bind(progress.duration_ms.map(number))
        .bind(number(progress.changed_at))
        .bind(progress.indexed)
        .bind(progress.expired)
        .bind(id.as_bytes().as_slice())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Notes how far recordings have come that are being made; those that have ended meanwhile
    /// stay as they are. All in one transaction.
    pub async fn advance(&self, all: &[(RecordingId, Progress)]) -> Result<(), sqlx::Error> {
        if all.is_empty() {
            return Ok(());
        }
        let mut transaction = self.write.begin().await?;
        for (id, progress) in all {
            sqlx::query(
                "UPDATE recordings SET size = ?, duration_ms = ifnull(?, duration_ms), \
                 changed_at = ? WHERE id = ? AND state = 0",
            )
            .bind(number(progress.size))
            .bind(progress.duration_ms.map(number))
            .bind(number(progress.changed_at))
            .bind(id.as_bytes().as_slice())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await
    }

    /// Gives a recording another title.
    pub async fn rename(&self, row: &Row, title: &str) -> Result<(), sqlx::Error> {
        let words = words(title, row.room.as_deref(), row.participant.as_deref());
        sqlx::query("UPDATE recordings SET title = ?, title_key = ?, words = ? WHERE id = ?")
            .bind(title)
            .bind(title.to_lowercase())
            .bind(words)
            .bind(row.id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Makes every link to a recording that was handed out worthless.
    pub async fn revoke_links(&self, id: RecordingId) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE recordings SET generation = generation + 1 WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Notes the type of a recording's picture, or that it has none. False where there is no recording.
    pub async fn set_picture(
        &self,
        id: RecordingId,
        mime_type: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query("UPDATE recordings SET picture = ? WHERE id = ?")
            .bind(mime_type)
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Hides a recording from everything but [`Library::get`]. False where that was so already.
    pub async fn set_deleted(&self, id: RecordingId, at: u64) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE recordings SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL";
        let done = sqlx::query(sql)
            .bind(number(at))
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Brings a recording back that was deleted at this time (ms since 1970) or later. False where
    /// there is none.
    pub async fn restore(&self, id: RecordingId, since: u64) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE recordings SET deleted_at = NULL WHERE id = ? AND deleted_at >= ?";
        let done = sqlx::query(sql)
            .bind(id.as_bytes().as_slice())
            .bind(number(since))
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets a recording. False where nothing was known of it.
    pub async fn forget(&self, id: RecordingId) -> Result<bool, sqlx::Error> {
        let done = sqlx::query("DELETE FROM recordings WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Every recording that is not complete, deleted ones too.
    pub async fn unfinished(&self) -> Result<Vec<Row>, sqlx::Error> {
        let rows = sqlx::query(select!("WHERE state < 2 ORDER BY changed_at DESC"))
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    // What the next four find is dealt with, a hundred at a time. Where that fails it is found again,
    // so it is taken at random: a hundred that fail must not keep all others from their turn.

    /// Recordings that are not complete and to which nothing came since this time (ms since 1970),
    /// not more than a few.
    pub async fn left_alone_since(&self, time: u64) -> Result<Vec<Row>, sqlx::Error> {
        let sql = select!(
            "WHERE state < 2 AND deleted_at IS NULL AND changed_at < ? ORDER BY random() LIMIT 100"
        );
        let rows = sqlx::query(sql)
            .bind(number(time))
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// Recordings that are being made by their account, and to which nothing came since this time
    /// (ms since 1970), not more than a few.
    pub async fn silent_since(&self, time: u64) -> Result<Vec<Row>, sqlx::Error> {
        // The second condition is that of an index, which SQLite does not conclude from the first.
        let sql = select!(
            "WHERE state = 0 AND state < 2 AND deleted_at IS NULL AND changed_at < ? \
             ORDER BY random() LIMIT 100"
        );
        let rows = sqlx::query(sql)
            .bind(number(time))
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// Recordings that were deleted before this time (ms since 1970), not more than a few.
    pub async fn deleted_before(&self, time: u64) -> Result<Vec<Row>, sqlx::Error> {
        let sql = select!("WHERE deleted_at < ? ORDER BY random() LIMIT 100");
        let rows = sqlx::query(sql)
            .bind(number(time))
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// Complete recordings that began before this time (ms since 1970), not more than a few.
    pub async fn older_than(&self, time: u64) -> Result<Vec<Row>, sqlx::Error> {
        // Of the oldest alone: where a host begins to keep recordings for a time, this may be most of
        // the library, and would be read again and again.
        let sql = select!(
            "WHERE id IN (SELECT id FROM recordings WHERE deleted_at IS NULL AND created_at < ? \
             AND state = 2 ORDER BY created_at LIMIT 10000) ORDER BY random() LIMIT 100"
        );
        let rows = sqlx::query(sql)
            .bind(number(time))
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// The bytes of every owner.
    pub async fn usage(&self) -> Result<HashMap<OwnerHash, Usage>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT owner, sum(iif(deleted_at IS NULL, size, 0)), sum(iif(deleted_at IS NULL, 0, size)), \
             count(*) FROM recordings GROUP BY owner",
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter()
            .map(|row| {
                let usage = Usage {
                    kept: row.try_get::<i64, _>(1)?.max(0) as u64,
                    deleted: row.try_get::<i64, _>(2)?.max(0) as u64,
                    recordings: row.try_get::<i64, _>(3)?.max(0) as u64,
                };
                Ok((super::row::owner(row, 0)?, usage))
            })
            .collect()
    }
}

/// What a search looks through.
fn words(title: &str, room: Option<&str>, participant: Option<&str>) -> String {
    let all = [
        title,
        room.unwrap_or_default(),
        participant.unwrap_or_default(),
    ];
    all.join("\n").to_lowercase()
}
