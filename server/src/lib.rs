//! Callreel's server: the built app, its API, and recordings.
//!
//! [`app`] is everything that answers a request and knows no socket; [`listen`] is everything
//! that knows sockets and no request.

pub mod assets;
pub mod config;
pub mod error;
pub mod headers;
pub mod health;
pub mod listen;
pub mod repair;

use axum::{Router, middleware, routing::get};

use crate::{assets::App, config::Config, error::Code, headers::SecurityHeaders};

/// Everything the server answers, for the given configuration.
pub fn app(config: &Config) -> Router {
    let app = App::embedded();
    let security = SecurityHeaders::new(app.index_html(), &config.allow_origin);
    Router::new()
        .route("/healthz", get(health::healthz))
        .fallback(assets::serve)
        .method_not_allowed_fallback(async || error::Error::from(Code::MethodNotAllowed))
        .with_state(app)
        .layer(middleware::from_fn_with_state(security, headers::apply))
}
