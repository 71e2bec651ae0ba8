//! The library: what is known of every recording besides its bytes, in SQLite.
//!
//! The bytes are in the spool, and where the two disagree about a recording that is not complete,
//! the spool is right: a row is written when something happens to a recording, not when bytes
//! come.

mod changes;
mod list;
mod row;

use std::{path::Path, time::Duration};

use sqlx::{
    SqlSafeStr as _, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use changes::{NewRecording, Progress, Usage};
pub use list::{Cursor, List, Page};
pub use row::{OwnerHash, Row, Whose};

use crate::config::Durability;

/// Every version of the tables, oldest first. A migration that was released never changes.
const MIGRATIONS: &[(i64, &str, &str)] = &[(
    1,
    "recordings",
    include_str!("../../migrations/0001_recordings.sql"),
)];

/// Readers beside the one writer.
const READERS: u32 = 4;

/// The library of one data folder.
#[derive(Clone, Debug)]
pub struct Library {
    read: SqlitePool,
    /// One connection: SQLite takes one writer at a time, and waiting here is fair, while waiting
    /// for its lock is not.
    write: SqlitePool,
}

impl Library {
    /// Opens the library in this file, which is made or brought up to date where needed.
    ///
    /// # Errors
    ///
    /// If it can't be read or written, is no library, or comes from a newer version.
    pub async fn open(file: &Path, durability: Durability) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Disk => SqliteSynchronous::Full,
                Durability::Process => SqliteSynchronous::Normal,
            })
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect())
            .run(&write)
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { read, write })
    }

    /// Writes everything into the one file and closes it.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}
