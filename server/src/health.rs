//! `GET /healthz`: is a Callreel server here, and which.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Answers `{"status":"ok","version":"…"}`, to pages of every origin: a studio on a static host
/// asks this to find the server it was pointed at.
pub async fn healthz() -> Response {
    let body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, body.to_string()).into_response()
}
