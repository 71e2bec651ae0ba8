//! Recordings as they are listed, changed and watched.

mod api;
mod disposition;
mod json;
mod live;
mod media;
mod poster;
mod range;

use axum::{
    Router,
    routing::{get, post, put},
};

use crate::server::Server;

/// The routes of recordings.
pub fn routes() -> Router<Server> {
    let one = get(api::get).patch(api::change).delete(api::delete);
    Router::new()
        .route("/api/recordings", get(api::list))
        .route("/api/recordings/{id}", one)
        .route("/api/recordings/{id}/restore", post(api::restore))
        .route("/api/recordings/{id}/poster", put(poster::put))
        .route("/recordings/{id}", get(api::watch))
        .route("/recordings/{id}/media", get(media::media))
        .route("/recordings/{id}/poster", get(poster::get))
}
