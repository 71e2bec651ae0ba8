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
use http_body_util::BodyExt as _;
use tokio::pin;

use super::{upload::Upload, writer::Writer};
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
        body: Body,
        limit: u64,
        mut checksum: Checksum,
    ) -> Result<(), Code> {
        let upload = Arc::clone(&writer.upload);
        let mut waiting = Waiting::default();
        let gathered = self
            .gather(writer, body, limit, &mut checksum, &mut waiting)
            .await;
        let result = match gathered {
            Ok(()) if checksum.is_right() => {
                let (store, guard) = (Arc::clone(self), Arc::clone(&writer.guard));
                let (batch, file) = (waiting.batch, waiting.file.clone());
                let moved = blocking(move || {
                    let moved = store.take_in(&upload, file, &batch);
                    drop(guard);
                    moved
                });
                moved.await.flatten()
            }
            Ok(()) => Err(Code::ChecksumMismatch),
            Err(code) => Err(code),
        };
        if waiting.file.is_some() {
            let (store, id) = (Arc::clone(self), writer.upload.id);
            let removed = blocking(move || store.spool.remove_file(id, Kind::Unchecked)).await?;
            removed.map_err(|error| code_of(&error))?;
        }
        result
    }

    async fn gather(
        self: &Arc<Self>,
        writer: &mut Writer,
        mut body: Body,
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
            checksum.update(&data);
            waiting.bytes += data.len();
            waiting.batch.push(data);
            if waiting.bytes > IN_MEMORY {
                let batch = std::mem::take(&mut waiting.batch);
                waiting.bytes = 0;
                let file = match &waiting.file {
                    Some(file) => Arc::clone(file),
                    None => Arc::clone(
                        waiting.file.insert(Arc::new(
                            self.spool
                                .create(id, Kind::Unchecked)
                                .map_err(|error| code_of(&error))?,
                        )),
                    ),
                };
                let written = blocking(move || {
                    let mut all = batch.iter();
                    all.try_for_each(|bytes| file.as_ref().write_all(bytes))
                });
                written.await?.map_err(|error| code_of(&error))?;
            }
        }
    }

    /// Appends bytes that are known to be right. Blocks.
    fn take_in(
        &self,
        upload: &Upload,
        file: Option<Arc<File>>,
        batch: &[Bytes],
    ) -> Result<(), Code> {
        if let Some(file) = file {
            let mut file = file.as_ref();
            file.rewind().map_err(|error| code_of(&error))?;
            loop {
                let mut buffer = Vec::with_capacity(IN_MEMORY);
                let read = file.take(IN_MEMORY as u64).read_to_end(&mut buffer);
                if read.map_err(|error: io::Error| code_of(&error))? == 0 {
                    break;
                }
                self.write(upload, &[Bytes::from(buffer)])?;
            }
        }
        match batch.is_empty() {
            true => Ok(()),
            false => self.write(upload, batch),
        }
    }
}

/// The part of a body that has come.
#[derive(Debug, Default)]
struct Waiting {
    file: Option<Arc<File>>,
    /// What is not in the file.
    batch: Vec<Bytes>,
    bytes: usize,
}
