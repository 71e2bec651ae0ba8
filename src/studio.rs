//! The studio: choose devices, record, replay, download.

pub mod controller;
mod opening;
mod recording;
mod shelving;
mod sources;
pub mod state;
mod watch;

mod bounds;
mod constraints_form;
mod constraints_table;
mod devices;
mod messages;
mod page;
mod panel;
mod pickers;
mod player;
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
mod transport;

pub use page::StudioPage;

use controller::Studio;
use yew::prelude::*;

/// The controller of the page that this component is part of.
#[hook]
fn use_studio() -> Studio {
    use_context().expect("every part of the page is drawn inside the page, which provides this")
}
