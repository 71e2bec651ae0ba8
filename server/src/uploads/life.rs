use std::{fs::File, sync::Arc, time::Instant};

use callreel_protocol::{RecordingId, RecordingState};

use super::{
    upload::{Phase, Upload},
    writer::Writer,
};
use crate::{
    blocking::{blocking, to_the_end},
    clock::now_ms,
    error::{Code, Error, Result, code_of},
    library::{NewRecording, OwnerHash, Row},
    spool::Indexer,
    store::Store,
    text::UNKNOWN_TYPE,
};

/// What a client says of a recording that it is about to send.
#[derive(Clone, Debug, Default)]
pub struct NewUpload {
    /// The name that a person gave it.
    pub title: String,
    /// Its type; empty where the client did not say.
    pub mime_type: String,
    /// The room that it is made in.
    pub room: Option<String>,
    /// Whom it shows.
    pub participant: Option<String>,
    /// Ms so far, for formats that don't tell.
    pub duration_ms: Option<u64>,
    /// What the client calls it: asking twice under one name makes one recording.
    pub take: Option<String>,
    /// Bytes of the whole, where that is known.
    pub length: Option<u64>,
    /// All that the client said, as it did.
    pub metadata: String,
}

/// How a recording ends, for now or for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its sender went away, and may come back.
    Interrupted,
    /// Every byte of it is here.
    Complete,
    /// Its sender did not come back in time.
    Expired,
    /// Its owner deleted it. Restored, it is an interrupted one.
    Deleted,
}

impl Ending {
    fn state(self) -> RecordingState {
        match self {
            Self::Interrupted | Self::Deleted => RecordingState::Interrupted,
            Self::Complete | Self::Expired => RecordingState::Complete,
        }
    }

    fn phase(self) -> Phase {
        match self {
            Self::Deleted => Phase::Gone,
            _ => Phase::Known(self.state()),
        }
    }
}

/// 128 random bits.
///
/// # Errors
///
/// If the operating system has none.
pub fn random_id() -> Result<RecordingId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("no randomness", &error))?;
    Ok(RecordingId::from_bytes(bytes))
}

impl Store {
    /// Begins a recording.
    ///
    /// # Errors
    ///
    /// A limit, the library's or the disk's.
    pub async fn create(
        self: &Arc<Self>,
        id: RecordingId,
        owner: OwnerHash,
        new: NewUpload,
    ) -> Result<Arc<Upload>> {
        if new
            .length
            .is_some_and(|length| length > self.settings.max_recording_bytes.0)
        {
            return Err(Code::RecordingTooLarge.into());
        }
        if let Some(length) = new.length {
            // Said now, because it would only be said later what can be said now.
            self.quota.take(&owner, length)?;
            self.quota.give_back(&owner, length, false);
        }
        self.check_uploads(&owner)?;
        let recording = NewRecording {
            id,
            owner,
            title: new.title,
            mime_type: new.mime_type,
            room: new.room,
            participant: new.participant,
            created_at: now_ms(),
            length: new.length,
            duration_ms: new.duration_ms,
            metadata: new.metadata,
        };
        // A row that nothing holds would look like a recording that is being made.
        to_the_end(Arc::clone(self).begin(recording)).await
    }

    async fn begin(self: Arc<Self>, recording: NewRecording) -> Result<Arc<Upload>> {
        let (id, owner) = (recording.id, recording.owner);
        self.quota.take_place(&owner)?;
        let media = match self.begin_on_disk(&recording).await {
            Ok(media) => media,
            Err(error) => {
                self.quota.give_place_back(&owner);
                return Err(error);
            }
        };
        let upload = Upload::new(&recording.into(), media, 0, Indexer::new(&self.spool, id));
        let upload = Arc::new(upload);
        self.keep_upload(&upload);
        self.metrics.begun.increment();
        tracing::info!(recording = %id, owner = ?owner, "recording begins");
        Ok(upload)
    }

    async fn begin_on_disk(self: &Arc<Self>, recording: &NewRecording) -> Result<File> {
        let (store, id) = (Arc::clone(self), recording.id);
        let media = blocking(move || store.spool.open_media(id)).await??;
        if let Err(error) = self.library.insert(recording).await {
            // Nobody knows of it yet, so nothing is lost.
            let _ = self.spool.remove(id);
            return Err(error.into());
        }
        Ok(media)
    }

    /// Whether one more recording may be uploaded now.
    fn check_uploads(&self, owner: &OwnerHash) -> Result<(), Code> {
        let (mut all, mut own) = (0, 0);
        for upload in self.uploads() {
            if upload.facts().state() == Some(RecordingState::Recording) {
                all += 1;
                own += usize::from(upload.owner == *owner);
            }
        }
        match all >= self.settings.max_uploads || own >= self.settings.max_owner_uploads {
            true => Err(Code::TooManyUploads),
            false => Ok(()),
        }
    }

