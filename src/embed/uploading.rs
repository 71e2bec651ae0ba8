//! Takes on their way to a server of the page's choice.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::{owner, page, recordings::Server, vault::Vault};
use callreel_engine::{
    record::TakeRecord,
    upload::{Input, Stop, Trouble, UploadNote, UploadState},
};
use wasm_bindgen_futures::spawn_local;

use super::given::{Hearer, Options};
use crate::upload::{Progress, Setup, Told, Upload};

thread_local! {
    /// What goes on although nobody holds it: a take that ended is still sent. Each is ended by
    /// being complete, by the server's no, or by [`Uploading::end`].
    static AT_WORK: RefCell<Vec<Uploading>> = RefCell::default();
}

/// The upload of one take.
#[derive(Clone)]
pub struct Uploading(Rc<Inner>);

struct Inner {
    vault: Rc<Vault>,
    take: String,
    hearer: Hearer,
    upload: RefCell<Option<Upload>>,
    /// What the person was told is wrong, since something came through last.
    said: RefCell<&'static str>,
    /// Bytes that the server had when last was looked.
    sent: Cell<u64>,
}

/// Begins to upload a take that is being made; `None` where there is no key to reach it with later,
/// which the hearer is told.
pub fn begin(
    vault: &Rc<Vault>,
    record: &TakeRecord,
    options: &Options,
    hearer: &Hearer,
) -> Option<Uploading> {
    let key = options.owner_key().filter(|key| !key.is_empty());
    if key.as_deref().is_some_and(|key| !owner::is_key(key)) {
        hearer.problem("bad_owner_key", "");
        return None;
    }
    let Ok(key) = key.map_or_else(owner::key_or_new, Ok) else {
        hearer.problem("no_owner_key", "");
        return None;
    };
    let note = UploadNote {
        server: options.server().unwrap_or_default(),
        key,
        ..UploadNote::default()
    };
    let told = Told {
        token: options.token().unwrap_or_default(),
        ..told(record)
    };
    Some(start(vault, &record.id, note, told, hearer))
}

pub(super) fn told(record: &TakeRecord) -> Told {
    Told {
        title: record.title.clone(),
        mime: record.mime.clone(),
        duration_ms: record.untold_ms(),
        room: record.room.clone(),
        participant: record.participant.clone(),
        ..Told::default()
    }
}

pub(super) fn start(
    vault: &Rc<Vault>,
    take: &str,
    note: UploadNote,
    told: Told,
    hearer: &Hearer,
) -> Uploading {
    let uploading = Uploading(Rc::new(Inner {
        vault: Rc::clone(vault),
        take: take.to_owned(),
        hearer: hearer.clone(),
        upload: RefCell::default(),
        said: RefCell::new(""),
        sent: Cell::default(),
    }));
    let setup = Setup {
        vault: (**vault).clone(),
        id: take.to_owned(),
        note,
        told,
    };
    let heard = uploading.clone();
    let upload = Upload::start(setup, move |progress| heard.progress(&progress));
    *uploading.0.upload.borrow_mut() = Some(upload);
    AT_WORK.with_borrow_mut(|all| all.push(uploading.clone()));
    uploading
}

/// Whether somebody here sends that take already.
#[cfg(feature = "recorder")]
pub(super) fn is_at_work(take: &str) -> bool {
    AT_WORK.with_borrow(|all| all.iter().any(|it| it.0.take == take))
}

impl Uploading {
    /// So many bytes of the take never change again.
    pub fn may_send(&self, bytes: u64) {
        self.input(Input::Held {
            bytes,
            whole: false,
        });
    }

    /// The take is over: all of it may go, whoever holds this.
    pub fn send_rest(&self, record: &TakeRecord) {
        let duration_ms = record.duration_ms;
        if let Some(upload) = &*self.0.upload.borrow()
            && !record.is_webm()
        {
            upload.tell(|told| told.duration_ms = Some(duration_ms));
        }
        let uploading = self.clone();
        spawn_local(async move {
            match uploading.0.vault.size(&uploading.0.take).await {
                Ok(bytes) => uploading.input(Input::Held { bytes, whole: true }),
                Err(_) => uploading.end(),
            }
        });
    }

