//! As much of a WebSocket client (RFC 6455) as a measurement needs.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::run::Result;

/// A socket that waits.
pub struct WebSocket {
    stream: TcpStream,
    /// What was read and not taken yet.
    buffer: Vec<u8>,
    at: usize,
}

/// A text frame of a client, masked by zeros, which change nothing.
pub fn frame(text: &str) -> Vec<u8> {
    masked(0x81, text.as_bytes())
}

fn masked(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![head];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..0x1_0000 => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

impl WebSocket {
    pub fn open(address: &str, path: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).map_err(failed)?;
        let hello = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
             Sec-WebSocket-Version: 13\r\n\r\n"
        );
        stream.write_all(hello.as_bytes()).map_err(failed)?;
        let mut socket = Self {
            stream,
            buffer: Vec::new(),
            at: 0,
        };
        let end = loop {
            let found = socket.buffer.windows(4).position(|it| it == b"\r\n\r\n");
            match found {
                Some(at) => break at + 4,
                None => socket.fill()?,
            }
        };
        if !socket.buffer.starts_with(b"HTTP/1.1 101") {
            let answer = String::from_utf8_lossy(&socket.buffer[..end]);
            return Err(format!("no socket was opened: {answer}"));
        }
        socket.at = end;
        Ok(socket)
    }

    pub fn send(&mut self, frame: &[u8]) -> Result {
        self.stream.write_all(frame).map_err(failed)
    }

    /// Waits for the next text frame.
    pub fn next(&mut self) -> Result<&str> {
        loop {
            let (kind, start, end) = self.wait_for_frame()?;
            self.at = end;
            match kind {
                1 => {
                    let text = str::from_utf8(&self.buffer[start..end]);
                    return text.map_err(|_| "a text is none".into());
                }
                9 => self.send(&masked(0x8a, &[]))?,
                8 => return Err("the server closed a socket".into()),
                _ => {}
            }
        }
    }

    /// Kind, beginning and end of the next frame, which is whole.
    fn wait_for_frame(&mut self) -> Result<(u8, usize, usize)> {
        loop {
            if let [first, second, rest @ ..] = &self.buffer[self.at..] {
                let number = |bytes: &[u8]| {
                    let add = |sum, byte: &u8| sum << 8 | usize::from(*byte);
                    bytes.iter().fold(0, add)
                };
                let (head, length) = match (second & 127, rest) {
                    (126, [a, b, ..]) => (4, Some(number(&[*a, *b]))),
                    (127, eight) if eight.len() >= 8 => (10, Some(number(&eight[..8]))),
                    (126 | 127, _) => (2, None),
                    (length, _) => (2, Some(usize::from(length))),
                };
                let start = self.at + head;
                match length.map(|length| start + length) {
                    Some(end) if end <= self.buffer.len() => return Ok((first & 15, start, end)),
                    _ => {}
                }
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result {
        self.buffer.drain(..self.at);
        self.at = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + 4096, 0);
        let read = self
            .stream
            .read(&mut self.buffer[filled..])
            .map_err(failed)?;
        self.buffer.truncate(filled + read);
        match read {
            0 => Err("the server cut a socket".into()),
            _ => Ok(()),
        }
    }
}

fn failed(error: std::io::Error) -> String {
    format!("a socket failed: {error}")
}
