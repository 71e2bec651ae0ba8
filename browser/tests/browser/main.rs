//! What `callreel-browser` does in a real browser, a subject a file: one binary, because each starts a
//! browser of its own.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

mod long_take;
mod media;
mod recordings;
mod vault;

wasm_bindgen_test_configure!(run_in_browser);
