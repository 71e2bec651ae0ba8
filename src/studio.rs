//! The studio: choose devices, record, replay, download.
//!
//! `state` says what is known and is pure, `controller` has every effect, `page` is the component.
//! The other files are functions that show a part of the state, from a [`view::View`] of it.

mod camera;
mod comparing;
pub mod controller;
mod holding;
mod losing;
mod opening;
mod recording;
mod screen;
mod shelving;
mod sources;
pub mod state;
mod unmet;
mod uploading;
mod watch;

mod bounds;
mod constraints_form;
mod constraints_table;
mod devices;
mod messages;
mod mounted;
mod page;
mod panel;
mod recording_form;
mod refusals;
mod server;
mod shortcuts;
mod slate;
mod stage;
mod stage_cards;
mod take_item;
mod takes;
mod text;
mod tools;
mod transport;
mod upload_form;
mod upload_line;
mod view;

pub use page::StudioPage;
