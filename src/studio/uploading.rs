//! The uploads of takes: which are at work, and what the person wants of them.

use callreel_browser::{DomError, owner, vault::Vault};
use callreel_engine::{
    record::{RecordState, TakeRecord},
    upload::{Input, UploadNote, UploadState, title_json},
};

use super::{
    controller::Studio,
    state::{Action, Message, Server},
    text,
};
use crate::{
    app::words,
    take::shelf::Kept,
    upload::{self, Progress, Setup, Told, Upload},
};

/// What is at work, and what waits for its turn: kept takes go one after the other, so that they
/// leave room for the one that is being made.
#[derive(Default)]
pub struct Uploads {
    running: Vec<Running>,
    lined_up: Vec<(Kept, UploadNote)>,
    /// Takes that leave this device when they are no longer watched.
    leaving: Vec<String>,
}

struct Running {
    id: String,
    upload: Upload,
    /// Of a take that is being made.
    is_live: bool,
    /// On its way, and not waiting for the person.
    is_busy: bool,
}

impl Uploads {
    fn find(&self, id: &str) -> Option<&Upload> {
        let mut running = self.running.iter();
        running.find(|it| it.id == id).map(|it| &it.upload)
    }

    fn knows(&self, id: &str) -> bool {
        self.find(id).is_some() || self.lined_up.iter().any(|(kept, _)| kept.record.id == id)
    }

    fn drop(&mut self, id: &str) {
        self.running.retain(|it| it.id != id);
        self.lined_up.retain(|(kept, _)| kept.record.id != id);
    }

    fn is_busy(&self) -> bool {
        self.running.iter().any(|it| it.is_busy && !it.is_live)
    }
}

impl Studio {
    /// Whether the server takes recordings.
    fn can_upload(&self) -> bool {
        self.0.server.get().takes_uploads()
    }

    fn new_note(&self) -> Result<UploadNote, DomError> {
        let server = self.0.settings.borrow().server.clone();
        Ok(UploadNote {
            server: server.unwrap_or_default(),
            key: owner::key_or_new()?,
            ..UploadNote::default()
        })
    }

    fn told(&self, record: &TakeRecord, picture: Option<web_sys::Blob>) -> Told {
        Told {
            title: text::take_title(words(&self.0.settings.borrow()), record),
            mime: record.mime.clone(),
            duration_ms: record.untold_ms(),
            room: record.room.clone(),
            participant: record.participant.clone(),
            picture,
            ..Told::default()
        }
    }

    /// A take begins: its upload too, where that is wanted and allowed.
    pub(super) fn begin_upload(&self, vault: &Vault, record: &TakeRecord) {
        if !self.0.settings.borrow().upload || !self.can_upload() {
            return;
        }
        match self.new_note() {
            Ok(note) => self.run_upload(vault, record, None, note, true),
            // The take is made all the same, and can be uploaded later.
            Err(error) => self.failed(&error),
        }
    }

    fn run_upload(
        &self,
        vault: &Vault,
        record: &TakeRecord,
        picture: Option<web_sys::Blob>,
        note: UploadNote,
        is_live: bool,
    ) {
        let (studio, id) = (self.weak(), record.id.clone());
        let setup = Setup {
            vault: vault.clone(),
            id: id.clone(),
            note,
            told: self.told(record, picture),
        };
        let upload = Upload::start(setup, move |progress| {
            if let Some(studio) = studio() {
                studio.upload_moved(&id, progress);
            }
        });
        self.0.uploads.borrow_mut().running.push(Running {
            id: record.id.clone(),
            upload,
            is_live,
            is_busy: true,
        });
    }

    fn with_upload(&self, id: &str, act: impl FnOnce(&Upload)) {
        if let Some(upload) = self.0.uploads.borrow().find(id) {
            act(upload);
        }
    }

    /// So many bytes of the take that is being made never change again.
    pub(super) fn upload_may_send(&self, id: &str, bytes: u64) {
        let whole = false;
        self.with_upload(id, |upload| upload.input(Input::Held { bytes, whole }));
    }

    /// The take is over: the rest may go.
    pub(super) async fn upload_rest(&self, record: &TakeRecord, picture: Option<web_sys::Blob>) {
        if self.0.uploads.borrow().find(&record.id).is_none() {
            return;
        }
        let told = self.told(record, picture);
        let held = self.whole(&record.id).await;
        let mut uploads = self.0.uploads.borrow_mut();
        let running = uploads.running.iter_mut().find(|it| it.id == record.id);
        if let (Some(running), Ok(held)) = (running, held) {
            running.is_live = false;
            let mut is_renamed = false;
            running.upload.tell(|known| {
                // In another tab, which may not have known the recording yet.
                is_renamed = known.title != told.title;
                *known = told;
            });
            if is_renamed {
                running.upload.input(Input::Renamed);
            }
            running.upload.input(held);
        }
    }

