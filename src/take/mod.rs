//! Takes: being made, and kept. No Yew here: the studio page and the exports share it.

pub mod live;
mod part;
pub mod shelf;

use callreel_browser::{
    DomError, recorder,
    take_file::{Ended, TakeFile},
    vault::{Record, Vault},
};
use callreel_engine::{
    formats::{self, Format, FormatOrder, Media},
    record::{RecordState, TakeRecord},
};

/// The format of that id, else the first in this order that the browser records; `None` where it
/// records nothing.
pub fn format(order: FormatOrder, wanted: Option<&str>, media: Media) -> Option<&'static Format> {
    formats::choose(order, wanted, media, is_supported)
}

/// All that the browser records, best first.
#[cfg(any(feature = "recorder", feature = "call"))]
pub fn formats(media: Media) -> Vec<&'static Format> {
    formats::offered(media, is_supported)
}

fn is_supported(mime: &str) -> bool {
    recorder::available() && recorder::is_supported(mime)
}

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

/// The file of a take that begins, with what is known of it: without that, one that is cut off
/// could not be recovered as what it is. Where it can't be made, nothing of it stays.
pub async fn begin(vault: &Vault, record: &TakeRecord) -> Result<TakeFile, DomError> {
    let id = &record.id;
    if !vault.claim(id).await? {
        return Err(DomError::new(
            "InvalidStateError",
            "the take's id is in use",
        ));
    }
    let made = async {
        let file = TakeFile::create(vault, id, record.is_webm()).await?;
        let kept = Record {
            id: id.clone(),
            json: record.to_json(),
            picture: None,
            head: None,
            name: None,
        };
        vault.put(&kept).await?;
        Ok(file)
    };
    let made = made.await;
    if made.is_err() {
        // An empty file that stays is removed on the next visit.
        let _ = vault.remove(id).await;
    }
    made
}
