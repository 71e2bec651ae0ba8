//! What every page is built of: functions that return elements.
//!
//! They build Yew's own nodes through [`El`] rather than `html!`, and only a page is a component.
//! The macro's code and a component's are written out anew at each use; measured on the studio,
//! that was 60 KB of the compressed first load, which may be 150 in all.

mod button;
mod dialog;
mod el;
mod field;
mod icon;
mod note;
mod number;
mod select;

pub use button::Button;
pub use dialog::{dialog, show_dialog};
pub use el::{El, el, list, nothing, text};
pub use field::{NumberField, switch, sync_fields};
pub use icon::{Glyph, icon};
pub use note::{Note, Tone};
pub use number::number;
pub use select::{Choice, Select};
