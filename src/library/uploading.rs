//! Takes whose upload the studio had begun go on from here: leaving the studio for the library does
//! not end the way of a take to the server.

use std::rc::Rc;

use super::controller::Library;
use crate::upload::{Progress, Setup, Told, Upload, let_leave};
use callreel_browser::{DomError, owner, vault::Vault};
use callreel_engine::{
    record::{RecordState, TakeRecord},
    upload::{Input, UploadNote, UploadState},
};

/// What is on its way, one take after the other.
#[derive(Default)]
pub struct Uploads {
    now: Option<Upload>,
    /// The take of that one.
    taken: String,
    next: Vec<Setup>,
}

impl Library {
    /// Takes up what earlier pages did not finish.
    pub(super) async fn take_up_uploads(self: &Rc<Self>) -> Result<(), DomError> {
        let vault = Vault::start()?;
        let uploads = vault.uploads().await?;
        for record in vault.records().await? {
            let own = uploads.iter().find(|(id, _)| *id == record.id);
            let note = own.and_then(|(_, json)| UploadNote::from_json(json));
            let take = TakeRecord::from_json(&record.json).named(record.name);
            // One without an end is still being made elsewhere, or is for the studio to recover.
            let is_over = take.state != RecordState::Recording;
            // One that was not begun has no recording yet, and the studio knows what to call it.
            let is_begun = |note: &UploadNote| note.recording.is_some();
            let Some(mut note) = note.filter(|note| is_over && is_begun(note) && !note.complete)
            else {
                continue;
            };
            if let Some(key) = owner::key() {
                note.key = key;
            }
            self.uploads.borrow_mut().next.push(Setup {
                vault: vault.clone(),
                id: record.id,
                note,
                told: Told {
                    duration_ms: take.untold_ms(),
                    title: take.title,
                    mime: take.mime,
                    picture: record.picture,
                    room: take.room,
                    participant: take.participant,
                    ..Told::default()
                },
            });
        }
        self.upload_next();
        Ok(())
    }

    fn upload_next(self: &Rc<Self>) {
        let Some(setup) = self.uploads.borrow_mut().next.pop() else {
            self.uploads.borrow_mut().now = None;
            return;
        };
        let (vault, id) = (setup.vault.clone(), setup.id.clone());
        let weak = Rc::downgrade(self);
        let (told, kept_in) = (id.clone(), vault.clone());
        let upload = Upload::start(setup, move |progress| {
            // One that had to wait says so once more when it is let go.
            if let Some(library) = weak.upgrade()
                && library.uploads.borrow().taken == told
            {
                library.upload_moved(&kept_in, progress);
            }
        });
        let mut uploads = self.uploads.borrow_mut();
        (uploads.now, uploads.taken) = (Some(upload), id.clone());
        drop(uploads);
        let library = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match vault.size(&id).await {
                Ok(bytes) => {
                    if let Some(upload) = &library.uploads.borrow().now {
                        upload.input(Input::Held { bytes, whole: true });
                    }
                }
                // The take is gone.
                Err(_) => library.upload_next(),
            }
        });
    }

    fn upload_moved(self: &Rc<Self>, vault: &Vault, progress: Progress) {
        match progress.state {
            Some(UploadState::Complete) => {
                if !self.state().settings.keep_uploaded {
                    // The studio removes it: somebody may be watching it there.
                    let (vault, id) = (vault.clone(), self.uploads.borrow().taken.clone());
                    wasm_bindgen_futures::spawn_local(async move {
                        let_leave(&vault, &id, progress.note).await;
                    });
                }
                self.load();
                self.upload_next();
            }
            // Both wait for the person, in the studio.
            Some(UploadState::Paused | UploadState::Stopped(_)) => self.upload_next(),
            _ => {}
        }
    }
}
