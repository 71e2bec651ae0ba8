//! The recordings on the server: a list of one's own, and a player for one of them.
//!
//! `state` says what the page knows and is pure; `controller` has every effect; the other files
//! show the state and call the controller.

mod controller;
mod edge;
mod key;
mod link;
mod list;
mod page;
mod player;
mod share;
mod state;
mod uploading;
mod view;

pub use page::LibraryPage;
