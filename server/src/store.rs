//! What one data folder holds: the library, the spool, and the uploads that are under way.

use std::{
    collections::HashMap,
    fs::File,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use callreel_protocol::{RecordingId, RecordingState};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::ViewSecret,
    blocking::blocking,
    clock::now_ms,
    config::Recordings,
    error::{Code, Result},
    library::{Library, Row, Whose},
    metrics::Metrics,
    private,
    spool::{Indexer, Spool},
    uploads::{Purpose, Quota, Upload, Writer},
};

/// An open data folder. There is one for each server, and one server for each folder.
#[derive(Debug)]
pub struct Store {
    /// What is known of recordings.
    pub library: Library,
    /// Their bytes.
    pub spool: Spool,
    /// What links to them are signed with.
    pub secret: ViewSecret,
    /// How they are taken and kept.
    pub settings: Recordings,
    /// How much room they take.
    pub quota: Quota,
    /// Counts what happens.
    pub metrics: Arc<Metrics>,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
    /// Held while a recording begins that its sender has a name for: two requests under one name
    /// must not both make it. One of many by its id, which nobody chooses: who waits for one waits for
    /// few others.
    beginning: [tokio::sync::Mutex<()>; 64],
    // A std mutex: it is held for a look into the map and never across an await.
    live: Mutex<HashMap<RecordingId, Cell>>,
    /// Locked as long as this server uses the folder.
    _lock: File,
}

/// The right to go on with a recording.
#[derive(Debug)]
pub enum Taken {
    /// It takes more bytes.
    Writer(Writer),
    /// It is complete.
    Complete(Box<Row>),
}

impl Store {
    /// Whether there is something in this folder that a server left.
    pub fn exists(dir: &Path) -> bool {
        dir.join("library.db").is_file()
    }

    /// Opens a folder, which is made or brought up to date where needed, and brings every
    /// recording in it into a state that it can rest in.
    ///
    /// # Errors
    ///
    /// A text for the host.
    pub async fn open(
        dir: &Path,
        settings: &Recordings,
        metrics: Arc<Metrics>,
        stopping: CancellationToken,
    ) -> Result<Arc<Self>, String> {
        let cannot = |error: &dyn std::fmt::Display| {
            format!(
                "cannot use the data folder {}: {error}; choose another with --data-dir",
                dir.display()
            )
        };
        private::make_dir(dir).map_err(|error| cannot(&error))?;
        let lock = lock(dir)?;
        let secret = ViewSecret::open(&dir.join("secret")).map_err(|error| cannot(&error))?;
        let spool = Spool::open(dir.join("spool"), settings.durability);
        // SQLite gives what it keeps beside the file the file's own permissions.
        let database = dir.join("library.db");
        let made = private::options().open(&database);
        made.map_err(|error| cannot(&error))?;
        let library = Library::open(&database, settings.durability).await;
        let library = library.map_err(|error| cannot(&error))?;
        let store = Arc::new(Self {
            library,
            spool: spool.map_err(|error| cannot(&error))?,
            secret,
            quota: Quota::new(settings),
            settings: settings.clone(),
            metrics,
            stopping,
            beginning: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            live: Mutex::default(),
            _lock: lock,
        });
        store
            .sweep()
            .await
            .map_err(|error| cannot(&error.message))?;
        let usage = store
            .library
            .usage()
            .await
            .map_err(|error| cannot(&error))?;
        store.quota.load(usage);
        tokio::spawn(Arc::clone(&store).keep_house());
        Ok(store)
    }

