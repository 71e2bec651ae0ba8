//! Recordings as they are listed, changed and watched.

mod api;
mod disposition;
mod json;
mod live;
mod media;
mod range;

use axum::{
    Router,
    routing::{get, post},
};

use crate::server::Server;

/// The routes of recordings.
pub fn routes() -> Router<Server> {
    let one = get(api::get).patch(api::change).delete(api::delete);
    Router::new()
        .route("/api/recordings", get(api::list))
        .route("/api/recordings/{id}", one)
        .route("/api/recordings/{id}/restore", post(api::restore))
        .route("/recordings/{id}/media", get(media::media))
}
