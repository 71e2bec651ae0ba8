//! Uploads that earlier visits did not finish.

use callreel_browser::DomError;
use callreel_engine::{record::RecordState, upload::UploadNote};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{given::Hearer, thrown, uploading, vault};
use crate::take::shelf::{self, Kept};

/// Takes up the uploads that earlier visits did not finish. The hearer is told of all of them.
#[wasm_bindgen(js_name = resumeUploads)]
pub async fn resume_uploads(hearer: Hearer) -> Result<(), JsValue> {
    let resumed = async {
        let vault = vault()?;
        let unfinished = vault.uploads().await?;
        let unfinished: Vec<_> = unfinished
            .into_iter()
            .filter_map(|(id, json)| Some((id, UploadNote::from_json(&json)?)))
            .filter(|(_, note)| !note.complete && !note.paused)
            .collect();
        if unfinished.is_empty() {
            return Ok(());
        }
        let takes = shelf::load(&vault).await?.takes;
        for (id, note) in unfinished {
            let is_over = |it: &&Kept| it.record.state != RecordState::Recording;
            let take = takes.iter().filter(is_over).find(|it| it.record.id == id);
            if let Some(take) = take.filter(|_| !uploading::is_at_work(&id)) {
                let told = uploading::told(&take.record);
                uploading::start(&vault, &id, note, told, &hearer).send_rest(&take.record);
            }
        }
        Ok(())
    };
    resumed.await.map_err(|error: DomError| thrown(&error))
}
