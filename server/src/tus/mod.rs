//! tus 1.0.0 at `/uploads`, with creation, creation-with-upload, creation-defer-length, checksum,
//! termination and expiration (<https://tus.io/protocols/resumable-upload>).
//!
//! Its own reader of a dozen headers; ARCHITECTURE.md says why no library does it.

mod create;
mod headers;
mod metadata;
mod patch;
mod resume;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use callreel_protocol::{RecordingId, tus};

use crate::{
    clock,
    error::{Code, Error, Result},
    linger::linger,
    server::Server,
    store::Store,
    uploads::Upload,
};

/// The routes of uploads.
pub fn routes(server: &Server) -> Router<Server> {
    let uploads = post(create::create).options(options);
    let one = axum::routing::patch(patch::patch)
        .head(resume::head)
        .delete(resume::delete)
        .options(options);
    Router::new()
        .route("/uploads", uploads.clone())
        .route("/uploads/", uploads)
        .route("/uploads/{id}", one)
        .layer(middleware::from_fn_with_state(server.clone(), speak_tus))
}

/// What is the same for all requests: which version they must be of, and that nobody keeps the
/// answer.
async fn speak_tus(State(server): State<Server>, request: Request, next: Next) -> Response {
    let version = request.headers().get(tus::TUS_RESUMABLE);
    let is_known = version.is_some_and(|version| version == tus::VERSION);
    let mut response = if is_known || request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        let (parts, body) = request.into_parts();
        linger(body, &parts.headers).await;
        let (name, value) = headers::with_text(tus::TUS_VERSION, tus::VERSION);
        let error = Error::from(Code::TusVersion);
        error.with_header(name, value).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let max = max_size(&server);
        response.headers_mut().extend([max]);
    }
    response
}

/// Adds the version to every answer about an upload (tus 1.0.0, Core), also to one that no upload
/// knows of, such as that there are too many requests.
pub async fn say_version(request: Request, next: Next) -> Response {
    let is_upload = is_upload(request.uri().path());
    let mut response = next.run(request).await;
    if is_upload {
        let (name, value) = headers::with_text(tus::TUS_RESUMABLE, tus::VERSION);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Whether a path is of an upload.
pub fn is_upload(path: &str) -> bool {
    path.strip_prefix("/uploads")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `X-HTTP-Method-Override` (tus 1.0.0, Core): the method that the client means. It must be known
/// before the route is looked for.
pub fn override_method(request: &mut Request) {
    if request.method() != Method::POST || !request.uri().path().starts_with("/uploads/") {
        return;
    }
    let name = HeaderName::from_static("x-http-method-override");
    let meant = request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    let known = [Method::PATCH, Method::DELETE, Method::HEAD];
    if let Some(method) = known
        .into_iter()
        .find(|known| Some(known.as_str()) == meant)
    {
        *request.method_mut() = method;
    }
}

/// What the server can do.
async fn options(State(server): State<Server>) -> Response {
    let headers = [
        headers::with_text(tus::TUS_VERSION, tus::VERSION),
        headers::with_text(tus::TUS_EXTENSION, tus::EXTENSIONS),
        headers::with_text(tus::TUS_CHECKSUM_ALGORITHM, tus::CHECKSUM_ALGORITHMS),
        max_size(&server),
    ];
    (StatusCode::NO_CONTENT, HeaderMap::from_iter(headers)).into_response()
}

fn max_size(server: &Server) -> (HeaderName, HeaderValue) {
    let max = server.config.recordings.max_recording_bytes.0;
    headers::with_number(tus::TUS_MAX_SIZE, max)
}

/// The id in a path. Whatever is no id names nothing.
fn id(text: &str) -> Result<RecordingId> {
    text.parse().map_err(|_| Code::NotFound.into())
}

/// When an upload is given up (tus 1.0.0, Expiration).
fn expires(store: &Store, upload: &Upload) -> (HeaderName, HeaderValue) {
    let at = upload.facts().touched_at + store.settings.upload_expiry.as_millis();
    let name = HeaderName::from_static(tus::UPLOAD_EXPIRES);
    (name, clock::http_date(at))
}
