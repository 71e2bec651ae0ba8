//! A take on its way to the server, on virtual time.

mod answers;
mod any_order;
mod notes;
mod pace;
mod world;
