//! What every page is built of. What keeps no state is a function that returns `Html`: a
//! component costs about a kilobyte of wasm.

pub mod button;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod meter;
pub mod notice;
mod number;
pub mod select;

pub use button::Button;
pub use dialog::Dialog;
pub use field::{NumberField, switch};
pub use icon::{Glyph, icon};
pub use meter::Meter;
pub use notice::{Note, Tone};
pub use number::number;
pub use select::{Choice, Select};