    /// Makes an interrupted recording one that is being made.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyUploads`], and the library's.
    pub async fn resume(self: &Arc<Self>, writer: &Writer) -> Result<()> {
        let upload = Arc::clone(&writer.upload);
        if upload.facts().state() != Some(RecordingState::Interrupted) {
            return Ok(());
        }
        self.check_uploads(&upload.owner)?;
        let (store, guard) = (Arc::clone(self), Arc::clone(&writer.guard));
        to_the_end(async move {
            let progress = upload.progress(RecordingState::Recording, false, false);
            store.library.enter(upload.id, &progress).await?;
            upload.enter(Phase::Known(RecordingState::Recording));
            tracing::info!(recording = %upload.id, "recording goes on");
            drop(guard);
            Ok(())
        })
        .await
    }

    /// Makes what was written safe, and says how much that is. Whoever calls this is the one
    /// writer, and does not write while it waits for a failure to be dealt with.
    ///
    /// # Errors
    ///
    /// The disk's. What was not safe is then given up: nobody was told that it was.
    pub async fn commit(&self, upload: &Arc<Upload>) -> Result<u64> {
        let (written, durable, named) = {
            let facts = upload.facts();
            (facts.written, facts.durable, facts.named)
        };
        if durable == written && named {
            return Ok(durable);
        }
        let begun = Instant::now();
        let result = self.spool.commit(&upload.media, !named).await;
        self.metrics.commits.add(begun.elapsed());
        match result {
            Ok(()) => {
                let mut facts = upload.facts();
                facts.durable = written;
                facts.named = true;
                Ok(written)
            }
            Err(error) => {
                tracing::error!(recording = %upload.id, %error, "the disk lost bytes that came");
                let kept = upload.facts().kept();
                self.quota
                    .give_back(&upload.owner, written.saturating_sub(kept), false);
                if let Err(error) = upload.revert() {
                    tracing::error!(recording = %upload.id, %error, "nor can it drop them");
                }
                self.drop_upload(upload);
                Err(code_of(&error).into())
            }
        }
    }

    /// Makes what was written safe, and ends the recording if that is all of it. Says how many
    /// bytes are safe, and whether it ended.
    ///
    /// # Errors
    ///
    /// The disk's and the library's.
    pub async fn settle(self: &Arc<Self>, writer: Writer) -> Result<(u64, bool)> {
        let offset = self.commit(&writer.upload).await?;
        if !writer.upload.facts().is_whole() {
            return Ok((offset, false));
        }
        self.end(writer, Ending::Complete).await?;
        Ok((offset, true))
    }

    /// Ends a recording as it stands, all of whose bytes are safe. Goes on if the caller does not
    /// wait for it.
    ///
    /// # Errors
    ///
    /// The disk's and the library's. Then it stays as it was, to be tried again.
    pub async fn end(self: &Arc<Self>, writer: Writer, ending: Ending) -> Result<()> {
        let store = Arc::clone(self);
        to_the_end(async move {
            let upload = Arc::clone(&writer.upload);
            let form = upload.facts().indexer.form();
            let indexed = form.is_some();
            if let Some(form) = form {
                let (store, id) = (Arc::clone(&store), upload.id);
                let written = blocking(move || form.write(&store.spool, id)).await?;
                // What is deleted needs none; a full disk is no reason to keep it open.
                match written {
                    Err(_) if ending == Ending::Deleted => {}
                    written => written?,
                }
            }
            let progress = upload.progress(ending.state(), indexed, ending == Ending::Expired);
            store.library.enter(upload.id, &progress).await?;
            // What the sender did not say, the bytes do.
            let told = upload.facts().indexer.media_type();
            if let Some(told) = told.filter(|_| upload.mime_type == UNKNOWN_TYPE) {
                store.library.set_type(upload.id, told).await?;
            }
            upload.enter(ending.phase());
            if ending != Ending::Interrupted {
                store.drop_upload(&upload);
            }
            match ending.state() {
                RecordingState::Complete => store.metrics.completed.increment(),
                _ => store.metrics.interrupted.increment(),
            }
            let (bytes, ms) = (progress.size, progress.duration_ms);
            tracing::info!(recording = %upload.id, ?ending, bytes, ms, "recording ends");
            Ok(())
        })
        .await
    }
}

impl From<NewRecording> for Row {
    fn from(new: NewRecording) -> Self {
        Self {
            id: new.id,
            owner: new.owner,
            title: new.title,
            mime_type: new.mime_type,
            room: new.room,
            participant: new.participant,
            created_at: new.created_at,
            changed_at: new.created_at,
            state: RecordingState::Recording,
            length: new.length,
            size: 0,
            duration_ms: new.duration_ms,
            indexed: false,
            expired: false,
            generation: 0,
            metadata: new.metadata,
            picture: None,
            deleted_at: None,
        }
    }
}
