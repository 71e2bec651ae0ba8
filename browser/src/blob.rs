//! Blobs, files and their addresses (File API).

use std::rc::Rc;

use callreel_webm::{Index, Part, Patch};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Url};

use crate::{DomError, js};

/// The address of a blob, given back on drop of the last clone.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "dropping it revokes the address"]
pub struct ObjectUrl(Rc<Owned>);

#[derive(Debug, PartialEq)]
struct Owned(String);

impl Drop for Owned {
    fn drop(&mut self) {
        let revoked = Url::revoke_object_url(&self.0);
        debug_assert!(revoked.is_ok(), "revoking never throws");
    }
}

impl ObjectUrl {
    /// An address for `blob`.
    pub fn new(blob: &Blob) -> Result<Self, DomError> {
        let url = Url::create_object_url_with_blob(blob)?;
        Ok(Self(Rc::new(Owned(url))))
    }

    /// The address, `blob:…`.
    pub fn as_str(&self) -> &str {
        &self.0.0
    }
}

/// The blob's bytes. Meant for chunks, not for whole takes.
pub async fn bytes(blob: &Blob) -> Result<Vec<u8>, DomError> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Bytes `from..to` of the blob as a blob, without reading them.
pub(crate) fn slice(blob: &Blob, from: u64, to: u64) -> Result<Blob, DomError> {
    Ok(blob.slice_with_f64_and_f64(from as f64, to as f64)?)
}

/// A blob of `parts` with a type.
pub(crate) fn of_parts(parts: &Array, mime: &str) -> Result<Blob, DomError> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    Ok(Blob::new_with_blob_sequence_and_options(parts, &options)?)
}

/// Reads a WebM file's structure, passing over the media itself; gives also what is to be changed in
/// it.
pub(crate) async fn index(file: &Blob) -> Result<(Index, Vec<Patch>), DomError> {
    const WINDOW: u64 = 1 << 20;
    // A payload this short costs less to read along than to seek over.
    const WORTH_SKIPPING: u64 = 1 << 16;
    let size = file.size() as u64;
    let mut index = Index::new();
    let mut patches = Vec::new();
    while index.position() < size {
        let skippable = index.skippable().min(size - index.position());
        if skippable > WORTH_SKIPPING {
            index.skip(skippable);
            continue;
        }
        let from = index.position();
        let window = bytes(&slice(file, from, (from + WINDOW).min(size))?).await?;
        match index.push(&window) {
            Ok(found) => patches.extend(found),
            // What came before the damage is kept; the index says how far that is.
            Err(_) => break,
        }
    }
    Ok((index, patches))
}

/// A WebM file with its duration and an index in front, and with sizes where there were none. Its
/// media is not copied, nor read where its structure allows that. `EncodingError` where there is
/// nothing in it to play.
pub async fn seekable(file: &Blob) -> Result<Blob, DomError> {
    let (index, mut patches) = index(file).await?;
    let mut finished = index
        .finish()
        .map_err(|error| DomError::new("EncodingError", error.code()))?;
    patches.append(&mut finished.patches);
    // Of several for one place the last is right.
    patches.reverse();
    patches.sort_by_key(|patch| patch.offset);
    patches.dedup_by_key(|patch| patch.offset);
    let parts = Array::new();
    for part in finished.layout.parts {
        match part {
            Part::Bytes(bytes) => drop(parts.push(&to_array(&bytes))),
            Part::Original(range) => {
                let mut from = range.start;
                for patch in patches.iter().filter(|patch| range.contains(&patch.offset)) {
                    let before = slice(file, from, patch.offset)?;
                    parts.push(&before);
                    parts.push(&to_array(&patch.bytes));
                    from = patch.offset + patch.bytes.len() as u64;
                }
                let rest = slice(file, from, range.end)?;
                parts.push(&rest);
            }
        }
    }
    of_parts(&parts, &file.type_())
}

/// A typed array of these bytes, to be handed to a worker.
pub(crate) fn to_array(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

/// Reads a file's name and size where the value is a `File`.
pub(crate) fn as_file(value: wasm_bindgen::JsValue) -> Result<web_sys::File, DomError> {
    value.dyn_into().map_err(|other| {
        DomError::new(
            "NotFoundError",
            &js::text(&other, "name").unwrap_or_default(),
        )
    })
}
