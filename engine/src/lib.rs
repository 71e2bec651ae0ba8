//! What the client decides, apart from where it runs.
//!
//! Nothing here knows a browser, a clock or a file: time, randomness and answers of the browser
//! come in as arguments, decisions go out as values. So every rule is tested natively on virtual
//! time, and the browser layer stays a thin translation.
//!
//! Times are milliseconds as `f64`, on the scale of `performance.now()`, because that is what
//! every browser interface gives and takes.

pub mod call;
pub mod clock;
pub mod comparison;
pub mod constraints;
pub mod devices;
pub mod edge;
pub mod failures;
pub mod formats;
pub mod ice;
pub mod ice_test;
pub mod lab;
pub mod names;
pub mod record;
pub mod sdp;
pub mod settings;
pub mod silence;
pub mod storage;
pub mod take;
pub mod upload;

mod json;
mod nearest;
mod text;
mod tracks;