    async fn whole(&self, id: &str) -> Result<Input, DomError> {
        let bytes = self.vault().await?.size(id).await?;
        Ok(Input::Held { bytes, whole: true })
    }

    /// Nothing was recorded, or the take is deleted: nobody is at it any more. What is known of it
    /// stays with the take.
    pub(super) fn leave_upload(&self, id: &str) {
        self.0.uploads.borrow_mut().drop(id);
        self.upload_next();
    }

    /// The take is deleted, which can still be undone: meanwhile nothing more of it is sent. The
    /// upload stays this tab's, so that no other one goes on with it.
    pub(super) fn hold_upload_back(&self, id: &str) {
        self.run_lined_up(id);
        self.with_upload(id, |upload| upload.input(Input::StandBack(true)));
    }

    /// The deletion was undone.
    pub(super) fn let_upload_go_on(&self, id: &str) {
        self.with_upload(id, |upload| upload.input(Input::StandBack(false)));
    }

    /// Takes up what earlier visits did not finish.
    pub(super) async fn take_up_uploads(&self, takes: Vec<Kept>) -> Result<(), DomError> {
        let vault = self.vault().await?;
        for (id, json) in vault.uploads().await? {
            let take = takes.iter().find(|take| take.record.id == id);
            let (Some(take), Some(note)) = (take, UploadNote::from_json(&json)) else {
                continue;
            };
            if owner::key().is_none() && owner::is_key(&note.key) {
                // The browser forgot its key when it was killed; this is the one it had.
                let _ = owner::replace(&note.key);
            }
            let is_ours = take.record.state != RecordState::Recording;
            if self.0.uploads.borrow().knows(&id) || !is_ours {
                continue;
            }
            self.dispatch(Action::Upload(
                id.clone(),
                Box::new(Progress::resting(note.clone())),
            ));
            let leaves = note.leaves && !self.0.settings.borrow().keep_uploaded;
            // Where somebody is still watching it, that page has it.
            if leaves && vault.claim(&id).await? {
                self.0.uploads.borrow_mut().leaving.push(id);
            } else if !note.complete {
                self.line_up(take.clone(), note);
            }
        }
        self.let_go();
        self.upload_next();
        Ok(())
    }

    fn line_up(&self, take: Kept, mut note: UploadNote) {
        // Another key was taken in place of the one that it was begun with.
        if let Some(key) = owner::key() {
            note.key = key;
        }
        let mut uploads = self.0.uploads.borrow_mut();
        if !uploads.knows(&take.record.id) {
            uploads.lined_up.push((take, note));
        }
    }

    /// The next kept take's turn, if none is on its way.
    fn upload_next(&self) {
        let next = {
            let uploads = self.0.uploads.borrow();
            let next = uploads.lined_up.first().filter(|_| !uploads.is_busy());
            next.map(|(take, _)| take.record.id.clone())
        };
        if let Some(id) = next {
            self.run_lined_up(&id);
        }
    }

    fn run_lined_up(&self, id: &str) {
        let Some(vault) = self.0.vault.borrow().clone() else {
            return;
        };
        let next = {
            let mut uploads = self.0.uploads.borrow_mut();
            let mut lined_up = uploads.lined_up.iter();
            let at = lined_up.position(|(take, _)| take.record.id == id);
            at.map(|at| uploads.lined_up.remove(at))
        };
        let Some((take, note)) = next else {
            return;
        };
        self.run_upload(&vault, &take.record, take.picture, note, false);
        self.spawn(|studio| async move {
            let id = take.record.id;
            match studio.whole(&id).await {
                Ok(held) => studio.with_upload(&id, |upload| upload.input(held)),
                // The take is gone: the list is read again soon.
                Err(_) => studio.leave_upload(&id),
            }
        });
    }

    fn upload_moved(&self, id: &str, progress: Progress) {
        let state = progress.state;
        let note = progress.note.clone();
        self.dispatch(Action::Upload(id.to_owned(), Box::new(progress)));
        let is_busy = matches!(
            state,
            Some(UploadState::Sending | UploadState::UpToDate | UploadState::Waiting(_))
        );
        {
            let mut uploads = self.0.uploads.borrow_mut();
            if let Some(running) = uploads.running.iter_mut().find(|it| it.id == id) {
                running.is_busy = is_busy;
            }
        }
        if state == Some(UploadState::Complete) {
            self.0.uploads.borrow_mut().drop(id);
            if !self.0.settings.borrow().keep_uploaded {
                self.leave(id.to_owned(), note);
            }
        }
        if !is_busy {
            self.upload_next();
        }
    }

