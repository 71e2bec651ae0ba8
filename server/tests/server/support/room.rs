//! People in rooms, over real sockets.

use std::{io::ErrorKind, net::TcpStream, time::Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Error, Message, WebSocket,
    client::{IntoClientRequest as _, client_with_config},
    protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode},
};

use super::{Server, wait::PATIENCE};

/// Somebody with a socket.
pub struct Person {
    pub socket: WebSocket<TcpStream>,
    pub id: String,
    pub session: String,
}

impl Person {
    pub fn connect(server: &Server) -> Self {
        Self::try_connect(server, None).expect("the socket opens")
    }

    /// As a page of an origin, or as a program.
    pub fn try_connect(server: &Server, origin: Option<&str>) -> Result<Self, String> {
        let url = format!("ws://{}/ws", server.address);
        let mut request = url.into_client_request().expect("it is an address");
        if let Some(origin) = origin {
            let origin = origin.parse().expect("it is a header");
            request.headers_mut().insert("origin", origin);
        }
        let config = WebSocketConfig::default()
            .max_frame_size(None)
            .max_message_size(None);
        let opened = client_with_config(request, server.connect(), Some(config));
        let (socket, _) = opened.map_err(|error| error.to_string())?;
        Ok(Self {
            socket,
            id: String::new(),
            session: String::new(),
        })
    }

    /// Connects and joins.
    #[track_caller]
    pub fn join(server: &Server, room: &str, name: &str) -> Self {
        let mut person = Self::connect(server);
        person.enter(json!({ "room": room, "name": name }));
        person
    }

    /// Joins, and gives back what was answered.
    #[track_caller]
    pub fn enter(&mut self, join: Value) -> Value {
        self.ask_in(join);
        let joined = self.hear("joined");
        let text = |name: &str| joined[name].as_str().expect("it is a text").to_owned();
        (self.id, self.session) = (text("peer_id"), text("session"));
        joined
    }

    /// Sends a `join` and does not look at what comes.
    pub fn ask_in(&mut self, mut join: Value) {
        join["type"] = "join".into();
        self.say(join);
    }

    pub fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string()));
    }

    /// Sends data to one, or to everybody else.
    pub fn tell(&mut self, to: Option<&str>, data: Value) {
        let mut message = json!({ "type": "message", "data": data });
        if let Some(to) = to {
            message["to"] = to.into();
        }
        self.say(message);
    }

    pub fn send(&mut self, message: Message) {
        self.socket.send(message).expect("the server listens");
    }

    /// The next thing the server says.
    #[track_caller]
    pub fn next(&mut self) -> Value {
        loop {
            match self.socket.read().expect("the server speaks") {
                Message::Text(text) => return serde_json::from_str(&text).expect("it is JSON"),
                Message::Close(frame) => panic!("the server closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The next thing the server says, which is of this type.
    #[track_caller]
    pub fn hear(&mut self, kind: &str) -> Value {
        let heard = self.next();
        assert_eq!(heard["type"], kind, "{heard}");
        heard
    }

    /// The next thing the server says, which is this message.
    #[track_caller]
    pub fn hear_message(&mut self, from: &str, data: Value) {
        let expected = json!({ "type": "message", "from": from, "data": data });
        assert_eq!(self.next(), expected);
    }

    #[track_caller]
    pub fn hear_error(&mut self, code: &str) {
        let heard = self.hear("error");
        assert_eq!(heard["code"], code, "{heard}");
        assert!(heard["message"].as_str().is_some_and(|it| !it.is_empty()));
    }

    /// Why the server closes, after whatever it says before.
    #[track_caller]
    pub fn hear_close(&mut self) -> (u16, Vec<Value>) {
        let mut said = Vec::new();
        loop {
            match self.socket.read().expect("the server closes properly") {
                Message::Text(text) => {
                    said.push(serde_json::from_str(&text).expect("it is JSON"));
                }
                Message::Close(frame) => {
                    let code = frame.map_or(1005, |frame| frame.code.into());
                    return (code, said);
                }
                _ => {}
            }
        }
    }

    /// Whether the connection ends, whatever comes before.
    pub fn is_cut(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            match self.socket.read() {
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return true,
                Ok(_) => {}
            }
        }
        false
    }

    /// Nothing was said up to now: what one says to oneself comes back first.
    #[track_caller]
    pub fn hears_nothing(&mut self) {
        let id = self.id.clone();
        self.tell(Some(&id), json!("nothing before this"));
        self.hear_message(&id, json!("nothing before this"));
    }

    /// Closes as a page does.
    pub fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).expect("the server listens");
        while self.socket.read().is_ok() {}
    }

    /// The connection breaks off.
    pub fn cut(self) {
        let stream = self.socket.get_ref();
        stream
            .shutdown(std::net::Shutdown::Both)
            .expect("it was open");
    }
}
