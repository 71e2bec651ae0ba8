//! Clients that do as little as possible, so that what is measured is the server.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::stream::Stream;
use crate::run::Result;

/// Bytes written at once.
const PIECE: usize = 256 << 10;

/// Runs so many clients at once, and says how long all of them took.
pub fn together(count: usize, client: impl Fn(usize) -> Result + Sync) -> Result<Duration> {
    let start = Instant::now();
    thread::scope(|scope| {
        let client = &client;
        let clients: Vec<_> = (0..count).map(|i| scope.spawn(move || client(i))).collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
    })?;
    Ok(start.elapsed())
}

/// Everything in one connection, then one byte back.
pub fn into_sink(address: &str, bytes: usize) -> Result {
    let mut stream = connect(address)?;
    write_stream(&mut stream, &mut Stream::new(), bytes)?;
    stream.shutdown(Shutdown::Write).map_err(failed)?;
    let mut answer = [0];
    stream.read_exact(&mut answer).map_err(failed)
}

/// An upload by tus: a creation, and one `PATCH`.
pub fn by_tus(address: &str, bytes: usize) -> Result {
    let mut upload = Upload::begin(address, bytes)?;
    upload.send(bytes)
}

/// An upload by tus that goes on as long as its owner likes.
pub struct Upload {
    stream: TcpStream,
    head: String,
    media: Stream,
    offset: usize,
    /// The path of the upload.
    pub path: String,
}

impl Upload {
    pub fn begin(address: &str, length: usize) -> Result<Self> {
        let mut stream = connect(address)?;
        let head = format!(
            "Host: {address}\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer benchmark\r\n"
        );
        let create = format!(
            "POST /uploads HTTP/1.1\r\n{head}Upload-Length: {length}\r\n\
             Upload-Metadata: filetype dmlkZW8vd2VibQ==\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(create.as_bytes()).map_err(failed)?;
        let answer = read_head(&mut stream)?;
        if answer
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked")
        {
            // The end of a body in which there is nothing.
            read_head(&mut stream)?;
        }
        let location = answer
            .lines()
            .find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("location").then_some(value)
            })
            .ok_or_else(|| format!("no upload was made: {answer}"))?;
        let at = location
            .find("/uploads/")
            .ok_or("the upload has no address")?;
        let path = location[at..].to_owned();
        Ok(Self {
            stream,
            head,
            media: Stream::new(),
            offset: 0,
            path,
        })
    }

    /// Sends the next bytes and waits until they are acknowledged.
    pub fn send(&mut self, bytes: usize) -> Result {
        self.begin_to_send(bytes)?;
        write_stream(&mut self.stream, &mut self.media, bytes)?;
        self.offset += bytes;
        self.acknowledged()
    }

    /// Sends the next bytes but for the last few, and gives back what sends those.
    pub fn send_almost(&mut self, bytes: usize, but: usize) -> Result {
        self.begin_to_send(bytes)?;
        self.offset += bytes;
        write_stream(&mut self.stream, &mut self.media, bytes - but)
    }

    /// Sends what [`send_almost`](Self::send_almost) left.
    pub fn send_rest(&mut self, but: usize) -> Result {
        write_stream(&mut self.stream, &mut self.media, but)
    }

    pub fn acknowledged(&mut self) -> Result {
        let answer = read_head(&mut self.stream)?;
        match answer.starts_with("HTTP/1.1 204") {
            true => Ok(()),
            false => Err(format!("the bytes were refused: {answer}")),
        }
    }

    fn begin_to_send(&mut self, bytes: usize) -> Result {
        let patch = format!(
            "PATCH {} HTTP/1.1\r\n{}Content-Type: application/offset+octet-stream\r\n\
             Upload-Offset: {}\r\nContent-Length: {bytes}\r\n\r\n",
            self.path, self.head, self.offset
        );
        self.stream.write_all(patch.as_bytes()).map_err(failed)
    }

    /// Asks for something on the same connection: the head of the answer, and its body.
    pub fn get(&mut self, path: &str, more: &str) -> Result<(String, Vec<u8>)> {
        let get = format!("GET {path} HTTP/1.1\r\n{}{more}\r\n", self.head);
        self.stream.write_all(get.as_bytes()).map_err(failed)?;
        let head = read_head(&mut self.stream)?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().ok())?
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body).map_err(failed)?;
        Ok((head, body))
    }
}

/// The naive way: JSON with a binary string, over a WebSocket.
pub fn naively(address: &str, bytes: usize) -> Result {
    /// Bytes of a chunk: about a second of video.
    const CHUNK: usize = 256 << 10;
    let mut stream = connect(address)?;
    let hello = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    stream.write_all(hello.as_bytes()).map_err(failed)?;
    read_head(&mut stream)?;
    // One chunk, encoded once: what is measured is the server.
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut media = Stream::new();
    while chunk.len() < CHUNK {
        let missing = CHUNK - chunk.len();
        chunk.extend_from_slice(media.next(missing));
    }
    let message = frame(&blob(&chunk));
    for _ in 0..bytes / CHUNK {
        stream.write_all(&message).map_err(failed)?;
    }
    stream
        .write_all(&frame("{\"event\":\"STOP_REC_BLOB\"}"))
        .map_err(failed)?;
    let mut answer = [0; 6];
    stream.read_exact(&mut answer).map_err(failed)
}

/// A chunk as the older vocabulary has it in text.
fn blob(bytes: &[u8]) -> String {
    let mut text = String::from("{\"event\":\"REC_BLOB\",\"blob\":\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            0..0x20 => text.push_str(&format!("\\u{byte:04x}")),
            _ => text.push(char::from(byte)),
        }
    }
    text + "\"}"
}

/// A text frame of a client (RFC 6455, section 5.2), masked by zeros, which change nothing.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | 127];
    frame.extend((text.len() as u64).to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

fn write_stream(stream: &mut TcpStream, media: &mut Stream, mut bytes: usize) -> Result {
    while bytes > 0 {
        let piece = media.next(bytes.min(PIECE));
        stream.write_all(piece).map_err(failed)?;
        bytes -= piece.len();
    }
    Ok(())
}

fn read_head(stream: &mut TcpStream) -> Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).map_err(failed)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

fn failed(error: std::io::Error) -> String {
    format!("a client failed: {error}")
}
