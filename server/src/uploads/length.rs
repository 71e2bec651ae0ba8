//! How long an upload is to be.

use std::sync::Arc;

use super::{upload::Upload, writer::Writer};
use crate::{
    blocking::to_the_end,
    error::{Code, Result},
    store::Store,
};

impl Store {
    /// Bytes that an upload may still take, if it is to have this length.
    pub fn room(&self, upload: &Upload, length: Option<u64>) -> u64 {
        let facts = upload.facts();
        let most = self.settings.max_recording_bytes.0;
        let whole = facts.length.or(length).unwrap_or(most);
        whole.saturating_sub(facts.written)
    }

    /// Whether an upload that began without saying how long it will be can have this length.
    ///
    /// # Errors
    ///
    /// [`Code::BadLength`] where that can't be, and [`Code::RecordingTooLarge`].
    pub fn check_length(&self, upload: &Upload, length: u64) -> Result<(), Code> {
        let facts = upload.facts();
        match facts.length {
            _ if length > self.settings.max_recording_bytes.0 => Err(Code::RecordingTooLarge),
            Some(known) if known == length => Ok(()),
            None if length >= facts.written => Ok(()),
            _ => Err(Code::BadLength),
        }
    }

    /// Notes how long an upload will be that began without saying.
    ///
    /// # Errors
    ///
    /// As [`check_length`](Self::check_length), and the library's.
    pub async fn declare_length(self: &Arc<Self>, writer: &Writer, length: u64) -> Result<()> {
        self.check_length(&writer.upload, length)?;
        self.note_length(writer, Some(length)).await
    }

    /// Takes back what was said of an upload's length: whoever goes on with it decides anew when it
    /// is whole.
    ///
    /// # Errors
    ///
    /// The library's.
    pub async fn forget_length(self: &Arc<Self>, writer: &Writer) -> Result<()> {
        self.note_length(writer, None).await
    }

    async fn note_length(self: &Arc<Self>, writer: &Writer, length: Option<u64>) -> Result<()> {
        let upload = Arc::clone(&writer.upload);
        if upload.facts().length == length {
            return Ok(());
        }
        let (store, guard) = (Arc::clone(self), Arc::clone(&writer.guard));
        to_the_end(async move {
            store.library.set_length(upload.id, length).await?;
            upload.facts().length = length;
            drop(guard);
            Ok(())
        })
        .await
    }
}
