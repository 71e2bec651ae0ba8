//! Takes: being made, and kept. No Yew here: the studio page and the exports share it.

pub mod live;
mod part;
pub mod shelf;

use callreel_browser::take_file::Ended;
use callreel_engine::record::{RecordState, TakeRecord};

/// Notes in the record how its file ended; gives the head to keep beside it. `elapsed_ms` stands
/// in where the file doesn't tell its length.
fn note_end(
    record: &mut TakeRecord,
    ended: Ended,
    state: RecordState,
    elapsed_ms: f64,
) -> Option<Vec<u8>> {
    record.state = state;
    record.media = ended.media;
    record.duration_ms = ended.duration_ms.unwrap_or(elapsed_ms);
    record.size = ended.size;
    ended.head
}
