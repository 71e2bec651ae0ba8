//! Callreel in the browser: the pages, and what they do.
//!
//! `studio::state` says what the studio knows and is pure; `studio::controller` has every effect;
//! the other files of `studio` show the state and call the controller.

pub mod app;
pub mod components;
pub mod convert;
pub mod i18n;
pub mod routes;
pub mod studio;
pub mod take;

/// Draws the app into the page.
pub fn start() {
    app::mount();
}
