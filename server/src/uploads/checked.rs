//! Bodies with a checksum: none of their bytes may reach the spool before all of them are known to
//! be right, because what is in the spool counts, also after a crash.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write as _},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use callreel_protocol::RecordingId;
use http_body_util::BodyExt as _;
use tokio::pin;

use super::{receive::Room, upload::Upload, writer::Writer};
use crate::{
    blocking::blocking,
    checksum::Checksum,
    error::{Code, code_of},
    spool::Kind,
    store::Store,
};

/// A body up to this size (bytes) waits in memory, a larger one in a file.
const IN_MEMORY: usize = 256 << 10;

/// See [`Store::receive`].
const IDLE: Duration = Duration::from_secs(30);

impl Store {
    /// As [`receive`](Self::receive), all or nothing: a body that is cut short or wrong leaves no
    /// trace.
    ///
    /// # Errors
    ///
    /// As `receive`, and [`Code::ChecksumMismatch`].
    pub async fn receive_checked(
        self: &Arc<Self>,
        writer: &mut Writer,
        body: &mut Body,
        limit: u64,
        mut checksum: Checksum,
    ) -> Result<(), Code> {
        let upload = Arc::clone(&writer.upload);
        let mut waiting = Waiting {
            file: None,
            batch: Vec::new(),
            room: Room::new(Arc::clone(self), &upload.owner),
        };
        self.gather(writer, body, limit, &mut checksum, &mut waiting)
            .await?;
        if !checksum.is_right() {
            return Err(Code::ChecksumMismatch);
        }
        let (store, guard) = (Arc::clone(self), Arc::clone(&writer.guard));
        let moved = blocking(move || {
            let moved = store.take_in(&upload, waiting);
            drop(guard);
            moved
        });
        moved.await.flatten()
    }

    async fn gather(
        self: &Arc<Self>,
        writer: &mut Writer,
        body: &mut Body,
        limit: u64,
        checksum: &mut Checksum,
        waiting: &mut Waiting,
    ) -> Result<(), Code> {
        let id = writer.upload.id;
        let stopped = writer.stopped();
        pin!(stopped);
        let mut left = limit;
        loop {
            let frame = tokio::select! {
                code = &mut stopped => return Err(code),
                frame = tokio::time::timeout(IDLE, body.frame()) => frame,
            };
            let data = match frame {
                Ok(None) => return Ok(()),
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(Some(Err(_))) | Err(_) => return Err(Code::Malformed),
            };
            left = left
                .checked_sub(data.len() as u64)
                .ok_or(Code::BeyondLength)?;
            // Whether they are right or not, they take room until that is known.
            waiting.room.take(data.len() as u64)?;
            checksum.update(&data);
            // As a piece, however small, it would keep all that the connection read with it.
            waiting.batch.extend_from_slice(&data);
            if waiting.batch.len() > IN_MEMORY {
                self.put_aside(id, waiting).await?;
            }
        }
    }

    /// Moves what waits in memory into a file.
    async fn put_aside(
        self: &Arc<Self>,
        id: RecordingId,
        waiting: &mut Waiting,
    ) -> Result<(), Code> {
        let batch = std::mem::take(&mut waiting.batch);
        let bytes = batch.len() as u64;
        let (store, file) = (Arc::clone(self), waiting.file.take());
        let written = blocking(move || {
            let file = match file {
                Some(file) => file,
                None => {
                    let file = store.spool.create(id, Kind::Unchecked)?;
                    // It needs no name, and without one it is gone whatever becomes of this.
                    store.spool.remove_file(id, Kind::Unchecked)?;
                    file
                }
            };
            if !store.spool.has_room(&file, bytes) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            (&file).write_all(&batch)?;
            io::Result::Ok(file)
        });
        let file = written.await?.map_err(|error| code_of(&error))?;
        waiting.file = Some(file);
        Ok(())
    }

    /// Appends bytes that are known to be right. Blocks.
    fn take_in(&self, upload: &Upload, mut waiting: Waiting) -> Result<(), Code> {
        if let Some(mut file) = waiting.file.take() {
            let len = file.metadata().map_err(|error| code_of(&error))?.len();
            // All of them, or none.
            if !self.spool.has_room(&upload.media, len) {
                return Err(Code::DiskFull);
            }
            file.rewind().map_err(|error| code_of(&error))?;
            loop {
                let mut buffer = Vec::with_capacity(IN_MEMORY);
                let read = (&file).take(IN_MEMORY as u64).read_to_end(&mut buffer);
                let read = read.map_err(|error: io::Error| code_of(&error))? as u64;
                if read == 0 {
                    break;
                }
                self.write_into(&mut waiting.room, upload, &[Bytes::from(buffer)], read)?;
            }
        }
        let bytes = waiting.batch.len() as u64;
        match bytes {
            0 => Ok(()),
            _ => self.write_into(&mut waiting.room, upload, &[waiting.batch.into()], bytes),
        }
    }
}

/// The part of a body that has come.
#[derive(Debug)]
struct Waiting {
    file: Option<File>,
    /// What is not in the file.
    batch: Vec<u8>,
    /// For all of it.
    room: Room<Arc<Store>>,
}
