//! A take's file in the vault: grown chunk by chunk, followed as it grows, and brought to its end
//! without being read or copied.

use callreel_webm::{Error, Finished, Index, Part, TakeWriter, Write};
use js_sys::{Array, Uint8Array};
use web_sys::Blob;

use crate::{
    DomError,
    blob::{self, slice},
    vault::Vault,
};

/// No WebM that tells what is in it is shorter, in bytes.
const HEADER: u64 = 64;

/// A file that grows.
pub struct TakeFile {
    vault: Vault,
    id: String,
    form: Form,
    first_part: bool,
    /// Bytes from the beginning that never change again.
    closed: u64,
    /// The vault has refused bytes: what comes after them would not fit on.
    refused: bool,
}

/// What is known of the file's inside.
enum Form {
    /// Understood.
    Webm(Box<TakeWriter>),
    /// Kept as it comes: not WebM.
    Raw { bytes: u64 },
    /// WebM that can no longer be followed; it is read anew at the end.
    Lost,
}

/// A finished file: `head` first, then the parts of the vault's file that `media` names.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The new head; `None` where the file is used as it is.
    pub head: Option<Vec<u8>>,
    /// Byte ranges in the vault's file; empty where the file is used as it is.
    pub media: Vec<(u64, u64)>,
    /// Length in ms; `None` where the file doesn't tell.
    pub duration_ms: Option<f64>,
    /// Bytes, head included.
    pub size: u64,
}

/// Why bytes were not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteError {
    /// They can't be followed, or not be joined to what is there; a stable code. The file so far
    /// stays good.
    Unreadable(&'static str),
    /// The vault could not keep them; the file is what it was.
    Vault(DomError),
}

impl TakeFile {
    /// Makes the file. The take has to be claimed before.
    pub async fn create(vault: &Vault, id: &str, is_webm: bool) -> Result<Self, DomError> {
        vault.open(id).await?;
        Ok(Self {
            vault: vault.clone(),
            id: id.to_owned(),
            form: match is_webm {
                true => Form::Webm(Box::default()),
                false => Form::Raw { bytes: 0 },
            },
            first_part: true,
            closed: 0,
            refused: false,
        })
    }

    /// Appends a recorder's next bytes; returns when they are durable, with the bytes appended.
    pub async fn push(&mut self, bytes: Vec<u8>) -> Result<u64, WriteError> {
        if self.refused {
            return Ok(0);
        }
        let write = match &mut self.form {
            Form::Webm(writer) => match writer.push(&bytes) {
                Ok(write) => write,
                Err(error) => {
                    self.form = Form::Lost;
                    self.push_unread(bytes).await?;
                    return Err(WriteError::Unreadable(error.code()));
                }
            },
            Form::Raw { .. } => plain(bytes),
            Form::Lost => return self.push_unread(bytes).await,
        };
        self.append(&write).await
    }

    /// What can't be followed may still be read in the end, if it is one recorder's.
    async fn push_unread(&mut self, bytes: Vec<u8>) -> Result<u64, WriteError> {
        match self.first_part {
            true => self.append(&plain(bytes)).await,
            false => Ok(0),
        }
    }

    async fn append(&mut self, write: &Write) -> Result<u64, WriteError> {
        let appended = self
            .vault
            .append(&self.id, &write.append, &write.patches)
            .await;
        let added = write.append.len() as u64;
        match (appended, &mut self.form) {
            (Ok(_), Form::Raw { bytes }) => {
                *bytes += added;
                self.closed = *bytes;
            }
            (Ok(_), Form::Webm(writer)) => self.closed = writer.index().closed(),
            // At the end it is read anew, and sizes in it may change.
            (Ok(_), Form::Lost) => {}
            (Err(error), form) => {
                self.refused = true;
                if let Form::Webm(_) = form {
                    // The file is shorter than what was counted on.
                    *form = Form::Lost;
                }
                return Err(WriteError::Vault(error));
            }
        }
        Ok(added)
    }

    /// How many bytes, from the beginning, are durable and never change again. Those behind may: a
    /// cluster's size is written into it when it closes.
    pub fn closed(&self) -> u64 {
        self.closed
    }

    /// Drops what the current recorder recorded at or after `at_ms`, on the take's timeline, from
    /// here on.
    pub fn cut(&mut self, at_ms: f64) {
        if let Form::Webm(writer) = &mut self.form {
            writer.cut(at_ms);
        }
    }

