//! `/ws/record`: the older vocabulary, for pages that can't speak tus. The same spool, the same
//! guarantees: an `ack` says that bytes are safe.

mod blob;
mod ending;
mod gate;
mod pace;
mod session;
mod socket;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use hyper::upgrade;
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{
    error::{Code, Error},
    handshake,
    server::Server,
};
use session::Session;
use socket::Socket;

/// How long sockets may take to close when the server stops.
const CLOSING: Duration = Duration::from_secs(3);

/// All sockets that record.
#[derive(Debug)]
pub struct RecordSockets {
    places: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl RecordSockets {
    /// Room for so many.
    pub fn new(most: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            tasks: TaskTracker::new(),
        }
    }

    /// Waits a little until all of them have heard that the server stops.
    pub async fn closed(&self) {
        self.tasks.close();
        if tokio::time::timeout(CLOSING, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some sockets of recordings did not close in time and were cut");
        }
    }
}

/// Accepts a socket, as long as there is room for it.
pub async fn upgrade(State(server): State<Server>, mut request: Request) -> Response {
    let response = match handshake::accept(&server, &request) {
        Ok(response) => response,
        Err(refusal) => return *refusal,
    };
    if server.stopping.is_cancelled() {
        return Error::from(Code::ShuttingDown).into_response();
    }
    let sockets = &server.record_sockets;
    let Ok(place) = Arc::clone(&sockets.places).try_acquire_owned() else {
        return Error::from(Code::TooManySockets).into_response();
    };
    let upgraded = upgrade::on(&mut request);
    let tasks = sockets.tasks.clone();
    tasks.spawn(async move {
        let _place = place;
        match upgraded.await {
            Ok(upgraded) => {
                let _counted = server.metrics.sockets.enter();
                let rate = server.config.rooms.max_message_rate;
                let socket = Socket::new(TokioIo::new(upgraded), rate).await;
                Session::new(server).run(socket).await;
            }
            Err(error) => tracing::debug!(%error, "no socket"),
        }
    });
    response
}
