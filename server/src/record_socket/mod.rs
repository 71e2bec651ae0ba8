//! `/ws/record`: the older vocabulary, for pages that can't speak tus. The same spool, the same
//! guarantees: an `ack` says that bytes are safe.

mod session;

use std::time::Duration;

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use callreel_protocol::FromRecordSocket;

use crate::{
    cross_origin,
    error::{Code, Error},
    server::Server,
};
use session::Session;

/// Bytes of a message at most: some seconds of video, four times over for those that send it as
/// text.
const MAX_MESSAGE: usize = 16 << 20;
/// Bytes read at once. A socket that carries a chunk a second needs no larger buffer.
const READ_BUFFER: usize = 16 << 10;
/// Bytes of answers that wait at most; a client that does not read them is cut.
const MAX_WAITING: usize = 64 << 10;
/// A client that does not take an answer for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Accepts a socket from a page of an allowed origin, or from a program.
pub async fn upgrade(
    State(server): State<Server>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A browser lets any page open a socket to anywhere, so this is the place to ask.
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| !cross_origin::is_trusted(&server, origin, &headers)) {
        return Error::from(Code::OriginNotAllowed).into_response();
    }
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WAITING)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(|socket| async move {
            let _counted = server.metrics.sockets.enter();
            Session::new(server).run(Socket(socket)).await;
        })
}

/// A socket that speaks the vocabulary.
struct Socket(WebSocket);

/// The client is gone.
struct Gone;

impl Socket {
    /// The next message; `None` once the client has left.
    async fn receive(&mut self) -> Option<Message> {
        self.0.recv().await?.ok()
    }

    async fn send(&mut self, message: &FromRecordSocket) -> Result<(), Gone> {
        let json = serde_json::to_string(message).expect("our own types are always JSON");
        self.send_frame(Message::text(json)).await
    }

    async fn send_frame(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_TIMEOUT, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}