    /// Waits until nobody else begins the recording with this id.
    pub async fn begins_alone(&self, id: RecordingId) -> tokio::sync::MutexGuard<'_, ()> {
        let slot = usize::from(id.as_bytes()[0]) % self.beginning.len();
        self.beginning[slot].lock().await
    }

    /// What was deleted at this time (ms since 1970) or later can be restored.
    pub fn restorable_since(&self) -> u64 {
        now_ms().saturating_sub(self.settings.undo_window.as_millis())
    }

    /// A recording that the caller may use, whatever its state.
    ///
    /// # Errors
    ///
    /// [`Code::NotFound`], also for a recording of somebody else; [`Code::Deleted`].
    pub async fn row(&self, whose: &Whose, id: RecordingId) -> Result<Row> {
        let row = self.library.get(id).await?;
        let row = row.filter(|row| whose.includes(&row.owner));
        let row = row.ok_or(Code::NotFound)?;
        match row.deleted_at {
            None => Ok(row),
            Some(_) => Err(Code::Deleted.into()),
        }
    }

    /// Takes the right to write to a recording from whoever has it, or finds it complete.
    ///
    /// # Errors
    ///
    /// As [`row`](Self::row), [`hold`](Self::hold) and [`Writer::take_over`].
    pub async fn take(
        self: &Arc<Self>,
        whose: &Whose,
        id: RecordingId,
        purpose: Purpose,
    ) -> Result<Taken> {
        loop {
            let upload = match self.peek(id) {
                Some(upload) if !whose.includes(&upload.owner) => {
                    return Err(Code::NotFound.into());
                }
                Some(upload) => upload,
                None => {
                    let row = self.row(whose, id).await?;
                    if row.state == RecordingState::Complete {
                        return Ok(Taken::Complete(Box::new(row)));
                    }
                    let upload = self.hold(row).await?;
                    // That takes a while, in which it may have been deleted.
                    if let Err(error) = self.row(whose, id).await {
                        self.drop_upload(&upload);
                        return Err(error);
                    }
                    upload
                }
            };
            let writer = Writer::take_over(&upload, purpose, &self.stopping).await?;
            if upload.facts().is_open() {
                return Ok(Taken::Writer(writer));
            }
            // It was ended or deleted while we waited: the library knows more.
            self.drop_upload(&upload);
        }
    }

    /// An upload that is not complete, in memory.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyUploads`], and the disk's.
    pub(crate) async fn hold(self: &Arc<Self>, row: Row) -> Result<Arc<Upload>> {
        let slot = match self.slot(row.id) {
            Some(slot) => slot,
            None => {
                self.make_room()?;
                let cell = Arc::clone(self.live().entry(row.id).or_default());
                Slot::new(self, row.id, cell)
            }
        };
        Ok(Arc::clone(
            slot.cell.get_or_try_init(|| self.load(row)).await?,
        ))
    }

    /// The slot of an upload that is in memory, or on its way there.
    fn slot(&self, id: RecordingId) -> Option<Slot<'_>> {
        let cell = self.live().get(&id).cloned()?;
        Some(Slot::new(self, id, cell))
    }

    /// Uploads in memory, and on their way there.
    pub(crate) fn count(&self) -> usize {
        self.live().len()
    }

    async fn load(self: &Arc<Self>, row: Row) -> Result<Arc<Upload>> {
        let store = Arc::clone(self);
        let loaded = blocking(move || {
            let media = store.spool.open_media(row.id)?;
            let len = media.metadata()?.len();
            let indexer = Indexer::of(&store.spool, row.id, &media, len)?;
            std::io::Result::Ok(Arc::new(Upload::new(&row, media, len, indexer)))
        });
        Ok(loaded.await??)
    }

    /// Notes how far everything has come and closes the library.
    pub async fn close(&self) {
        if let Err(error) = self.note_progress().await {
            tracing::warn!(code = %error.code, "progress could not be noted");
        }
        self.library.close().await;
    }

    /// Makes the form of a recording again from its bytes. False where it has none. Blocks.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub(crate) fn make_form(&self, id: RecordingId, len: u64) -> std::io::Result<bool> {
        let form = match self.peek(id) {
            // It writes its own patches down.
            Some(upload) => upload.facts().indexer.form(),
            None => {
                let media = self.spool.open_media(id)?;
                Indexer::of(&self.spool, id, &media, len)?.form()
            }
        };
        match form {
            Some(form) => form.write(&self.spool, id).map(|()| true),
            None => Ok(false),
        }
    }

    /// An upload that is in memory, or on its way there.
    pub async fn held(&self, id: RecordingId) -> Option<Arc<Upload>> {
        let slot = self.slot(id)?;
        let loading = slot.cell.get_or_try_init(|| async { Err(()) }).await;
        loading.ok().cloned()
    }

    /// An upload that is in memory.
    pub fn peek(&self, id: RecordingId) -> Option<Arc<Upload>> {
        self.live().get(&id)?.get().cloned()
    }

    /// All uploads that are in memory.
    pub fn uploads(&self) -> Vec<Arc<Upload>> {
        let live = self.live();
        live.values()
            .filter_map(|slot| slot.get().cloned())
            .collect()
    }

    pub(crate) fn keep_upload(&self, upload: &Arc<Upload>) {
        let cell = Arc::new(OnceCell::new_with(Some(Arc::clone(upload))));
        self.live().insert(upload.id, cell);
    }

    /// Forgets an upload that is complete or gone.
    pub(crate) fn drop_upload(&self, upload: &Arc<Upload>) {
        let mut live = self.live();
        let kept = live.get(&upload.id).and_then(|slot| slot.get());
        if kept.is_some_and(|kept| Arc::ptr_eq(kept, upload)) {
            live.remove(&upload.id);
        }
    }

    fn live(&self) -> MutexGuard<'_, HashMap<RecordingId, Cell>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An upload in memory; empty while it is on its way there.
