//! What happens to recordings when nobody asks for anything.

use std::{sync::Arc, time::Duration};

use callreel_protocol::{RecordingId, RecordingState};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    life::Ending,
    upload::{Phase, Upload},
    writer::Writer,
};
use crate::{
    clock::now_ms,
    error::{Code, Result},
    library::Row,
    store::Store,
};

/// How often uploads in memory are looked at.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two looks into the library.
const SELDOM: u64 = 10;
/// An interrupted upload is kept in memory for so long; after that its index is made again.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(300);
/// Interrupted uploads that are kept in memory at most, for each keeps its files open.
const MAX_RESTING: usize = 256;

impl Store {
    /// Keeps house until the server stops.
    pub(crate) async fn keep_house(self: Arc<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut count: u64 = 0;
        loop {
            tokio::select! {
                _ = ticks.tick() => count += 1,
                () = self.stopping.cancelled() => return,
            }
            for upload in self.uploads() {
                let looked = self.look_after(&upload).await;
                log(looked, "an upload could not be looked after");
            }
            self.forget_some();
            if count.is_multiple_of(SELDOM) {
                log(self.note_progress().await, "progress could not be noted");
                log(self.adopt().await, "recordings could not be looked for");
                log(self.expire().await, "old uploads could not be finished");
                log(
                    self.remove_old().await,
                    "old recordings could not be removed",
                );
            }
        }
    }

    async fn look_after(self: &Arc<Self>, upload: &Arc<Upload>) -> Result<()> {
        let (state, idle, is_whole) = {
            let facts = upload.facts();
            (facts.state(), facts.touched.elapsed(), facts.is_whole())
        };
        let is_due = match state {
            // Its end failed, for want of room perhaps.
            Some(RecordingState::Recording) if is_whole => idle > TICK,
            Some(RecordingState::Recording) => idle > self.settings.interrupted_after.0,
            Some(RecordingState::Interrupted) => idle > FORGOTTEN_AFTER,
            Some(RecordingState::Complete) | None => false,
        };
        if !is_due {
            return Ok(());
        }
        if state == Some(RecordingState::Interrupted) {
            self.forget(upload);
            return Ok(());
        }
        let Some(writer) = Writer::try_take(upload, &self.stopping) else {
            return Ok(());
        };
        if is_whole {
            return self.settle(writer).await.map(|_| ());
        }
        self.commit(&writer.upload).await?;
        self.end(writer, Ending::Interrupted).await
    }

    /// Makes room in memory for one more upload. Whoever asks after many that were interrupted must
    /// not keep all of their files open.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyUploads`] where none of those that are there can be forgotten.
    pub(crate) fn make_room(&self) -> Result<(), Code> {
        let most = self.settings.max_uploads.max(1).saturating_mul(2);
        if self.count() < most {
            return Ok(());
        }
        match self.resting().iter().any(|upload| self.forget(upload)) {
            true => Ok(()),
            false => Err(Code::TooManyUploads),
        }
    }

    /// Forgets interrupted uploads that are more than may be kept.
    fn forget_some(&self) {
        let resting = self.resting();
        let surplus = resting.len().saturating_sub(MAX_RESTING);
        for upload in resting.iter().take(surplus) {
            self.forget(upload);
        }
    }

    /// Interrupted uploads in memory, those first that were left alone for the longest.
    fn resting(&self) -> Vec<Arc<Upload>> {
        let rests = |upload: Arc<Upload>| {
            let (state, touched) = {
                let facts = upload.facts();
                (facts.state(), facts.touched)
            };
            (state == Some(RecordingState::Interrupted)).then_some((touched, upload))
        };
        let mut resting: Vec<_> = self.uploads().into_iter().filter_map(rests).collect();
        resting.sort_by_key(|(touched, _)| *touched);
        resting.into_iter().map(|(_, upload)| upload).collect()
    }

    /// Forgets an interrupted upload, unless somebody writes to it or it has gone on. Who asks for
    /// it again finds it on the disk.
    fn forget(&self, upload: &Arc<Upload>) -> bool {
        let Some(_writer) = Writer::try_take(upload, &self.stopping) else {
            return false;
        };
        let rests = upload.facts().state() == Some(RecordingState::Interrupted);
        if rests {
            upload.enter(Phase::Gone);
            self.drop_upload(upload);
        }
        rests
    }

    /// Writes into the library how far recordings have come, for lists and for the next start.
    pub(crate) async fn note_progress(&self) -> Result<()> {
        let recording =
            |upload: &Arc<Upload>| upload.facts().state() == Some(RecordingState::Recording);
        let uploads = self.uploads().into_iter().filter(recording);
        let all: Vec<_> = uploads
            .map(|upload| {
                (
                    upload.id,
                    upload.progress(RecordingState::Recording, false, false),
                )
            })
            .collect();
        Ok(self.library.advance(&all).await?)
    }

    /// Holds recordings that are being made by the library's account, and by nobody else's: whoever
    /// made them ended in the middle. They are looked after like any other from then on.
    async fn adopt(self: &Arc<Self>) -> Result<()> {
        let before = now_ms().saturating_sub(self.settings.interrupted_after.as_millis());
        for row in self.library.silent_since(before).await? {
            if self.peek(row.id).is_none() {
                let id = row.id;
                note(id, self.hold(row).await.map(|_| ()), "can't be held");
            }
        }
        Ok(())
    }

    /// Finishes uploads whose sender did not come back.
    async fn expire(self: &Arc<Self>) -> Result<()> {
        let before = now_ms().saturating_sub(self.settings.upload_expiry.as_millis());
        for row in self.library.left_alone_since(before).await? {
            note(row.id, self.expire_one(&row, before).await, "can't end");
        }
        Ok(())
    }

    async fn expire_one(self: &Arc<Self>, row: &Row, before: u64) -> Result<()> {
        let upload = match self.peek(row.id) {
            Some(upload) => upload,
            None => self.hold(row.clone()).await?,
        };
        // Whoever has it has come back.
        let Some(writer) = Writer::try_take(&upload, &self.stopping) else {
            return Ok(());
        };
        if !upload.facts().is_open() || upload.facts().touched_at >= before {
            return Ok(());
        }
        self.commit(&writer.upload).await?;
        let is_empty = writer.upload.facts().durable == 0;
        self.end(writer, Ending::Expired).await?;
        match is_empty {
            true => self.purge(row).await,
            false => Ok(()),
        }
    }

    /// Removes what was deleted and can't be restored any more, and what is kept no longer.
    async fn remove_old(self: &Arc<Self>) -> Result<()> {
        let mut rows = self.library.deleted_before(self.restorable_since()).await?;
        if let Some(retention) = self.settings.retention.0 {
            let before = now_ms().saturating_sub(retention.as_millis());
            rows.extend(self.library.older_than(before).await?);
        }
        for row in rows {
            note(row.id, self.purge(&row).await, "can't be removed");
        }
        Ok(())
    }
}

/// Says what could not be done with one recording, so that the others have their turn.
fn note(id: RecordingId, result: Result<()>, what: &str) {
    if let Err(error) = result {
        tracing::warn!(recording = %id, code = %error.code, "a recording {what}");
    }
}

fn log(result: Result<()>, what: &str) {
    if let Err(error) = result {
        tracing::warn!(code = %error.code, "{what}");
    }
}
