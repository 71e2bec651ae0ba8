//! Recordings put on the server by a page, as a program of somebody's own would.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{page::Page, serve::root};

/// Where the app keeps its owner key.
const KEPT_AS: &str = "callreel.owner";

const SEND: &str = r"
    const encoded = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
    const answer = await fetch(arg.path, {
        method: arg.method,
        headers: {
            'Authorization': `Bearer ${localStorage.getItem(arg.keptAs)}`,
            'Tus-Resumable': '1.0.0',
            'Content-Type': 'application/offset+octet-stream',
            ...(arg.title === undefined ? {} : { 'Upload-Metadata': `title ${encoded(arg.title)},filetype ${encoded('video/webm')}` }),
            ...arg.headers,
        },
        body: Uint8Array.from(atob(arg.bytes), c => c.charCodeAt(0)),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (answer.headers.get('location') ?? '').split('/').pop();";

/// A browser's recordings on the server.
#[derive(Debug)]
pub struct Shelf<'a>(pub &'a Page);

impl Shelf<'_> {
    /// Gives the browser an owner key.
    pub async fn own(&self, key: &str) -> Result<()> {
        let what = json!([KEPT_AS, key]);
        self.0
            .eval_with("localStorage.setItem(...arg)", &what)
            .await
    }

    /// Puts a whole recording on the server and gives its id.
    pub async fn put(&self, title: &str, bytes: &[u8]) -> Result<String> {
        let headers = json!({ "Upload-Length": bytes.len().to_string() });
        self.send("POST", "/uploads", Some(title), &headers, bytes)
            .await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        title: Option<&str>,
        headers: &serde_json::Value,
        bytes: &[u8],
    ) -> Result<String> {
        let mut what = json!({
            "method": method,
            "path": path,
            "headers": headers,
            "bytes": base64(bytes),
            "keptAs": KEPT_AS,
        });
        if let Some(title) = title {
            what["title"] = json!(title);
        }
        self.0.eval_with(SEND, &what).await
    }
}

/// One of the recordings that real browsers made.
pub fn sample(name: &str) -> Result<Vec<u8>> {
    let file = root().join("webm/tests/samples").join(name);
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Base64 with padding (RFC 4648, section 4), for a page's `atob`.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte));
        let number = number << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place > group.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    text
}
