use std::{borrow::Borrow, io, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::{pin, time::Instant};

use super::{upload::Upload, writer::Writer};
use crate::{
    blocking::blocking,
    error::{self, Code},
    library::OwnerHash,
    store::Store,
};

/// Bytes that are gathered while the ones before are being written: what an upload takes of
/// memory, twice.
const BATCH: usize = 256 << 10;

/// A connection that brings nothing for so long is as good as lost.
const IDLE: Duration = Duration::from_secs(30);

/// Why no more bytes are taken from a body.
type End = Result<(), Code>;

impl Store {
    /// Appends a body to an upload as it comes, and takes `limit` bytes of it at most. Nothing is
    /// safe yet when this returns.
    ///
    /// # Errors
    ///
    /// Whatever ended the body early: [`Code::Superseded`], [`Code::ShuttingDown`], a limit, the
    /// disk, [`Code::BeyondLength`] where there was more than `limit`, and [`Code::Malformed`]
    /// where the client was cut off. What came before stays, and the rest of the body is left.
    pub async fn receive(
        self: &Arc<Self>,
        writer: &mut Writer,
        body: &mut Body,
        limit: u64,
    ) -> Result<(), Code> {
        let (upload, guard) = (Arc::clone(&writer.upload), Arc::clone(&writer.guard));
        let stopped = writer.stopped();
        let idle = tokio::time::sleep(IDLE);
        pin!(stopped, idle);
        let mut gathered = Gathered::new(limit);
        let mut end: Option<End> = None;
        let mut writing = None;
        loop {
            if writing.is_none() && !gathered.batch.is_empty() {
                let batch = gathered.take();
                let (store, upload) = (Arc::clone(self), Arc::clone(&upload));
                // Not given on before the write has ended, even if this request ends earlier.
                let guard = Arc::clone(&guard);
                writing = Some(Box::pin(blocking(move || {
                    let result = store.write(&upload, &batch);
                    drop(guard);
                    result
                })));
                idle.as_mut().reset(Instant::now() + IDLE);
            }
            if let Some(end) = end
                && writing.is_none()
            {
                return end;
            }
            tokio::select! {
                biased;
                done = async { writing.as_mut().expect("it is some").await }, if writing.is_some() => {
                    writing = None;
                    if let Err(code) = done.flatten() {
                        gathered.batch.clear();
                        end = Some(Err(code));
                    }
                }
                code = &mut stopped, if end.is_none() => end = Some(Err(code)),
                frame = body.frame(), if end.is_none() && gathered.bytes < BATCH => {
                    end = gathered.add(frame);
                }
                () = &mut idle, if end.is_none() => end = Some(Err(Code::Malformed)),
            }
        }
    }

    /// Appends bytes that came whole.
    ///
    /// # Errors
    ///
    /// A limit or the disk's.
    pub async fn append(self: &Arc<Self>, writer: &Writer, bytes: Bytes) -> Result<(), Code> {
        let (store, upload) = (Arc::clone(self), Arc::clone(&writer.upload));
        let guard = Arc::clone(&writer.guard);
        let written = blocking(move || {
            let result = store.write(&upload, &[bytes]);
            drop(guard);
            result
        });
        written.await?
    }

    /// Appends a batch to an upload, if there is room. Blocks.
    pub(super) fn write(&self, upload: &Upload, batch: &[Bytes]) -> Result<(), Code> {
        let bytes = batch.iter().map(|bytes| bytes.len() as u64).sum();
        let mut room = Room::new(self, &upload.owner);
        room.take(bytes)?;
        self.write_into(&mut room, upload, batch, bytes)
    }

    /// Appends a batch of so many bytes, for which there is room already. Blocks.
    pub(super) fn write_into(
        &self,
        room: &mut Room<impl Borrow<Self>>,
        upload: &Upload,
        batch: &[Bytes],
        bytes: u64,
    ) -> Result<(), Code> {
        let (written, result) = match self.spool.has_room(&upload.media, bytes) {
            true => upload.append(batch),
            false => (0, Err(io::ErrorKind::StorageFull.into())),
        };
        let written = written as u64;
        room.use_up(written);
        self.metrics.received.add(written);
        result.map_err(|error| error::code_of(&error))
    }
}

/// Room that an owner's bytes will take. What is not used up is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Room<S: Borrow<Store>> {
    store: S,
    owner: OwnerHash,
    bytes: u64,
}

impl<S: Borrow<Store>> Room<S> {
    pub fn new(store: S, owner: &OwnerHash) -> Self {
        Self {
            store,
            owner: *owner,
            bytes: 0,
        }
    }

    /// Takes more of it.
    pub fn take(&mut self, bytes: u64) -> Result<(), Code> {
        self.store.borrow().quota.take(&self.owner, bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    fn use_up(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

impl<S: Borrow<Store>> Drop for Room<S> {
    fn drop(&mut self) {
        let quota = &self.store.borrow().quota;
        quota.give_back(&self.owner, self.bytes, false);
    }
}

/// Bytes that came and are not written yet.
struct Gathered {
    batch: Vec<Bytes>,
    bytes: usize,
    limit: u64,
}

impl Gathered {
    fn new(limit: u64) -> Self {
        Self {
            batch: Vec::new(),
            bytes: 0,
            limit,
        }
    }

    fn take(&mut self) -> Vec<Bytes> {
        self.bytes = 0;
        std::mem::take(&mut self.batch)
    }

    fn add(
        &mut self,
        frame: Option<Result<hyper::body::Frame<Bytes>, axum::Error>>,
    ) -> Option<End> {
        let data = match frame {
            None => return Some(Ok(())),
            Some(Err(_)) => return Some(Err(Code::Malformed)),
            // Trailers carry nothing that was announced.
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        let allowed = usize::try_from(self.limit)
            .unwrap_or(usize::MAX)
            .min(data.len());
        let kept = data.slice(..allowed);
        self.limit -= allowed as u64;
        self.bytes += allowed;
        if !kept.is_empty() {
            self.batch.push(kept);
        }
        (allowed < data.len()).then_some(Err(Code::BeyondLength))
    }
}
