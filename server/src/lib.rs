//! Callreel's server: the built app, its API, and recordings.
//!
//! [`app`] is everything that answers a request and knows no socket; [`listen`] is everything
//! that knows sockets and no request.

pub mod assets;
pub mod auth;
pub mod blocking;
pub mod checksum;
pub mod clock;
pub mod config;
pub mod cross_origin;
pub mod error;
pub mod handshake;
pub mod headers;
pub mod health;
pub mod library;
mod linger;
pub mod listen;
pub mod metrics;
mod private;
pub mod query;
pub mod rate;
pub mod read_at;
pub mod record_socket;
pub mod recordings;
pub mod repair;
pub mod rooms;
pub mod segment;
pub mod server;
mod small_body;
pub mod spool;
pub mod store;
pub mod text;
pub mod tls;
pub mod tus;
pub mod uploads;

use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state, map_request},
    routing::get,
};

use crate::{
    assets::App,
    error::{Code, Error},
    headers::SecurityHeaders,
    server::Server,
};

/// Everything the server answers.
pub fn app(server: &Server) -> Router {
    let app = App::embedded();
    let security = SecurityHeaders::new(app.pages(), &server.config);
    let with_server = || server.clone();
    let api = Router::new()
        .merge(tus::routes(server))
        .merge(recordings::routes())
        .route("/ws/record", get(record_socket::upgrade))
        .route("/ws", get(rooms::upgrade))
        .route("/api/ice", get(rooms::ice))
        .route("/api/rooms/{name}", get(rooms::look))
        // Before the layers: a preflight comes with a method that the route does not take.
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(with_server(), rate::limit))
        // Around the limit: a page must be able to read that it asked too often.
        .layer(from_fn_with_state(with_server(), cross_origin::guard))
        .layer(from_fn(tus::say_version))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(health::healthz))
        .with_state(with_server());
    let routes = Router::new()
        .fallback(assets::serve)
        .with_state(app)
        .merge(api)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(security, headers::apply))
        .layer(from_fn_with_state(with_server(), metrics::watch));
    // A layer around a router runs when its route is found already; around a service, before.
    Router::new()
        .fallback_service(routes)
        .layer(map_request(async |mut request: Request| {
            tus::override_method(&mut request);
            request
        }))
}

async fn method_not_allowed() -> Error {
    Code::MethodNotAllowed.into()
}
