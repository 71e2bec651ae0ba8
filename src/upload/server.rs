//! The requests of an upload (tus 1.0.0, and PROTOCOL.md).

use callreel_browser::{DomError, http, owner, vault::Vault};
use callreel_engine::upload::{Answer, Request, UploadNote, metadata, title_json};
use web_sys::Blob;

/// The type of a body that carries bytes of an upload.
const BYTES: &str = "application/offset+octet-stream";

/// What the server is told of a take.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its title.
    pub title: String,
    /// Its type, with codecs.
    pub mime: String,
    /// Its length in ms, for formats that don't tell.
    pub duration_ms: Option<f64>,
    /// The room that it is made in, or empty.
    pub room: String,
    /// Whom it shows, or empty.
    pub participant: String,
    /// A small picture.
    pub picture: Option<Blob>,
    /// The host's leave to begin an upload, or empty.
    pub token: String,
}

/// Asks; `None` where no answer came.
pub async fn ask(
    vault: Vault,
    take: String,
    note: UploadNote,
    told: Told,
    request: Request,
) -> Option<Answer> {
    let is_look = request == Request::Look;
    if let (true, Some(picture)) = (is_look, &told.picture) {
        // Without it the library shows a picture of the type.
        let _ = to_api(&note, "PUT", "/poster")
            .blob(picture, "image/jpeg")
            .send()
            .await;
    }
    let heard_title = is_look && note.renamed && rename(&note, &title_json(&told.title)).await;
    let asked = send(&vault, &take, &note, &told, request).await.ok()?;
    let mut answer = Answer {
        status: asked.status,
        offset: number(&asked, "upload-offset"),
        length: number(&asked, "upload-length"),
        location: asked.header("location"),
        retry_after_ms: number(&asked, "retry-after").map(|seconds| seconds as f64 * 1_000.0),
        heard_title,
        ..Answer::default()
    };
    if is_look || !asked.is_ok() {
        answer.read_body(&asked.text().await.unwrap_or_default());
    }
    Some(answer)
}

/// Gives a recording another title; whether the server took it.
pub async fn rename(note: &UploadNote, title_json: &str) -> bool {
    let asked = to_api(note, "PATCH", "").json(title_json).send().await;
    asked.is_ok_and(|answer| answer.is_ok())
}

fn number(answer: &http::Answer, name: &str) -> Option<u64> {
    answer.header(name)?.trim().parse().ok()
}

async fn send(
    vault: &Vault,
    take: &str,
    note: &UploadNote,
    told: &Told,
    request: Request,
) -> Result<http::Answer, DomError> {
    let ready = match request {
        Request::Create { length } => {
            let name = [take, ".", &note.attempt.to_string()].concat();
            let pairs = [
                ("take", &*name),
                ("title", &told.title),
                ("mime_type", &told.mime),
                ("duration_ms", &told.duration_text()),
                ("room", &told.room),
                ("participant", &told.participant),
            ];
            let mut asked = to_uploads(note, "POST").header("upload-metadata", &metadata(&pairs));
            // A page that embeds the recorder has its own; elsewhere the person gave one.
            let given = Some(told.token.clone()).filter(|token| !token.is_empty());
            if let Some(token) = given.or_else(|| owner::upload_token(&note.server)) {
                asked = asked.header("upload-token", &token);
            }
            match length {
                Some(length) => asked.header("upload-length", &length.to_string()),
                None => asked.header("upload-defer-length", "1"),
            }
        }
        Request::Head => to_uploads(note, "HEAD"),
        Request::Patch { from, to, length } => {
            let piece = vault.piece(take, from, to).await?;
            let mut asked = to_uploads(note, "PATCH")
                .header("upload-offset", &from.to_string())
                .blob(&piece, BYTES);
            if let Some(length) = length {
                asked = asked.header("upload-length", &length.to_string());
            }
            let duration = metadata(&[("duration_ms", &told.duration_text())]);
            match duration.is_empty() {
                true => asked,
                false => asked.header("upload-metadata", &duration),
            }
        }
        Request::Look => to_api(note, "GET", ""),
    };
    ready.send().await
}

fn to_uploads(note: &UploadNote, method: &str) -> http::Request {
    let id = note.recording.as_deref().unwrap_or_default();
    let slash = if id.is_empty() { "" } else { "/" };
    let url = [note.server.trim_end_matches('/'), "/uploads", slash, id].concat();
    http::Request::new(method, url)
        .key(&note.key)
        .header("tus-resumable", "1.0.0")
}

fn to_api(note: &UploadNote, method: &str, rest: &str) -> http::Request {
    let id = note.recording.as_deref().unwrap_or_default();
    let url = [
        note.server.trim_end_matches('/'),
        "/api/recordings/",
        id,
        rest,
    ]
    .concat();
    http::Request::new(method, url).key(&note.key)
}

impl Told {
    fn duration_text(&self) -> String {
        self.duration_ms
            .map(|ms| (ms as u64).to_string())
            .unwrap_or_default()
    }
}
