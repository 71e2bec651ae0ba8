//! The order in which a transceiver would rather have codecs (`setCodecPreferences`).

use wasm_bindgen::JsValue;
use web_sys::RtcRtpTransceiver;

use crate::{DomError, js};

/// The MIME types of the codecs that the browser can receive, each once, in its own order. `kind`
/// is `audio` or `video`.
pub fn receivable(kind: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for codec in capabilities(kind) {
        if let Some(mime) = js::text(&codec, "mimeType")
            && !found.contains(&mime)
        {
            found.push(mime);
        }
    }
    found
}

/// Has the transceiver negotiate codecs in this order, by their MIME types; the others come after
/// them. Counts from the next offer or answer on. An older browser chooses by itself.
pub(crate) fn prefer(
    transceiver: &RtcRtpTransceiver,
    kind: &str,
    order: &[&str],
) -> Result<(), DomError> {
    let mut sorted = capabilities(kind);
    // Stable, so that repair and error correction stay behind what they belong to.
    sorted.sort_by_key(|codec| {
        let mime = js::text(codec, "mimeType").unwrap_or_default();
        let found = order
            .iter()
            .position(|wanted| mime.eq_ignore_ascii_case(wanted));
        found.unwrap_or(order.len())
    });
    let sorted: js_sys::Array = sorted.iter().collect();
    js::call(transceiver, "setCodecPreferences", &[sorted.into()])?;
    Ok(())
}

/// `RTCRtpReceiver.getCapabilities`.
fn capabilities(kind: &str) -> Vec<JsValue> {
    let known = js::get(&js_sys::global(), "RTCRtpReceiver");
    let found = js::call(&known, "getCapabilities", &[kind.into()]).unwrap_or_default();
    let codecs = js::get(&found, "codecs");
    match codecs.is_object() {
        true => js_sys::Array::from(&codecs).to_vec(),
        false => Vec::new(),
    }
}
