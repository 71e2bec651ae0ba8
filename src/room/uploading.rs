//! Recordings of a call go to the server while they are made. What is not there when one leaves the
//! page is sent from the studio or the library.

use callreel_browser::vault::Vault;
use callreel_engine::{
    record::TakeRecord,
    upload::{Input, UploadState},
};

use super::controller::Room;
use crate::{
    take::shelf,
    upload::{Setup, Told, Upload, invited},
};

/// The upload of a take.
pub struct Uploading {
    take: String,
    upload: Upload,
}

impl Room {
    /// Begins to upload what is recorded, where that is wanted and allowed.
    pub(super) fn begin_upload(&self, vault: Vault, record: TakeRecord) {
        let settings = self.state().settings.clone();
        self.spawn(|room| async move {
            let Some(note) = invited(&settings).await else {
                return;
            };
            let take = record.id.clone();
            let told = Told {
                title: record.title,
                mime: record.mime,
                room: record.room,
                participant: record.participant,
                ..Told::default()
            };
            let setup = Setup {
                vault,
                id: record.id,
                note,
                told,
            };
            let (weak, done) = (room.weak(), take.clone());
            let vault = setup.vault.clone();
            let upload = Upload::start(setup, move |progress| {
                // One that is complete has nothing more to do, and holds the vault.
                if progress.state == Some(UploadState::Complete)
                    && let Some(room) = weak()
                {
                    room.0.uploads.borrow_mut().retain(|it| it.take != done);
                }
            });
            let is_over = {
                let recording = room.0.recording.borrow();
                recording.as_ref().is_none_or(|it| it.take_id() != take)
            };
            let ended = take.clone();
            room.0.uploads.borrow_mut().push(Uploading { take, upload });
            if is_over {
                // The server took longer to answer than the recording.
                if let Ok(record) = shelf::record(&vault, &ended).await {
                    room.tell_length(&record);
                }
                room.upload_whole(&vault, &ended).await;
            }
        });
    }

    /// So many bytes of the take that is being made never change again.
    pub(super) fn upload_may_send(&self, bytes: u64) {
        let recording = self.0.recording.borrow();
        if let Some(recording) = &*recording {
            let whole = false;
            self.upload_more(recording.take_id(), Input::Held { bytes, whole });
        }
    }

    /// The take is over: the rest may go.
    pub(super) fn upload_rest(&self, vault: Vault, record: &TakeRecord) {
        self.tell_length(record);
        let take = record.id.clone();
        self.spawn(|room| async move { room.upload_whole(&vault, &take).await });
    }

    fn tell_length(&self, record: &TakeRecord) {
        let uploads = self.0.uploads.borrow();
        for it in uploads.iter().filter(|it| it.take == record.id) {
            it.upload.tell(|told| told.duration_ms = record.untold_ms());
        }
    }

    async fn upload_whole(&self, vault: &Vault, take: &str) {
        // Without its size it is the studio's turn.
        if let Ok(bytes) = vault.size(take).await {
            self.upload_more(take, Input::Held { bytes, whole: true });
        }
    }

    fn upload_more(&self, take: &str, held: Input) {
        if let Some(it) = self.0.uploads.borrow().iter().find(|it| it.take == take) {
            it.upload.input(held);
        }
    }

    /// There is reason to try again at once.
    pub(super) fn hurry_uploads(&self) {
        for it in &*self.0.uploads.borrow() {
            it.upload.input(Input::Online);
        }
    }
}
