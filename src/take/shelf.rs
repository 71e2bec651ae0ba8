//! Takes that are kept: listed, brought to an end, opened, renamed, deleted.

use callreel_browser::{
    DomError,
    blob::ObjectUrl,
    rest, take_file,
    vault::{Record, Vault},
};
use callreel_engine::record::{RecordState, TakeRecord};
use web_sys::Blob;

use super::note_end;

/// A take that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What is known of it.
    pub record: TakeRecord,
    /// A small picture.
    pub picture: Option<Blob>,
}

/// What the vault holds.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Newest first.
    pub takes: Vec<Kept>,
    /// The takes of earlier visits that were brought to an end just now.
    pub recovered: Vec<TakeRecord>,
    /// Takes whose bytes the browser has lost.
    pub damaged: Vec<TakeRecord>,
    /// Why a take could not be brought to its end, or not all of it be kept. It is listed as it
    /// stands, and the next visit tries again.
    pub trouble: Option<DomError>,
}

impl Shelf {
    fn add(&mut self, take: Kept) {
        let at = self
            .takes
            .partition_point(|known| known.record.created_at > take.record.created_at);
        self.takes.insert(at, take);
    }
}

/// Lists the takes. One that no page is making any more is brought to an end first; one with which
/// that fails keeps none of the others from being listed.
pub async fn load(vault: &Vault) -> Result<Shelf, DomError> {
    let mut records = vault.records().await?;
    let mut shelf = Shelf::default();
    for (id, size) in vault.list().await? {
        let stored = records
            .iter()
            .position(|record| record.id == id)
            .map(|at| records.swap_remove(at));
        let mut picture = stored.as_ref().and_then(|stored| stored.picture.clone());
        let mut record = known(&id, stored);
        if record.state == RecordState::Recording {
            match end(vault, &id).await {
                Ok(Ended::Elsewhere) => {}
                Ok(Ended::Before(kept)) => Kept { record, picture } = kept,
                Ok(Ended::Recovered(kept, trouble)) => {
                    Kept { record, picture } = kept;
                    shelf.recovered.push(record.clone());
                    shelf.trouble = shelf.trouble.or(trouble);
                }
                Ok(Ended::Empty) => continue,
                Err(error) => {
                    record.state = RecordState::Recovered;
                    record.size = size;
                    shelf.trouble = shelf.trouble.or(Some(error));
                }
            }
        }
        shelf.add(Kept { record, picture });
    }
    for lost in records {
        let id = lost.id.clone();
        shelf.damaged.push(known(&id, Some(lost)));
        // What can't be removed now is found again.
        shelf.trouble = shelf.trouble.or(vault.remove(&id).await.err());
    }
    Ok(shelf)
}

/// A file without a readable record is a take all the same.
fn known(id: &str, stored: Option<Record>) -> TakeRecord {
    let mut record = stored
        .map(|stored| TakeRecord::from_json(&stored.json).named(stored.name))
        .unwrap_or_default();
    record.id = id.to_owned();
    record
}

enum Ended {
    /// Another page is making it.
    Elsewhere,
    /// Another page has brought it to its end meanwhile.
    Before(Kept),
    /// Here and now; the error says why that is not kept.
    Recovered(Kept, Option<DomError>),
    Empty,
}

async fn end(vault: &Vault, id: &str) -> Result<Ended, DomError> {
    if !vault.claim(id).await? {
        return Ok(Ended::Elsewhere);
    }
    let ended = end_claimed(vault, id).await;
    if ended.is_err() {
        // Were it to stay open, no page could try again.
        let _ = vault.close(id).await;
    }
    // The claim ends with the page at the latest.
    let _ = vault.release(id).await;
    ended
}

async fn end_claimed(vault: &Vault, id: &str) -> Result<Ended, DomError> {
    // What was known before it was claimed may be out of date.
    let size = vault.size(id).await?;
    let stored = vault.records().await?.into_iter().find(|it| it.id == id);
    let picture = stored.as_ref().and_then(|stored| stored.picture.clone());
    let mut record = known(id, stored);
    if record.state != RecordState::Recording {
        return Ok(Ended::Before(Kept { record, picture }));
    }
    rest::loaded().await?;
    let ended = match record.is_webm() {
        // Nothing is opened for it, which would want room on the disk.
        _ if size == 0 => None,
        true => take_file::recover(vault, id).await?,
        false => Some(take_file::as_it_is(size)),
    };
    let Some(ended) = ended else {
        vault.remove(id).await?;
        return Ok(Ended::Empty);
    };
    let head = note_end(&mut record, ended, RecordState::Recovered, 0.0);
    let kept = vault
        .keep(&Record {
            id: id.to_owned(),
            json: record.to_json(),
            picture: picture.clone(),
            head,
            name: None,
        })
        .await;
    Ok(Ended::Recovered(Kept { record, picture }, kept.err()))
}

/// The finished, seekable file of a take, without reading it.
pub async fn file(vault: &Vault, record: &TakeRecord) -> Result<Blob, DomError> {
    let head = stored(vault, &record.id).await?.head;
    take_file::assemble(
        vault,
        &record.id,
        head.as_deref(),
        &record.media,
        &record.mime,
    )
    .await
}

/// As [`file`], with an address for it.
pub async fn address(vault: &Vault, record: &TakeRecord) -> Result<ObjectUrl, DomError> {
    ObjectUrl::new(&file(vault, record).await?)
}

/// What is known of one take.
pub async fn record(vault: &Vault, id: &str) -> Result<TakeRecord, DomError> {
    Ok(known(id, Some(stored(vault, id).await?)))
}

/// A take that is kept.
pub async fn kept(vault: &Vault, id: &str) -> Result<Kept, DomError> {
    let stored = stored(vault, id).await?;
    Ok(Kept {
        picture: stored.picture.clone(),
        record: known(id, Some(stored)),
    })
}

async fn stored(vault: &Vault, id: &str) -> Result<Record, DomError> {
    let stored = vault.records().await?;
    stored
        .into_iter()
        .find(|stored| stored.id == id)
        .ok_or_else(|| DomError::new("NotFoundError", "this take is gone"))
}

/// Gives a take another title.
pub async fn rename(vault: &Vault, id: &str, title: &str) -> Result<Kept, DomError> {
    vault.rename(id, title).await?;
    kept(vault, id).await
}