    /// The take shall not stay here; where it is watched until the page is closed, the next visit
    /// removes it.
    fn leave(&self, id: String, note: UploadNote) {
        self.later(|studio| async move {
            if let Ok(vault) = studio.vault().await {
                // While it is watched here, no other page may remove it.
                let _ = vault.claim(&id).await;
                upload::let_leave(&vault, &id, note).await;
            }
            studio.0.uploads.borrow_mut().leaving.push(id);
            studio.let_go();
        });
    }

    /// Removes what is on the server and shall not stay here, unless somebody is watching it.
    pub(super) fn let_go(&self) {
        let watched = self.0.watched.borrow().clone();
        let leaving: Vec<String> = {
            let mut uploads = self.0.uploads.borrow_mut();
            uploads
                .leaving
                .extract_if(.., |id| Some(&*id) != watched.as_ref())
                .collect()
        };
        for id in leaving {
            self.later(|studio| async move {
                let removed = async { studio.vault().await?.remove(&id).await };
                match removed.await {
                    Ok(()) => studio.dispatch(Action::LeftForServer(id)),
                    Err(error) => studio.failed(&error),
                }
            });
        }
    }

    /// Begins to upload a kept take, or lets an upload go on that waits for the person.
    pub fn upload(&self, id: &str) {
        if let Some(upload) = self.0.uploads.borrow().find(id) {
            return upload.input(Input::ResumeAsked);
        }
        let id = id.to_owned();
        self.later(|studio| async move {
            let begun = async {
                let vault = studio.vault().await?;
                let take = crate::take::shelf::kept(&vault, &id).await?;
                let note = studio.new_note()?;
                vault.put_upload(&id, &note.to_json()).await?;
                studio.dispatch(Action::Upload(
                    id,
                    Box::new(Progress::resting(note.clone())),
                ));
                studio.line_up(take, note);
                studio.upload_next();
                Ok::<_, DomError>(())
            };
            if let Err(error) = begun.await {
                studio.failed(&error);
            }
        });
    }

    /// Lets an upload wait.
    pub fn pause_upload(&self, id: &str) {
        self.with_upload(id, |upload| upload.input(Input::PauseAsked));
    }

    /// There is reason to try again at once.
    pub(super) fn hurry_uploads(&self) {
        for running in &self.0.uploads.borrow().running {
            running.upload.input(Input::Online);
        }
    }

    /// The recording gets the take's new title too.
    pub(super) async fn rename_recording(&self, take: &TakeRecord) {
        let title = self.told(take, None).title;
        self.with_upload(&take.id, |upload| {
            upload.tell(|told| told.title.clone_from(&title))
        });
        let Ok(kept) = async { self.vault().await?.uploads().await }.await else {
            return;
        };
        let own = kept.into_iter().find(|(id, _)| *id == take.id);
        let note = own.and_then(|(_, json)| UploadNote::from_json(&json));
        let has_heard = match note.filter(|note| note.recording.is_some()) {
            Some(note) => upload::rename(&note, &title_json(&title)).await,
            None => false,
        };
        if !has_heard {
            self.with_upload(&take.id, |upload| upload.input(Input::Renamed));
        }
    }

    pub(super) async fn ask_server(&self) {
        let base = self.0.settings.borrow().server.clone().unwrap_or_default();
        self.know_server(Server::Checking);
        let welcome = upload::welcome(&base).await;
        self.know_server(welcome.map_or(Server::None, Server::Connected));
    }

    /// Takes the token of the server's host.
    pub fn use_token(&self, token: &str) {
        let base = self.0.settings.borrow().server.clone().unwrap_or_default();
        if owner::keep_upload_token(&base, token.trim()) {
            self.spawn(|studio| async move { studio.ask_server().await });
        } else {
            self.say(Message::TokenNotKept);
        }
    }

    fn know_server(&self, server: Server) {
        self.0.server.set(server);
        self.dispatch(Action::Server(server));
        // A take that began before the server had answered.
        let take = self.0.take.borrow().clone();
        if let (Some(take), Some(vault)) = (take, self.0.vault.borrow().clone())
            && self.0.uploads.borrow().find(take.id()).is_none()
        {
            self.begin_upload(&vault, take.record());
        }
    }
}