    /// The take came to nothing.
    pub fn end(&self) {
        // Dropping the upload ends its task, which holds the rest of it.
        let upload = self.0.upload.take();
        spawn_local(async move { drop(upload) });
        AT_WORK.with_borrow_mut(|all| all.retain(|it| !Rc::ptr_eq(&it.0, &self.0)));
    }

    fn input(&self, input: Input) {
        if let Some(upload) = &*self.0.upload.borrow() {
            upload.input(input);
        }
    }

    fn progress(&self, progress: &Progress) {
        if progress.sent > self.0.sent.replace(progress.sent) {
            // It goes again: the same trouble, should it come back, is news.
            self.0.said.replace("");
        }
        let state = match progress.state {
            None => "elsewhere",
            Some(UploadState::UpToDate) => "up_to_date",
            Some(UploadState::Sending) => "sending",
            Some(UploadState::Waiting(trouble)) => {
                self.trouble(trouble, &progress.note);
                "waiting"
            }
            Some(UploadState::Paused) => "paused",
            Some(UploadState::Complete) => "complete",
            Some(UploadState::Stopped(_)) => "stopped",
        };
        let hearer = &self.0.hearer;
        let (sent, held) = (progress.sent as f64, progress.held as f64);
        hearer.uploading(&self.0.take, state, sent, held);
        match progress.state {
            Some(UploadState::Complete) => {
                self.tell_address(progress.note.clone());
                self.end();
            }
            Some(UploadState::Stopped(stop)) => {
                let code = match stop {
                    Stop::Key => "upload_key",
                    Stop::NotAllowed => "upload_not_allowed",
                    Stop::TooLarge => "upload_too_large",
                    Stop::Deleted => "upload_deleted",
                    Stop::NotUnderstood => "upload_not_understood",
                };
                hearer.problem(code, &progress.note.server);
                self.end();
            }
            _ => {}
        }
    }

    /// Says what the person can't see: it is tried again, for as long as it takes.
    fn trouble(&self, trouble: Trouble, note: &UploadNote) {
        let code = match trouble {
            Trouble::Network => "upload_unreachable",
            Trouble::Busy | Trouble::Server => "upload_server_failed",
            Trouble::DiskFull | Trouble::OwnerFull => "upload_server_full",
        };
        if self.0.said.replace(code) == code {
            return;
        }
        let (hearer, server) = (self.0.hearer.clone(), note.server.clone());
        let is_new = note.recording.is_none();
        spawn_local(async move {
            // A server that answers to everybody, but not to this page's uploads, does not know the
            // page's origin.
            let is_there = code == "upload_unreachable"
                && is_new
                && page::server_uploads(&server).await.is_some();
            match is_there {
                true => hearer.problem("upload_origin", &page::origin()),
                false => hearer.problem(code, &server),
            }
        });
    }

    fn tell_address(&self, mut note: UploadNote) {
        let (vault, take) = (Rc::clone(&self.0.vault), self.0.take.clone());
        let hearer = self.0.hearer.clone();
        spawn_local(async move {
            let server = Server {
                base: note.server.trim_end_matches('/').to_owned(),
                key: note.key.clone(),
            };
            let id = note.recording.clone().unwrap_or_default();
            // What the server has it keeps: without the answer only the address is not known.
            let media = server.get(&id, None).await.map(|it| it.media_url);
            let address = media.map(|media| page::absolute(&[&*server.base, &media].concat()));
            let address = address.unwrap_or_default();
            if !address.is_empty() {
                note.address = Some(address.clone());
                // Without it a later visit only doesn't know the address.
                let _ = vault.put_upload(&take, &note.to_json()).await;
            }
            hearer.uploaded(&take, &id, &address);
        });
    }
}
