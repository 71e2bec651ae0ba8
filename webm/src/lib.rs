//! Reads a growing WebM (Matroska, RFC 9559) and says how to make it seekable.
//!
//! A browser's `MediaRecorder` writes a file that it can never go back into: no duration, no
//! index, sizes left open. This crate is fed the bytes as they come and keeps header facts and
//! one small entry per cue, so at any moment it can say what the finished file looks like: a new
//! head, followed by the clusters as they were recorded ([`Layout`]), and a few bytes to overwrite
//! in place ([`Patch`]). Nothing is ever rewritten as a whole.
//!
//! - [`Index`] follows one file, live or read back from a disk, whole or cut short.
//! - [`TakeWriter`] grows one file out of several recorders' outputs.
//!
//! There is no IO in here, no clock and no dependency: the browser and the server bring both.

mod block;
mod cues;
mod ebml;
mod error;
mod head;
mod ids;
mod index;
mod layout;
mod patch;
mod reader;
mod source;
mod take;

pub use error::Error;
pub use head::{Track, TrackKind};
pub use index::Index;
pub use layout::{Finished, Layout, Part, Report};
pub use patch::{Patch, PatchBytes};
pub use take::{Join, TakeWriter, Write};
