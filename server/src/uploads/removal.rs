//! How recordings go.

use std::sync::Arc;

use callreel_protocol::RecordingId;

use super::{
    life::Ending,
    upload::Phase,
    writer::{Purpose, Writer},
};
use crate::{
    blocking::{blocking, to_the_end},
    clock::now_ms,
    error::Result,
    library::{Row, Whose},
    store::Store,
};

impl Store {
    /// Ends an upload, complete or not, and removes everything of it at once.
    ///
    /// # Errors
    ///
    /// As [`Store::row`] and [`Store::purge`].
    pub async fn terminate(self: &Arc<Self>, whose: &Whose, id: RecordingId) -> Result<()> {
        let row = self.row(whose, id).await?;
        let store = Arc::clone(self);
        to_the_end(async move {
            store.delete(&row).await?;
            // With what is known of it now.
            match store.library.get(id).await? {
                Some(row) => store.purge(&row).await,
                None => Ok(()),
            }
        })
        .await
    }

    /// Deletes a recording, so that it can be restored for a while.
    ///
    /// # Errors
    ///
    /// As [`stop_writing`](Self::stop_writing).
    pub async fn delete(self: &Arc<Self>, row: &Row) -> Result<()> {
        let (store, id) = (Arc::clone(self), row.id);
        to_the_end(async move {
            if !store.library.set_deleted(id, now_ms()).await? {
                return Ok(());
            }
            store.stop_writing(id).await?;
            if let Some(row) = store.library.get(id).await? {
                store.quota.mark_deleted(&row.owner, row.size, true);
            }
            tracing::info!(recording = %id, "recording deleted");
            Ok(())
        })
        .await
    }

    /// Brings a deleted recording back.
    ///
    /// # Errors
    ///
    /// The library's.
    pub async fn restore(self: &Arc<Self>, row: &Row) -> Result<()> {
        let (store, row) = (Arc::clone(self), row.clone());
        to_the_end(async move {
            // What is older is being removed, perhaps at this moment.
            let since = store.restorable_since();
            if store.library.restore(row.id, since).await? {
                store.quota.mark_deleted(&row.owner, row.size, false);
                tracing::info!(recording = %row.id, "recording restored");
            }
            Ok(())
        })
        .await
    }

    /// Stops whoever writes to a recording that was deleted.
    ///
    /// # Errors
    ///
    /// [`Code::ShuttingDown`], the disk's and the library's.
    pub async fn stop_writing(self: &Arc<Self>, id: RecordingId) -> Result<()> {
        let Some(upload) = self.held(id).await else {
            return Ok(());
        };
        let writer = Writer::take_over(&upload, Purpose::Settle, &self.stopping).await?;
        // It may have become complete while its last bytes were waited for.
        if upload.facts().is_open() {
            self.commit(&writer.upload).await?;
            self.end(writer, Ending::Deleted).await?;
        }
        Ok(())
    }

    /// Removes a recording for good.
    ///
    /// # Errors
    ///
    /// The disk's and the library's.
    pub async fn purge(self: &Arc<Self>, row: &Row) -> Result<()> {
        let (store, id) = (Arc::clone(self), row.id);
        // Another may begin under the same name as soon as this one is forgotten.
        let _turn = self.begins_alone(id).await;
        // Files first: a row without files is found again and removed, files without a row never.
        blocking(move || store.spool.remove(id)).await??;
        if self.library.forget(row.id).await? {
            self.quota
                .give_back(&row.owner, row.size, row.deleted_at.is_some());
            self.quota.give_place_back(&row.owner);
            if let Some(upload) = self.peek(id) {
                upload.enter(Phase::Gone);
                self.drop_upload(&upload);
            }
            // What a request brought meanwhile that had found the row.
            let store = Arc::clone(self);
            blocking(move || store.spool.remove(id)).await??;
            tracing::info!(recording = %row.id, "recording removed");
        }
        Ok(())
    }
}
