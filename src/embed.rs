//! What other people's pages get: recording and calls without a page of ours.
//!
//! `embed/*.js` has the element and its face and calls these exports; what they promise to a web
//! developer is in `embed/callreel.d.ts`. Errors are thrown as `{code, message}`, the code being
//! stable.

#[cfg(feature = "call")]
mod around;
#[cfg(feature = "call")]
mod call;
mod given;
#[cfg(feature = "recorder")]
mod lists;
#[cfg(feature = "recorder")]
mod recording;
mod refusal;
mod resuming;
#[cfg(feature = "call")]
mod telling;
mod uploading;

#[cfg(feature = "call")]
pub use call::Call;
#[cfg(feature = "recorder")]
pub use recording::Recording;

use std::cell::RefCell;

#[cfg(feature = "recorder")]
use callreel_browser::js;
use callreel_browser::{DomError, page, vault::Vault};
#[cfg(feature = "recorder")]
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::i18n::{Language, Words};

thread_local! {
    /// One worker serves all that is done at the same time; it ends with the last of it.
    static VAULT: RefCell<std::rc::Weak<Vault>> = RefCell::default();
}

/// The vault that is in use, else a new one.
fn vault() -> Result<std::rc::Rc<Vault>, DomError> {
    let used = VAULT.with_borrow(std::rc::Weak::upgrade);
    if let Some(vault) = used {
        return Ok(vault);
    }
    let vault = std::rc::Rc::new(Vault::start()?);
    VAULT.set(std::rc::Rc::downgrade(&vault));
    Ok(vault)
}

/// An error as JavaScript gets it.
#[cfg(feature = "recorder")]
fn thrown(error: &DomError) -> JsValue {
    js::object(&[
        ("code", error.name.as_str().into()),
        ("message", error.message.as_str().into()),
    ])
}

/// The language for a person: the wanted one, else what the browser says (BCP 47).
#[wasm_bindgen]
pub fn language(wanted: Option<String>) -> String {
    let read = page::languages();
    Language::choose(wanted.as_deref(), &read).tag().to_owned()
}

/// Takes the sentences of a language that is not built in.
#[wasm_bindgen(js_name = addSentences)]
pub fn add_sentences(tag: &str, sentences: String) {
    if let Some(language) = Language::from_tag(tag) {
        language.take(sentences);
    }
}

/// A sentence in that language.
#[wasm_bindgen]
pub fn say(tag: &str, key: &str) -> Option<String> {
    words(tag).find(key).map(str::to_owned)
}

fn words(tag: &str) -> Words {
    Words(Language::from_tag(tag).unwrap_or_default())
}
