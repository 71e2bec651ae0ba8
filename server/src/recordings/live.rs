//! Watching a recording while it is being made.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    blocking::blocking,
    metrics::Inside,
    read_at::read_at,
    spool::LiveHead,
    store::Store,
    uploads::{Progress, Upload},
};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// A response that begins with the recording, or at its live edge, and goes on until it ends.
pub fn follow(
    upload: &Arc<Upload>,
    store: &Store,
    from_edge: bool,
    original: bool,
    method: &Method,
) -> Response {
    let body = match *method == Method::HEAD {
        // An empty body would be said to be one of no bytes.
        true => Body::from_stream(stream::empty::<io::Result<Bytes>>()),
        false => Body::from_stream(bytes_of(Follower {
            progress: upload.watch(),
            upload: Arc::clone(upload),
            stopping: store.stopping.clone(),
            _counted: store.metrics.followers.enter(),
            from_edge,
            at: original.then_some(0),
        })),
    };
    let mut response = body.into_response();
    // It has no length yet, so there is nothing to take a part of.
    let none = HeaderValue::from_static("none");
    response.headers_mut().insert(header::ACCEPT_RANGES, none);
    response
}

struct Follower {
    upload: Arc<Upload>,
    progress: watch::Receiver<Progress>,
    stopping: CancellationToken,
    _counted: Inside,
    from_edge: bool,
    /// The next byte; none before it is known where to begin.
    at: Option<u64>,
}

fn bytes_of(follower: Follower) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(follower, |mut follower| async move {
        let next = follower.next().await?;
        Ok(next.map(|bytes| (bytes, follower)))
    })
}

impl Follower {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let progress = *self.progress.borrow_and_update();
            match self.at {
                None => {
                    if let Some(head) = self.begin() {
                        return Ok(Some(head));
                    }
                }
                Some(at) if at < progress.written => {
                    return self.read(at, progress.written).await.map(Some);
                }
                Some(_) => {}
            }
            if progress.ended {
                return Ok(None);
            }
            // A reader that is gone is dropped by the connection, in the middle of this.
            tokio::select! {
                changed = self.progress.changed() => if changed.is_err() { return Ok(None) },
                () = self.stopping.cancelled() => return Ok(None),
            }
        }
    }

    /// What stands in front, as soon as there is something to show.
    fn begin(&mut self) -> Option<Bytes> {
        let facts = self.upload.facts();
        let Some(index) = facts.indexer.index() else {
            // Bytes that nobody understands begin where they begin.
            self.at = (facts.written > 0).then_some(0);
            return self.at.map(|_| Bytes::new());
        };
        let head = LiveHead::of(&index.finish().ok()?.layout)?;
        self.at = Some(if self.from_edge {
            head.edge
        } else {
            head.start
        });
        Some(Bytes::from(head.bytes))
    }

    async fn read(&mut self, at: u64, written: u64) -> io::Result<Bytes> {
        let wanted = usize::try_from(written - at).map_or(CHUNK, |left| left.min(CHUNK));
        let media = Arc::clone(self.upload.media());
        let read = blocking(move || {
            let mut buffer = vec![0; wanted];
            let read = read_at(&media, &mut buffer, at)?;
            buffer.truncate(read);
            io::Result::Ok(Bytes::from(buffer))
        });
        let bytes = read.await.map_err(io::Error::other)??;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = Some(at + bytes.len() as u64);
        Ok(bytes)
    }
}