type Cell = Arc<OnceCell<Arc<Upload>>>;

/// The place of an upload in memory, for somebody who waits until it is there. One that stays
/// empty, because the disk failed or whoever waited has gone, is given up with the last of them.
struct Slot<'s> {
    store: &'s Store,
    id: RecordingId,
    cell: Cell,
}

impl<'s> Slot<'s> {
    fn new(store: &'s Store, id: RecordingId, cell: Cell) -> Self {
        Self { store, id, cell }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        // Ours goes while nobody can take the cell from the map, so that the last one sees that it is
        // the last, and two that load one upload find the same.
        let mut live = self.store.live();
        self.cell = Cell::default();
        let is_idle = |cell: &Cell| cell.get().is_none() && Arc::strong_count(cell) == 1;
        if live.get(&self.id).is_some_and(is_idle) {
            live.remove(&self.id);
        }
    }
}

/// Two servers on one folder would each believe that the files are theirs alone.
fn lock(dir: &Path) -> Result<File, String> {
    let path = dir.join("lock");
    let locked = File::create(&path).and_then(|file| {
        file.try_lock()?;
        Ok(file)
    });
    locked.map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => format!(
            "the data folder {} is in use by another server; choose another with --data-dir",
            dir.display()
        ),
        _ => format!("cannot lock {}: {error}", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser as _;

    use super::*;
    use crate::{
        config::Cli,
        library::OwnerHash,
        spool::Kind,
        uploads::{NewUpload, random_id},
    };

    #[tokio::test]
    async fn what_can_not_be_read_leaves_nothing_in_memory() -> Result<()> {
        let dir = std::env::temp_dir().join(format!("callreel-store-{}", std::process::id()));
        let settings = Cli::parse_from(["callreel"]).config.recordings;
        let stopping = CancellationToken::new();
        let store = Store::open(&dir, &settings, Arc::default(), stopping.clone()).await;
        let store = store.expect("the folder is ours");
        let (id, owner) = (random_id()?, OwnerHash::of("ann"));
        let upload = store.create(id, owner, NewUpload::default()).await?;
        store.drop_upload(&upload);
        let media = store.spool.path(id, Kind::Media);
        fs::remove_file(&media)?;
        fs::create_dir(&media)?;
        let row = store.row(&Whose::All, id).await?;
        assert!(store.hold(row.clone()).await.is_err());
        assert_eq!(store.count(), 0);

        fs::remove_dir(&media)?;
        let (one, other) = tokio::join!(store.hold(row.clone()), store.hold(row));
        assert!(
            Arc::ptr_eq(&one?, &other?),
            "who comes together gets the same"
        );
        assert_eq!(store.count(), 1);
        stopping.cancel();
        fs::remove_dir_all(&dir)?;
        Ok(())
    }
}
