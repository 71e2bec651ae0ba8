//! The lab: a call from the page to itself, step by step, and a test of ICE servers.
//!
//! `state` says what is known, `controller` has the effects (with `servers`: the test), `page` is
//! drawn by functions of a [`view::View`], one file a part.

pub mod controller;
mod servers;
pub mod state;

mod candidates;
mod codecs;
mod descriptions;
mod events;
mod page;
mod server_form;
mod side;
mod steps;
mod view;

pub use page::LabPage;
