use std::{num::NonZeroU32, time::Duration};

use callreel_protocol::FromRecordSocket;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{Role, WebSocketConfig},
    },
};

use super::{gate::Gate, pace::Pace};

/// Bytes of a message at most: some seconds of video, four times over for those that send it as
/// text.
const MAX_MESSAGE: usize = 16 << 20;
/// Bytes that may come before somebody has registered.
const MAX_REGISTER: usize = 64 << 10;
/// Bytes read at once. A socket that carries a chunk a second needs no larger buffer.
const READ_BUFFER: usize = 16 << 10;
/// Bytes of answers that wait at most; a client that does not read them is cut.
const MAX_WAITING: usize = 64 << 10;
/// A client that does not take an answer for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// A socket that speaks the vocabulary.
pub struct Socket {
    stream: WebSocketStream<Gate<TokioIo<Upgraded>>>,
    pace: Pace,
}

/// The client is gone.
pub struct Gone;

/// What came.
pub enum Came {
    Message(Message),
    /// More than may come from somebody who has not registered.
    TooMuch,
    /// The client has left.
    Nothing,
}

impl Socket {
    /// On a connection that is upgraded already.
    pub async fn new(io: TokioIo<Upgraded>, rate: NonZeroU32) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_WAITING)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let gate = Gate::new(io, MAX_REGISTER);
        Self {
            stream: WebSocketStream::from_raw_socket(gate, Role::Server, Some(config)).await,
            pace: Pace::new(rate, Instant::now()),
        }
    }

    /// Lets media in: somebody has registered.
    pub fn open(&mut self) {
        self.stream.get_mut().open();
    }

    /// The next message, once it is due. May be dropped at any moment without losing one.
    pub async fn receive(&mut self) -> Came {
        let wait = self.pace.wait(Instant::now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
        match self.stream.next().await {
            Some(Ok(message)) => {
                self.pace.came(Instant::now());
                Came::Message(message)
            }
            Some(Err(_)) if self.stream.get_ref().is_shut() => Came::TooMuch,
            Some(Err(_)) | None => Came::Nothing,
        }
    }

    pub async fn send(&mut self, message: &FromRecordSocket) -> Result<(), Gone> {
        let json = serde_json::to_string(message).expect("our own types are always JSON");
        self.send_frame(Message::text(json)).await
    }

    pub async fn send_frame(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(SEND_TIMEOUT, self.stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}
