//! Somebody with a key, who uploads and looks at recordings.

use std::{io::Write as _, net::TcpStream};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Response, Server, read_answer};

pub const TUS: &str = "Tus-Resumable: 1.0.0";
pub const BYTES: &str = "Content-Type: application/offset+octet-stream";

pub struct Owner<'s> {
    pub server: &'s Server,
    pub authorization: String,
}

impl<'s> Owner<'s> {
    pub fn new(server: &'s Server, key: &str) -> Self {
        Self {
            server,
            authorization: format!("Authorization: Bearer {key}"),
        }
    }

    /// A request with the key.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Response {
        let own = [self.authorization.as_str(), TUS];
        let headers: Vec<_> = own.iter().chain(headers).copied().collect();
        self.server.send(method, path, &headers, body)
    }

    /// As [`send`](Self::send), without a body.
    pub fn ask(&self, method: &str, path: &str) -> Response {
        let own = [self.authorization.as_str(), TUS];
        read_answer(self.server.begin(method, path, &own))
    }

    /// Begins an upload and gives its id. No length means that it comes later.
    #[track_caller]
    pub fn begin(&self, length: Option<usize>, metadata: &[(&str, &str)]) -> String {
        let length = match length {
            Some(length) => format!("Upload-Length: {length}"),
            None => "Upload-Defer-Length: 1".into(),
        };
        let metadata = metadata_header(metadata);
        let answer = self.send("POST", "/uploads", &[&length, &metadata], b"");
        assert_eq!(answer.status, 201, "{}", answer.text());
        id_of(&answer)
    }

    pub fn patch(&self, id: &str, offset: usize, headers: &[&str], bytes: &[u8]) -> Response {
        let offset = format!("Upload-Offset: {offset}");
        let headers: Vec<_> = [BYTES, &offset].iter().chain(headers).copied().collect();
        self.send("PATCH", &format!("/uploads/{id}"), &headers, bytes)
    }

    /// Begins to append `length` bytes, of which only some are sent.
    pub fn begin_patch(
        &self,
        id: &str,
        offset: usize,
        length: usize,
        headers: &[&str],
        sent: &[u8],
    ) -> TcpStream {
        let offset = format!("Upload-Offset: {offset}");
        let length = format!("Content-Length: {length}");
        let own = [self.authorization.as_str(), TUS, BYTES, &offset, &length];
        let headers: Vec<_> = own.iter().chain(headers).copied().collect();
        let path = format!("/uploads/{id}");
        let mut stream = self.server.begin("PATCH", &path, &headers);
        stream.write_all(sent).expect("the server reads");
        stream
    }

    /// Appends bytes, which must succeed.
    #[track_caller]
    pub fn append(&self, id: &str, offset: usize, bytes: &[u8]) {
        let answer = self.patch(id, offset, &[], bytes);
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert_eq!(
            answer.header("upload-offset"),
            (offset + bytes.len()).to_string()
        );
    }

    /// Uploads everything and gives the id.
    #[track_caller]
    pub fn upload(&self, bytes: &[u8], metadata: &[(&str, &str)]) -> String {
        let id = self.begin(Some(bytes.len()), metadata);
        self.append(&id, 0, bytes);
        id
    }

    pub fn head(&self, id: &str) -> Response {
        self.ask("HEAD", &format!("/uploads/{id}"))
    }

    /// How many bytes are safe.
    #[track_caller]
    pub fn offset(&self, id: &str) -> usize {
        let answer = self.head(id);
        assert_eq!(answer.status, 200);
        answer
            .header("upload-offset")
            .parse()
            .expect("it is a number")
    }

    #[track_caller]
    pub fn recording(&self, id: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/recordings/{id}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    #[track_caller]
    pub fn list(&self, query: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/recordings{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub fn media(&self, id: &str, query: &str) -> Response {
        self.ask("GET", &format!("/recordings/{id}/media{query}"))
    }

    /// The bytes as they were sent.
    #[track_caller]
    pub fn original(&self, id: &str) -> Vec<u8> {
        let answer = self.media(id, "?original=1");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.body
    }
}

pub fn metadata_header(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    format!("Upload-Metadata: {}", pairs.collect::<Vec<_>>().join(","))
}

/// The id in an answer's `Location`.
#[track_caller]
pub fn id_of(answer: &Response) -> String {
    let (_, id) = answer
        .header("location")
        .rsplit_once('/')
        .expect("it says where the upload is");
    id.to_owned()
}
