//! Why a camera, a microphone or a screen was refused.

use callreel_browser::{DomError, js, page};
use callreel_engine::{failures::Asked, failures::MediaFailure, settings::Source};
use js_sys::Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{convert, refusals};

/// What the page around the frame has to say.
const FRAME: &str = "<iframe allow=\"camera; microphone; display-capture\" src=\"%\"></iframe>";
/// What the page itself has to be sent with.
const HEADER: &str = "Permissions-Policy: camera=(self), microphone=(self), display-capture=(self)";

/// What a refusal means: `{code, message, steps, line}`. `error` is what the browser threw when it
/// was asked for a `source`; `line` is what is missing in the embedding page, or `undefined`.
#[wasm_bindgen]
pub async fn refusal(error: JsValue, source: String, tag: String) -> JsValue {
    let source = Source::from_id(&source).unwrap_or_default();
    let asked = match source {
        Source::Camera => Asked::Camera,
        Source::Microphone => Asked::Microphone,
        Source::Screen | Source::ScreenWithCamera => Asked::Screen,
    };
    let failure = convert::failure(DomError::from(error), asked).await;
    let words = super::words(&tag);
    let explained = refusals::explain(words, &failure, source);
    let [between, _] = words.0.between_sentences();
    let steps: Array = explained.steps.iter().map(JsValue::from).collect();
    let line = match failure {
        MediaFailure::DeniedByPagePolicy if page::is_framed() => {
            FRAME.replace('%', &page::address()).into()
        }
        MediaFailure::DeniedByPagePolicy => HEADER.into(),
        _ => JsValue::UNDEFINED,
    };
    js::object(&[
        ("code", failure.code().into()),
        (
            "message",
            [&*explained.title, between, &explained.body]
                .concat()
                .into(),
        ),
        ("steps", steps.into()),
        ("line", line),
    ])
}
