use callreel_protocol::FromRecordSocket;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::socket::{Gone, Socket};
use crate::error::{Code, Error};

/// Why a session ends.
pub enum End {
    /// Nobody is listening any more.
    Gone,
    /// For this reason, and closed with this code (RFC 6455, section 7.4).
    Refused(Error, CloseCode),
}

/// What came breaks the WebSocket protocol.
pub fn broken(close: CloseCode) -> End {
    let why = "What came is no message of a WebSocket.";
    End::Refused(Error::new(Code::Malformed, why), close)
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl<E: Into<Error>> From<E> for End {
    fn from(error: E) -> Self {
        let error = error.into();
        let close = match error.code {
            Code::ShuttingDown => CloseCode::Away,
            Code::Internal => CloseCode::Error,
            Code::BodyTooLarge => CloseCode::Size,
            _ => CloseCode::Policy,
        };
        Self::Refused(error, close)
    }
}

/// Says why, closes, and waits for the client to close.
pub async fn refuse(mut socket: Socket, error: Error, code: CloseCode) {
    let reason = error.code.as_str().into();
    let message = FromRecordSocket::Error {
        code: error.code,
        message: error.message,
    };
    let close = Message::Close(Some(CloseFrame { code, reason }));
    // Nobody may be listening any more.
    if socket.send(&message).await.is_ok() && socket.send_frame(close).await.is_ok() {
        socket.end().await;
    }
}
