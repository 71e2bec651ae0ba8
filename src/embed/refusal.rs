//! Why a camera, a microphone or a screen was refused.

use callreel_browser::js;
use callreel_engine::{failures::MediaFailure, settings::Source};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::{i18n::Words, refusals};

/// What a refusal means: `{code, message, steps, line}`; `line` is what is missing in the embedding
/// page, or `undefined`.
pub fn told(words: Words, failure: &MediaFailure, source: Source) -> JsValue {
    let explained = refusals::explain(words, failure, source);
    let [between, _] = words.0.between_sentences();
    let steps: Array = explained.steps.iter().map(JsValue::from).collect();
    let line = explained.line.as_deref();
    let message = [&*explained.title, between, &explained.body].concat();
    js::object(&[
        ("code", failure.code().into()),
        ("message", message.into()),
        ("steps", steps.into()),
        ("line", line.map_or(JsValue::UNDEFINED, JsValue::from)),
    ])
}

/// The same of what the browser threw when it was asked for a `source`.
#[cfg(feature = "recorder")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn refusal(error: JsValue, source: String, tag: String) -> JsValue {
    use callreel_engine::failures::Asked;
    let source = Source::from_id(&source).unwrap_or_default();
    let asked = match source {
        Source::Camera => Asked::Camera,
        Source::Microphone => Asked::Microphone,
        Source::Screen | Source::ScreenWithCamera => Asked::Screen,
    };
    let failure = crate::convert::failure(error.into(), asked).await;
    told(super::words(&tag), &failure, source)
}
