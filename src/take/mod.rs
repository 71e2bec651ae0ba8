//! Takes: being made, and kept. No Yew here: the studio page and the exports share it.

pub mod live;
mod part;
pub mod record;
pub mod shelf;
