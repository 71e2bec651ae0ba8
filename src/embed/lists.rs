//! Devices, kept takes, and files that others recorded.

use callreel_browser::{
    blob,
    devices::{self, Kind},
    js,
};
use callreel_engine::{record::RecordState, upload::UploadNote};
use js_sys::Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use super::{given::described, thrown, vault};
use crate::take::shelf;

/// The devices: `{deviceId, groupId, kind, label}` each, as the browser tells them.
#[wasm_bindgen(js_name = devices)]
pub async fn list_devices() -> Result<Array, JsValue> {
    let found = devices::enumerate().await.map_err(|error| thrown(&error))?;
    let listed = found.iter().map(|device| {
        let kind = match device.kind {
            Kind::Camera => "camera",
            Kind::Microphone => "microphone",
            Kind::Speaker => "speaker",
        };
        js::object(&[
            ("deviceId", device.id.as_str().into()),
            ("groupId", device.group_id.as_str().into()),
            ("kind", kind.into()),
            ("label", device.label.as_str().into()),
        ])
    });
    Ok(listed.collect())
}

/// The takes that this origin keeps, newest first. Those that a closed page left unfinished are
/// brought to their end first.
#[wasm_bindgen]
pub async fn takes() -> Result<Array, JsValue> {
    let listed = async {
        let vault = vault()?;
        let durable = vault.is_durable().await;
        let notes = vault.uploads().await?;
        let note_of = |id: &str| {
            let note = notes.iter().find(|(take, _)| take == id);
            note.and_then(|(_, json)| UploadNote::from_json(json))
        };
        let takes = Array::new();
        for kept in shelf::load(&vault).await?.takes {
            // What another page is making has no end yet.
            if kept.record.state != RecordState::Recording {
                let file = shelf::file(&vault, &kept.record).await?;
                let note = note_of(&kept.record.id);
                takes.push(&described(&kept.record, &file, durable, note.as_ref()));
            }
        }
        Ok(takes)
    };
    listed.await.map_err(|error| thrown(&error))
}

/// Deletes a kept take.
#[wasm_bindgen(js_name = removeTake)]
pub async fn remove_take(id: String) -> Result<(), JsValue> {
    let removed = async { vault()?.remove(&id).await };
    removed.await.map_err(|error| thrown(&error))
}

/// A WebM file with its duration and an index in front, without copying its media.
#[wasm_bindgen(js_name = makeSeekable)]
pub async fn make_seekable(file: Blob) -> Result<Blob, JsValue> {
    blob::seekable(&file).await.map_err(|error| thrown(&error))
}
