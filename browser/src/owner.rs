//! The owner key: the only way to the recordings that this browser has put on servers. And the
//! tokens of hosts that let it put any there.

use crate::{
    DomError,
    page::{random_hex, store, stored},
};

/// Where it is kept.
const KEPT_AS: &str = "callreel.owner";
/// Where the token for a server is kept, behind which its address stands.
const TOKEN_KEPT_AS: &str = "callreel.token ";
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

/// The token that the server at `base` ("" for the page's own) wants before it takes a recording, if
/// the person has given one.
pub fn upload_token(base: &str) -> Option<String> {
    stored(&token_kept_as(base)).filter(|token| !token.is_empty())
}

/// Keeps a token for the server at `base`, and for no other; false where the browser keeps nothing,
/// or where it is none: a header holds visible ASCII only.
pub fn keep_upload_token(base: &str, token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic()) && store(&token_kept_as(base), token)
}

fn token_kept_as(base: &str) -> String {
    [TOKEN_KEPT_AS, base.trim_end_matches('/')].concat()
}
