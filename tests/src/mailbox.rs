//! Somebody else's server, which takes what a form posts.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use anyhow::{Context as _, Result};

use crate::port::free_port;

/// One file of a form (`multipart/form-data`, RFC 7578).
#[derive(Debug)]
pub struct Posted {
    /// The name of the field.
    pub field: String,
    /// The name of the file.
    pub file: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// Takes posts at any address of its origin, and keeps the last.
#[derive(Debug)]
pub struct Mailbox {
    url: String,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Mailbox {
    /// An empty one.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", free_port()))?;
        let url = format!("http://{}", listener.local_addr()?);
        let last = Arc::<Mutex<Vec<u8>>>::default();
        let box_of_it = Arc::clone(&last);
        // Ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming().map_while(std::result::Result::ok) {
                // A browser that opens a connection and says nothing on it, posts nothing.
                if let Ok(body) = take(client) {
                    *box_of_it.lock().unwrap_or_else(PoisonError::into_inner) = body;
                }
            }
        });
        Ok(Self { url, last })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The files of the form that came last, in its order.
    pub fn files(&self) -> Result<Vec<Posted>> {
        let body = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let line = body.iter().position(|byte| *byte == b'\r');
        let boundary = [b"\r\n", &body[..line.context("nothing was posted")?]].concat();
        // The first boundary has no line in front of it.
        let mut at = boundary.len() - 2;
        let mut files = Vec::new();
        while let Some(length) = find(&body[at..], &boundary) {
            let part = &body[at..at + length];
            let head = find(part, b"\r\n\r\n").context("a part has a head")?;
            let said = String::from_utf8_lossy(&part[..head]);
            files.push(Posted {
                field: quoted(&said, " name=").unwrap_or_default(),
                file: quoted(&said, " filename=").unwrap_or_default(),
                content: part[head + 4..].to_vec(),
            });
            at += length + boundary.len();
        }
        Ok(files)
    }
}

/// Reads one post and answers it; its body.
fn take(client: TcpStream) -> Result<Vec<u8>> {
    let mut reader = BufReader::new(client);
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse::<usize>()?);
        }
    }
    let mut body = vec![0; length.context("it has a body")?];
    reader.read_exact(&mut body)?;
    let thanks = "<!doctype html><title>Thank you</title>";
    write!(
        reader.get_mut(),
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{thanks}",
        thanks.len()
    )?;
    Ok(body)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|seen| seen == wanted)
}

fn quoted(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!("{name}\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}
