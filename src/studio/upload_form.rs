//! Whether takes go to the server, and what stays here.

use super::{panel::group, view::View};
use crate::components::{El, switch};

/// The switches; `None` where there is no server that takes recordings.
pub fn upload_form(view: &View) -> Option<El> {
    let (words, settings) = (view.words, view.settings());
    let upload = view.set_flag(|settings, on| settings.upload = on);
    let keep = view.set_flag(|settings, on| settings.keep_uploaded = on);
    let is_open = view.state.server.takes_uploads();
    is_open.then(|| {
        group(words.t("upload.title"))
            .with(switch(words.t("settings.upload"), settings.upload, upload))
            .with(switch(
                words.t("settings.keep"),
                settings.keep_uploaded,
                keep,
            ))
    })
}
