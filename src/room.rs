//! A room: people who see and hear each other.
//!
//! `state` says what is known, `controller` has the effects (with `entering`: the way in, `own` and
//! `opening`: what the person sends, `peers`: the connections, `talking`: what is told over them, and
//! `saying`), `face` draws it and
//! `page` has the app around that; in somebody else's page `embedder` says what that gives. The other
//! files are functions that show a part of the state, from a [`view::View`] of it.

pub mod controller;
pub mod embedder;
mod entering;
mod files;
pub mod name;
mod opening;
mod own;
mod peers;
mod receiving;
pub mod recording;
mod saying;
pub mod shared;
pub mod state;
mod talking;
mod uploading;

mod chat;
mod devices;
mod dock;
mod face;
mod green;
mod messages;
mod over;
#[cfg(feature = "room")]
mod page;
mod settle;
mod statistics;
mod tiles;
mod view;

pub use face::Face;
#[cfg(feature = "room")]
pub use page::RoomPage;
