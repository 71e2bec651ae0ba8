//! `GET /healthz`: is a Callreel server here, and which.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{config::Uploads, server::Server};

/// Answers `{"status":"ok","version":"…","uploads":"…"}`, to pages of every origin: a studio on a
/// static host asks this to find the server it was pointed at, and whether it takes recordings.
pub async fn healthz(State(server): State<Server>) -> Response {
    let uploads = match server.uploads {
        Uploads::Open => "open",
        Uploads::Token => "token",
        Uploads::Off => "off",
    };
    let version = env!("CARGO_PKG_VERSION");
    let body = json!({ "status": "ok", "version": version, "uploads": uploads });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, body.to_string()).into_response()
}
