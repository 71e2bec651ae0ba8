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
//! ```
//! # fn main() -> Result<(), callreel_webm::Error> {
//! # let mut file = include_bytes!("../tests/samples/chromium-opus.webm").to_vec();
//! use callreel_webm::{Index, Part};
//!
//! let mut index = Index::new();
//! let mut patches = index.push(&file)?;
//! let finished = index.finish()?;
//! patches.extend(finished.patches);
//! for patch in patches {
//!     let at = patch.offset as usize;
//!     file[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
//! }
//! let mut seekable = Vec::new();
//! for part in finished.layout.parts {
//!     match part {
//!         Part::Bytes(bytes) => seekable.extend(bytes),
//!         Part::Original(range) => {
//!             seekable.extend_from_slice(&file[range.start as usize..range.end as usize]);
//!         }
//!     }
//! }
//! assert_eq!(seekable.len() as u64, finished.layout.len);
//! # Ok(())
//! # }
//! ```
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
