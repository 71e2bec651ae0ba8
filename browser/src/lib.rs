//! Owned wrappers over the browser's interfaces: what is taken from the browser is a value here,
//! and dropping the value gives it back. No Yew; `JsValue` stays inside.
//!
//! Failures come as [`DomError`]; what they mean for a person is decided elsewhere.

mod error;

pub mod audio;
pub mod blob;
pub mod codecs;
pub mod compositor;
pub mod devices;
pub mod gallery;
pub mod http;
pub mod js;
pub mod lock;
pub mod media;
pub mod owner;
pub mod page;
pub mod peer;
pub mod picture;
pub mod player;
pub mod recorder;
pub mod recordings;
pub mod rest;
pub mod socket;
pub mod stats;
pub mod stepwise;
pub mod take_file;
pub mod test_picture;
pub mod ticker;
pub mod transfer;
pub mod vault;

pub use error::{Details, DomError};

/// Listens until it is dropped.
pub use gloo::events::EventListener as Listener;
