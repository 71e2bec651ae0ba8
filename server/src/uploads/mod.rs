//! Recordings that are being made: how bytes get into the spool, and what becomes of them.
//!
//! Nothing here knows HTTP's or the socket's words; `tus` and `record_socket` do, and both write
//! through a [`Writer`].

mod checked;
mod house;
mod length;
mod life;
mod quota;
mod receive;
mod removal;
mod sweep;
mod upload;
mod writer;

pub use life::{Ending, NewUpload, random_id};
pub use quota::Quota;
pub use upload::{Facts, Phase, Progress, Upload};
pub use writer::{Purpose, Writer};
