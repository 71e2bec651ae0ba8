//! The owner key: the only way to the recordings that this browser has put on servers.

use crate::{
    DomError,
    page::{random_hex, store, stored},
};

/// Where it is kept.
const KEPT_AS: &str = "callreel.owner";
/// 256 bits.
const BYTES: u32 = 32;

/// The key, if this browser has one.
pub fn key() -> Option<String> {
    stored(KEPT_AS).filter(|key| is_key(key))
}

/// The key; the first time one is made. Fails where the browser keeps nothing for this origin: what
/// is uploaded with a key that is forgotten can never be reached again.
pub fn key_or_new() -> Result<String, DomError> {
    if let Some(key) = key() {
        return Ok(key);
    }
    let key = random_hex(BYTES)?;
    replace(&key)?;
    // Another tab may have made one at the same moment: the one that is kept counts for both.
    Ok(stored(KEPT_AS).unwrap_or(key))
}

/// Takes another key in place of the browser's own, which is forgotten.
pub fn replace(key: &str) -> Result<(), DomError> {
    if !is_key(key) {
        return Err(DomError::new("SyntaxError", "this is no owner key"));
    }
    match store(KEPT_AS, key) {
        true => Ok(()),
        false => Err(DomError::new("QuotaExceededError", "the key can't be kept")),
    }
}

/// Whether a text may be an owner key: 1 to 512 visible ASCII characters.
pub fn is_key(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
