//! What is done before the server listens: nothing is left as a crash left it.

use std::sync::Arc;

use callreel_protocol::RecordingState;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    life::Ending,
    upload::{Phase, Upload},
    writer::Writer,
};
use crate::{
    blocking::blocking,
    clock::now_ms,
    error::{Error, Result},
    library::Row,
    spool::{Indexer, Kind},
    store::Store,
};

/// Recordings that are looked at at the same time; each waits for the disk.
const AT_A_TIME: usize = 4;

impl Store {
    /// Brings every recording into a state that it can rest in: complete, or interrupted and
    /// playable as it stands.
    ///
    /// # Errors
    ///
    /// The library's. What is wrong with one recording is logged and ends nothing else.
    pub(crate) async fn sweep(self: &Arc<Self>) -> Result<()> {
        self.remove_leftovers()?;
        let rows = self.library.unfinished().await?;
        let count = rows.len();
        stream::iter(rows)
            .map(Ok::<_, Error>)
            .try_for_each_concurrent(AT_A_TIME, |row| async move {
                let id = row.id;
                if let Err(error) = self.sweep_one(row).await {
                    tracing::error!(recording = %id, code = %error.code, "recording stays as it was");
                }
                Ok(())
            })
            .await?;
        if count > 0 {
            tracing::info!(recordings = count, "looked through what was not complete");
        }
        Ok(())
    }

    async fn sweep_one(self: &Arc<Self>, row: Row) -> Result<()> {
        let len = self.spool.len(row.id)?;
        let is_expired =
            now_ms().saturating_sub(row.changed_at) > self.settings.upload_expiry.as_millis();
        let rests = row.state == RecordingState::Interrupted && row.size == len;
        if row.deleted_at.is_some() || (rests && !is_expired && row.length != Some(len)) {
            return Ok(());
        }
        if len == 0 && is_expired {
            return self.purge(&row).await;
        }
        let ending = match row.length {
            Some(length) if length == len => Ending::Complete,
            _ if is_expired => Ending::Expired,
            _ => Ending::Interrupted,
        };
        let store = Arc::clone(self);
        let upload = blocking(move || {
            let media = store.spool.open_media(row.id)?;
            let indexer = Indexer::of(&store.spool, row.id, &media, len)?;
            std::io::Result::Ok(Arc::new(Upload::new(&row, media, len, indexer)))
        });
        let upload = upload.await??;
        let Some(writer) = Writer::try_take(&upload, &self.stopping) else {
            return Ok(());
        };
        self.commit(&writer.upload).await?;
        self.end(writer, ending).await?;
        // Opened again when somebody asks for it: memory is for what goes on.
        upload.enter(Phase::Gone);
        Ok(())
    }

    /// Removes files that were never given their name, and bodies that were never checked.
    fn remove_leftovers(&self) -> std::io::Result<()> {
        for path in self.spool.list()? {
            let end = path.extension().unwrap_or_default();
            if end == "new" || end == Kind::Unchecked.extension() {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}
