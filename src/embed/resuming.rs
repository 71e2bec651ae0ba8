//! Uploads that earlier visits did not finish.

use callreel_browser::{DomError, vault::Vault};
#[cfg(feature = "recorder")]
use callreel_engine::record::RecordState;
use callreel_engine::upload::UploadNote;
#[cfg(feature = "recorder")]
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::vault;
#[cfg(feature = "recorder")]
use super::{
    given::{Hearer, Options},
    thrown, uploading,
};
#[cfg(feature = "recorder")]
use crate::{
    take::shelf::{self, Kept},
    upload::Told,
};

/// What earlier visits did not finish, by take.
async fn unfinished(vault: &Vault) -> Result<Vec<(String, UploadNote)>, DomError> {
    let noted = vault.uploads().await?.into_iter();
    Ok(noted
        .filter_map(|(id, json)| Some((id, UploadNote::from_json(&json)?)))
        .filter(|(_, note)| !note.complete && !note.paused)
        .collect())
}

/// Whether earlier visits left uploads unfinished: what goes on with them is in the other build, which
/// is then worth loading.
#[cfg(feature = "call")]
#[wasm_bindgen(js_name = hasUnfinished)]
pub async fn has_unfinished() -> bool {
    let found = async { unfinished(&*vault()?).await };
    found.await.is_ok_and(|found| !found.is_empty())
}

/// Takes up the uploads that earlier visits did not finish. The hearer is told of all of them. A token
/// is shown to the server that it is for, and to no other.
#[cfg(feature = "recorder")]
#[wasm_bindgen(js_name = resumeUploads)]
pub async fn resume_uploads(options: Options, hearer: Hearer) -> Result<(), JsValue> {
    let resumed = async {
        let vault = vault()?;
        let unfinished = unfinished(&vault).await?;
        if unfinished.is_empty() {
            return Ok(());
        }
        let takes = shelf::load(&vault).await?.takes;
        for (id, note) in unfinished {
            let is_over = |it: &&Kept| it.record.state != RecordState::Recording;
            let take = takes.iter().filter(is_over).find(|it| it.record.id == id);
            if let Some(take) = take.filter(|_| !uploading::is_at_work(&id)) {
                let is_its_server = options.server().unwrap_or_default() == note.server;
                let token = options.token().filter(|_| is_its_server);
                let told = Told {
                    token: token.unwrap_or_default(),
                    ..uploading::told(&take.record)
                };
                uploading::start(&vault, &id, note, told, &hearer).send_rest(&take.record);
            }
        }
        Ok(())
    };
    resumed.await.map_err(|error: DomError| thrown(&error))
}
