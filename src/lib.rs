//! Callreel in the browser: the pages, and what they do.
//!
//! Each page is a cargo feature, for each page is a build of its own.
//!
//! `studio::state` says what the studio knows and is pure; `studio::controller` has every effect;
//! the other files of `studio` show the state and call the controller.

pub mod app;
pub mod components;
#[cfg(any(feature = "recorder", feature = "call"))]
pub mod embed;
pub mod i18n;
#[cfg(feature = "library")]
pub mod library;
pub mod routes;
pub mod upload;
pub mod when;

#[cfg(any(
    feature = "studio",
    feature = "room",
    feature = "lab",
    feature = "recorder",
    feature = "call"
))]
pub mod convert;
#[cfg(feature = "lab")]
pub mod lab;
#[cfg(any(
    feature = "studio",
    feature = "room",
    feature = "lab",
    feature = "recorder",
    feature = "call"
))]
pub mod refusals;
#[cfg(any(feature = "room", feature = "call"))]
pub mod room;
#[cfg(feature = "studio")]
pub mod studio;
#[cfg(any(
    feature = "studio",
    feature = "room",
    feature = "recorder",
    feature = "call"
))]
pub mod take;

/// Smaller than the standard library's.
#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Draws the app into the page; a build without a page only has its exports.
pub fn start() {
    #[cfg(any(
        feature = "studio",
        feature = "library",
        feature = "room",
        feature = "lab"
    ))]
    app::mount();
}
