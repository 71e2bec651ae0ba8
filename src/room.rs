//! A room: people who see and hear each other.
//!
//! `state` says what is known, `controller` has the effects (with `own`: what the person sends,
//! and `peers`: the connections), `page` is the component. The other files are functions that show
//! a part of the state, from a [`view::View`] of it.

pub mod controller;
mod files;
mod name;
mod own;
mod peers;
mod recording;
pub mod state;
mod uploading;

mod chat;
mod devices;
mod dock;
mod green;
mod messages;
mod over;
mod page;
mod settle;
mod statistics;
mod tiles;
mod view;

pub use page::RoomPage;
