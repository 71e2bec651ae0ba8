//! `WebSocket` for text, as a handle whose events go to one callback (WebSockets).

use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, WebSocket};

use crate::{DomError, Listener, page};

/// The code of a socket that is dropped: a goodbye is a message of its own, so that another socket
/// can take over (WebSocket protocol, section 7.4.2).
const GIVEN_UP: u16 = 4000;

/// What a socket tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It can send.
    Opened,
    /// It brought a text.
    Text(String),
    /// It is over, whoever ended it. Nothing follows.
    Closed,
}

/// An open socket, or one that opens; dropping it closes it, and nothing is told any more.
#[must_use = "dropping the socket closes it"]
pub struct Socket {
    raw: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Begins to open a socket to a path of a server; `base` is "" for the page's own.
    pub fn open(
        base: &str,
        path: &str,
        tell: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, DomError> {
        let raw = WebSocket::new(&address(base, path)?)?;
        let (opened, closed) = (tell.clone(), tell.clone());
        let listeners = [
            Listener::new(&raw, "open", move |_| opened(SocketEvent::Opened)),
            Listener::new(&raw, "message", move |event| {
                let event: &MessageEvent = event.unchecked_ref();
                // Binary frames are no part of this protocol.
                if let Some(text) = event.data().as_string() {
                    tell(SocketEvent::Text(text));
                }
            }),
            Listener::new(&raw, "close", move |_| closed(SocketEvent::Closed)),
        ];
        Ok(Self {
            raw,
            _listeners: listeners,
        })
    }

    /// Sends a text. On a socket that is not open any more it is lost.
    pub fn send(&self, text: &str) {
        // It throws only while the socket is opening, when nobody has been told to send yet.
        let sent = self.raw.send_with_str(text);
        debug_assert!(sent.is_ok(), "the socket is still opening");
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let closed = self.raw.close_with_code(GIVEN_UP);
        debug_assert!(closed.is_ok(), "the code is one of an application's");
    }
}

/// The `ws:` or `wss:` address of a path.
fn address(base: &str, path: &str) -> Result<String, DomError> {
    let origin = match base.trim_end_matches('/') {
        "" => page::window().location().origin()?,
        base => base.to_owned(),
    };
    let rest = origin.strip_prefix("http").unwrap_or(&origin);
    Ok(["ws", rest, path].concat())
}