    /// The bytes that follow come from another recorder, whose time 0 is `at_ms` on the take's
    /// timeline.
    pub async fn next_part(&mut self, at_ms: f64) -> Result<(), WriteError> {
        self.first_part = false;
        let writer = match &mut self.form {
            Form::Webm(writer) => writer,
            // Nothing can go on behind bytes that could not be read.
            Form::Lost if !self.refused => return Err(WriteError::Unreadable("unreadable")),
            Form::Lost | Form::Raw { .. } => return Ok(()),
        };
        match writer.next_part(at_ms) {
            Ok(write) => self.append(&write).await.map(drop),
            Err(error) => {
                self.form = Form::Lost;
                Err(WriteError::Unreadable(error.code()))
            }
        }
    }

    /// The breaks in the picture where parts were joined, in ms.
    pub fn gaps_ms(&self) -> Vec<f64> {
        match &self.form {
            Form::Webm(writer) => writer
                .joins()
                .iter()
                .filter_map(|join| join.video_gap_ms)
                .collect(),
            Form::Raw { .. } | Form::Lost => Vec::new(),
        }
    }

    /// Brings the file to its end and closes it; `None` where nothing was recorded.
    pub async fn finish(self) -> Result<Option<Ended>, DomError> {
        match self.form {
            Form::Webm(mut writer) => match writer.finish() {
                Ok(finished) => end(&self.vault, &self.id, finished).await.map(Some),
                Err(_) => recover(&self.vault, &self.id).await,
            },
            Form::Raw { bytes } => {
                self.vault.close(&self.id).await?;
                Ok((bytes > 0).then(|| as_it_is(bytes)))
            }
            Form::Lost => recover(&self.vault, &self.id).await,
        }
    }
}

/// Brings a WebM file to its end that nobody follows: reads its structure, up to the last whole
/// block. What can't be read at all is kept as it is. `None` where there is nothing in it.
pub async fn recover(vault: &Vault, id: &str) -> Result<Option<Ended>, DomError> {
    vault.open(id).await?;
    let file = vault.file(id).await?;
    let (index, mut patches) = blob::index(&file).await?;
    match index.finish() {
        Ok(mut finished) => {
            // Sizes that were known, and not written when the page was cut off.
            patches.append(&mut finished.patches);
            finished.patches = patches;
            end(vault, id, finished).await.map(Some)
        }
        Err(error) => {
            vault.close(id).await?;
            let size = file.size() as u64;
            let is_empty = size < HEADER || matches!(error, Error::NoMedia | Error::NoTracks);
            Ok((!is_empty).then(|| as_it_is(size)))
        }
    }
}

/// A file that is used as the browser wrote it.
pub fn as_it_is(size: u64) -> Ended {
    Ended {
        head: None,
        media: Vec::new(),
        duration_ms: None,
        size,
    }
}

async fn end(vault: &Vault, id: &str, finished: Finished) -> Result<Ended, DomError> {
    vault.append(id, &[], &finished.patches).await?;
    vault.close(id).await?;
    let mut head = Vec::new();
    let mut media = Vec::new();
    for part in finished.layout.parts {
        match part {
            Part::Bytes(bytes) => head.extend(bytes),
            Part::Original(range) => media.push((range.start, range.end)),
        }
    }
    Ok(Ended {
        head: Some(head),
        media,
        duration_ms: Some(finished.layout.duration_ms),
        size: finished.layout.len,
    })
}

/// The finished, seekable file of a take as a blob, without reading it.
pub async fn assemble(
    vault: &Vault,
    id: &str,
    head: Option<&[u8]>,
    media: &[(u64, u64)],
    mime: &str,
) -> Result<Blob, DomError> {
    let original = vault.file(id).await?;
    let parts = match head {
        None => Array::of1(&original),
        Some(head) => {
            let parts = Array::of1(&Uint8Array::from(head));
            for &(from, to) in media {
                let part = slice(&original, from, to)?;
                parts.push(&part);
            }
            parts
        }
    };
    blob::of_parts(&parts, mime)
}

/// Reads along with a recorder until it has recorded something.
#[derive(Default)]
pub struct Probe(Index);

impl Probe {
    /// Takes the next bytes; true once there is a frame, or where the bytes are not WebM.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        self.0.push(bytes).is_err() || self.0.duration_ms() > 0.0
    }
}

fn plain(append: Vec<u8>) -> Write {
    Write {
        append,
        patches: Vec::new(),
    }
}
