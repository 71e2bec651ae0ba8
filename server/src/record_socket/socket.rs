use std::{num::NonZeroU32, time::Duration};

use callreel_protocol::FromRecordSocket;
use futures_util::{SinkExt as _, StreamExt as _, stream::FusedStream as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        error::ProtocolError,
        protocol::{Role, WebSocketConfig},
    },
};

use super::{gate::Gate, pace::Pace};

/// Bytes of a message at most: some seconds of video, four times over for those that send it as
/// text.
const MAX_MESSAGE: usize = 16 << 20;
/// Bytes of a message at most before the first recording begins.
const MAX_SMALL: usize = 64 << 10;
/// Bytes read at once. A socket that carries a chunk a second needs no larger buffer.
const READ_BUFFER: usize = 16 << 10;
/// Bytes of answers that wait at most; a client that does not read them is cut.
const MAX_WAITING: usize = 64 << 10;
/// A client that does not take an answer for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

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
    /// More than may come at once.
    TooMuch,
    /// What is no WebSocket's frame.
    NoFrame,
    /// A text that is none.
    NoText,
    /// The client has left.
    Nothing,
}

impl From<tungstenite::Error> for Came {
    fn from(error: tungstenite::Error) -> Self {
        use tungstenite::Error;
        match error {
            Error::Capacity(_) => Self::TooMuch,
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Nothing,
            Error::Protocol(_) => Self::NoFrame,
            Error::Utf8(_) => Self::NoText,
            _ => Self::Nothing,
        }
    }
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
        let gate = Gate::new(io, MAX_SMALL);
        Self {
            stream: WebSocketStream::from_raw_socket(gate, Role::Server, Some(config)).await,
            pace: Pace::new(rate, Instant::now()),
        }
    }

    /// Lets media in: somebody records.
    pub fn open(&mut self) {
        self.stream.get_mut().open();
    }

    /// When something came last. A large message may take long on a thin line.
    pub fn heard(&self) -> Instant {
        self.stream.get_ref().heard()
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
                self.stream.get_mut().renew();
                Came::Message(message)
            }
            Some(Err(_)) if self.stream.get_ref().is_shut() => Came::TooMuch,
            Some(Err(error)) => error.into(),
            None => Came::Nothing,
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

    /// Waits a little for the client to close, after the last thing was said. Unread bytes would
    /// turn the end into a reset, which could overtake it.
    pub async fn end(mut self) {
        // However it ends, there is nothing more to be done for the client.
        let _ = timeout(FAREWELL, self.read_to_the_end()).await;
    }

    async fn read_to_the_end(&mut self) -> std::io::Result<()> {
        let mut is_broken = self.stream.is_terminated();
        while !is_broken {
            match self.stream.next().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => is_broken = true,
                // Both have said goodbye.
                None => return self.stream.get_mut().shutdown().await,
            }
        }
        // What comes can't be told apart any more.
        let gate = self.stream.get_mut();
        gate.open();
        let mut piece = vec![0; READ_BUFFER];
        while gate.read(&mut piece).await? > 0 {}
        gate.shutdown().await
    }
}
