//! Recorders that speak the older vocabulary, over real sockets.

use std::{io::Write as _, net::TcpStream};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message, WebSocket, client::IntoClientRequest as _, protocol::WebSocketConfig,
};

use super::Server;

/// A recorder's socket.
pub struct Socket(pub WebSocket<TcpStream>);

impl Socket {
    pub fn open(server: &Server) -> Self {
        Self::try_open(server, None).expect("the socket opens")
    }

    /// As a page of an origin, or as a program.
    pub fn try_open(server: &Server, origin: Option<&str>) -> Result<Self, String> {
        let url = format!("ws://{}/ws/record", server.address);
        let mut request = url.into_client_request().expect("it is an address");
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().expect("it is a header"));
        }
        let config = WebSocketConfig::default()
            .max_frame_size(None)
            .max_message_size(None);
        let opened = tokio_tungstenite::tungstenite::client::client_with_config(
            request,
            server.connect(),
            Some(config),
        );
        opened
            .map(|(socket, _)| Self(socket))
            .map_err(|error| error.to_string())
    }

    pub fn say(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .expect("the server listens");
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0
            .send(Message::binary(bytes.to_vec()))
            .expect("the server listens");
    }

    /// The next thing the server says.
    #[track_caller]
    pub fn hear(&mut self) -> Value {
        loop {
            match self.0.read().expect("the server speaks") {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("it is JSON");
                }
                Message::Close(_) => panic!("the server closed"),
                _ => {}
            }
        }
    }

    /// Waits until so many bytes are safe.
    #[track_caller]
    pub fn hear_ack(&mut self, offset: usize) {
        loop {
            let heard = self.hear();
            assert_eq!(heard["event"], "ack", "{heard}");
            if heard["offset"] == offset {
                return;
            }
        }
    }

    #[track_caller]
    pub fn hear_error(&mut self, code: &str) {
        let heard = self.hear();
        assert_eq!(
            (&heard["event"], &heard["code"]),
            (&"error".into(), &code.into()),
            "{heard}"
        );
        assert!(heard["message"].as_str().is_some_and(|it| !it.is_empty()));
    }

    /// What the server says last, and the code that it closes with.
    #[track_caller]
    pub fn hear_end(&mut self, code: &str, close: u16) {
        self.hear_error(code);
        loop {
            match self.0.read().expect("the server closes properly") {
                Message::Close(frame) => {
                    let heard = frame.map_or(1005, |frame| frame.code.into());
                    return assert_eq!(heard, close, "{code}");
                }
                Message::Ping(_) => {}
                other => panic!("after the end came {other}"),
            }
        }
    }

    /// Sends bytes that the library would not.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let sent = self.0.get_mut().write_all(bytes);
        sent.expect("the server listens");
    }

    #[track_caller]
    pub fn register(&mut self, more: Value) -> (String, String, usize) {
        let mut message = json!({ "event": "register", "name": "a take" });
        for (name, value) in more.as_object().expect("it is an object") {
            message[name] = value.clone();
        }
        self.say(message);
        let heard = self.hear();
        assert_eq!(heard["event"], "registered", "{heard}");
        let text = |name: &str| heard[name].as_str().expect("it is a text").to_owned();
        (
            text("id"),
            text("key"),
            heard["offset"].as_u64().expect("it is a number") as usize,
        )
    }
}

/// A text with one code point for each byte.
pub fn blob(bytes: &[u8]) -> Value {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    json!({ "event": "REC_BLOB", "blob": text })
}
