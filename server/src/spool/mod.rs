//! The spool: the bytes of recordings, one append-only file each, and small files beside it.
//!
//! A spooled file holds what was sent and nothing else, for ever: it is neither moved when the
//! recording is complete nor changed. What makes it seekable stands beside it ([`Form`]) and can
//! be made again from it at any time.

mod committer;
mod follow;
mod form;
mod live_head;
mod patches;
mod reader;

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use callreel_protocol::RecordingId;

pub use follow::{Indexer, NewForm};
pub use form::Form;
pub use live_head::LiveHead;
pub use reader::MediaReader;

use crate::{config::Durability, private};
use committer::Committer;

/// The files of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes as they were sent.
    Media,
    /// The [`Form`] with its head.
    Head,
    /// What is to be overwritten in the media when it is played.
    Patches,
    /// A picture of it.
    Picture,
    /// A body whose checksum is not known yet.
    Unchecked,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Media,
        Self::Head,
        Self::Patches,
        Self::Picture,
        Self::Unchecked,
    ];

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Head => "head",
            Self::Patches => "patches",
            Self::Picture => "picture",
            Self::Unchecked => "unchecked",
        }
    }
}

/// The spool of one data folder.
#[derive(Debug)]
pub struct Spool {
    dir: PathBuf,
    durability: Durability,
    committer: Committer,
}

impl Spool {
    /// Opens the spool in this folder, which is made where needed.
    ///
    /// # Errors
    ///
    /// If the folder can't be made.
    pub fn open(dir: PathBuf, durability: Durability) -> io::Result<Self> {
        private::make_dir(&dir)?;
        Ok(Self {
            dir,
            durability,
            committer: Committer::new(),
        })
    }

    /// Where a file of a recording is. An id is made of digits and letters, so this is never
    /// anywhere but in the folder.
    pub fn path(&self, id: RecordingId, kind: Kind) -> PathBuf {
        self.dir.join(format!("{id}.{}", kind.extension()))
    }

    /// Opens the media of a recording to read and append, and makes it where it is not.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn open_media(&self, id: RecordingId) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(self.path(id, Kind::Media))
    }

    /// Makes a file of a recording, empty, to write and read.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn create(&self, id: RecordingId, kind: Kind) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).read(true).write(true);
        options.open(self.path(id, kind))
    }

    /// Bytes of a recording's media; 0 where there is none.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn len(&self, id: RecordingId) -> io::Result<u64> {
        match fs::metadata(self.path(id, Kind::Media)) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Removes every file of a recording.
    ///
    /// # Errors
    ///
    /// The disk's; that a file is not there is none.
    pub fn remove(&self, id: RecordingId) -> io::Result<()> {
        Kind::ALL
            .into_iter()
            .try_for_each(|kind| self.remove_file(id, kind))
    }

    /// Removes one file of a recording, if it is there.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn remove_file(&self, id: RecordingId, kind: Kind) -> io::Result<()> {
        match fs::remove_file(self.path(id, kind)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Replaces a file as a whole: whoever reads it sees the old one or the new one.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn replace(
        &self,
        id: RecordingId,
        kind: Kind,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let path = self.path(id, kind);
        let temporary = path.with_extension(format!("{}.new", kind.extension()));
        let written = File::create(&temporary)
            .and_then(|mut file| {
                write(&mut file)?;
                self.sync(&file)
            })
            .and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // The first error is the one to tell; this one mostly has the same reason.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// Makes what was written to a file survive what was promised, and its name where that is
    /// new. Several calls at the same time share the disk's work.
    ///
    /// # Errors
    ///
    /// The disk's. Then nobody knows which bytes it has since the last success.
    pub async fn commit(&self, file: &Arc<File>, is_new: bool) -> io::Result<()> {
        let dir = is_new.then(|| self.dir.clone());
        let sync_name = move || dir.map_or(Ok(()), |dir| sync_dir(&dir));
        match self.durability {
            Durability::Process => Ok(()),
            Durability::Disk => self.committer.commit(file, sync_name).await,
        }
    }

    /// As [`commit`](Self::commit), for a thread that may block.
    fn sync(&self, file: &File) -> io::Result<()> {
        match self.durability {
            Durability::Process => Ok(()),
            Durability::Disk => file.sync_data(),
        }
    }

    /// Whether the disk takes this many bytes more and keeps some for the library, which needs
    /// room to note what is deleted.
    pub fn has_room(&self, file: &File, bytes: u64) -> bool {
        /// Bytes kept free, on a disk that is large enough.
        const RESERVE: u64 = 16 << 20;
        // Where the disk does not tell, writing will.
        let Some((total, free)) = room(file) else {
            return true;
        };
        free >= bytes.saturating_add(RESERVE.min(total / 100))
    }

    /// Names of recordings that have files here.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn list(&self) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(&self.dir)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    }
}

/// Bytes of a file's disk, and those of them that we may use.
#[cfg(unix)]
fn room(file: &File) -> Option<(u64, u64)> {
    let disk = rustix::fs::fstatvfs(file).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    Some((bytes(disk.f_blocks), bytes(disk.f_bavail)))
}

#[cfg(not(unix))]
fn room(_: &File) -> Option<(u64, u64)> {
    None
}

/// Makes the names in a folder survive the loss of power.
fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
