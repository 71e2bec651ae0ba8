//! The takes on this device, as the page shows and changes them.

use callreel_browser::{DomError, blob::ObjectUrl, page, vault::Vault};
use callreel_engine::record::TakeRecord;
use gloo::timers::callback::Timeout;

use super::{
    controller::Studio,
    state::{Action, Message, Playing, TakeView, Takes},
    text,
};
use crate::{
    app::words,
    take::shelf::{self, Kept, Shelf},
};

/// A deletion can be undone for this long, in ms.
const UNDO_MS: u32 = 10_000;

impl Studio {
    pub(super) async fn vault(&self) -> Result<Vault, DomError> {
        let running = self.0.vault.borrow().clone();
        if let Some(vault) = running.filter(|vault| !vault.has_failed()) {
            return Ok(vault);
        }
        let vault = Vault::start()?;
        *self.0.vault.borrow_mut() = Some(vault.clone());
        Ok(vault)
    }

    /// Lists the takes; brings those to an end whose page is gone.
    pub(super) async fn load_takes(&self) {
        if self.0.loading.replace(true) {
            return;
        }
        if let Ok(vault) = self.vault().await
            && !vault.is_durable().await
        {
            self.dispatch(Action::NotDurable);
        }
        loop {
            let ended = self.0.ended.get();
            match async { shelf::load(&self.vault().await?).await }.await {
                Ok(shelf) => {
                    let takes = shelf.takes.clone();
                    self.show_shelf(shelf);
                    // What is not taken up now is when the list is read again.
                    let _ = self.take_up_uploads(takes).await;
                }
                Err(error) => self.dispatch(Action::Takes(Takes::Unavailable(error))),
            }
            // What was read of a take that ended meanwhile is out of date.
            if ended == self.0.ended.get() {
                break;
            }
        }
        self.0.loading.set(false);
        self.ask_room().await;
    }

    fn show_shelf(&self, shelf: Shelf) {
        let deleted = self
            .0
            .forgetting
            .borrow()
            .as_ref()
            .map(|(id, _)| id.clone());
        let live = self
            .0
            .take
            .borrow()
            .as_ref()
            .map(|take| take.id().to_owned());
        let hidden = [deleted, live];
        let is_shown = |kept: &Kept| !hidden.iter().flatten().any(|id| *id == kept.record.id);
        let views = shelf.takes.into_iter().filter(is_shown).map(view).collect();
        self.dispatch(Action::Takes(Takes::Ready(views)));
        if !shelf.recovered.is_empty() {
            self.say(Message::Recovered {
                count: shelf.recovered.len(),
                duration_ms: shelf
                    .recovered
                    .iter()
                    .map(|record| record.duration_ms)
                    .sum(),
            });
        }
        for lost in shelf.damaged {
            let title = text::take_title(words(&self.0.settings.borrow()), &lost);
            self.say(Message::Damaged { title });
        }
        if let Some(error) = shelf.trouble {
            self.failed(&error);
        }
    }

    /// A take was finished: it slides into the list.
    pub(super) fn shelve(&self, record: TakeRecord) {
        self.0.ended.set(self.0.ended.get().wrapping_add(1));
        let picture = self.0.watch.borrow_mut().picture.take();
        self.dispatch(Action::Take(view(Kept { record, picture })));
    }

    /// Opens a take in the player.
    pub fn play(&self, id: &str) {
        let id = id.to_owned();
        self.spawn(|studio| async move { studio.play_now(&id).await });
    }

    pub(super) async fn play_now(&self, id: &str) {
        let asked = page::now();
        match self.address(id).await {
            Ok(url) => {
                *self.0.watched.borrow_mut() = Some(id.to_owned());
                self.let_go();
                self.dispatch(Action::Playing(Some(Playing {
                    id: id.to_owned(),
                    url,
                    ready_ms: page::now() - asked,
                })));
            }
            Err(error) => self.failed(&error),
        }
    }

    async fn address(&self, id: &str) -> Result<ObjectUrl, DomError> {
        let vault = self.vault().await?;
        let record = shelf::record(&vault, id).await?;
        shelf::address(&vault, &record).await
    }

    /// Closes the player.
    pub fn close_player(&self) {
        self.dispatch(Action::Playing(None));
        *self.0.watched.borrow_mut() = None;
        self.let_go();
    }

    /// Gives a take another title.
    pub fn rename(&self, id: &str, title: String) {
        let id = id.to_owned();
        self.later(|studio| async move {
            let renamed = async { shelf::rename(&studio.vault().await?, &id, title.trim()).await };
            match renamed.await {
                Ok(kept) => {
                    let record = kept.record.clone();
                    studio.dispatch(Action::Take(view(kept)));
                    studio.rename_recording(&record).await;
                }
                Err(error) => studio.failed(&error),
            }
        });
    }

    /// Takes a take out of the list; it is gone for good when nobody undoes that.
    pub fn delete(&self, id: &str) {
        self.forget_now();
        let studio = self.weak();
        let timeout = Timeout::new(UNDO_MS, move || {
            if let Some(studio) = studio() {
                studio.forget_now();
            }
        });
        *self.0.forgetting.borrow_mut() = Some((id.to_owned(), timeout));
        self.hold_upload_back(id);
        self.dispatch(Action::Deleted(id.to_owned()));
    }

    /// Brings the take back that was deleted last.
    pub fn undo_delete(&self) {
        if let Some((id, timeout)) = self.0.forgetting.take() {
            timeout.cancel();
            self.dispatch(Action::Undeleted);
            self.let_upload_go_on(&id);
            self.spawn(|studio| async move { studio.load_takes().await });
        }
    }

    /// Deletes for good what was waiting for it.
    fn forget_now(&self) {
        let Some((id, timeout)) = self.0.forgetting.take() else {
            return;
        };
        timeout.cancel();
        self.dispatch(Action::Forgotten);
        self.later(|studio| async move {
            let removed = async { studio.vault().await?.remove(&id).await };
            if let Err(error) = removed.await {
                studio.failed(&error);
            }
            studio.leave_upload(&id);
            studio.ask_room().await;
        });
    }

    /// Hands a take to the browser's downloads.
    pub fn download(&self, id: &str, file_name: String) {
        let id = id.to_owned();
        self.later(|studio| async move {
            let saved = async {
                let url = studio.address(&id).await?;
                page::download(&url, &file_name)?;
                // The address has to live until the download has begun.
                studio.0.watch.borrow_mut().last_download = Some(url);
                Ok::<_, DomError>(())
            };
            if let Err(error) = saved.await {
                studio.failed(&error);
            }
        });
    }
}

fn view(kept: Kept) -> TakeView {
    TakeView {
        record: kept.record,
        // Without an address the list shows the type.
        picture: kept
            .picture
            .and_then(|picture| ObjectUrl::new(&picture).ok()),
    }
}
