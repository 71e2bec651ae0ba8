//! Who asks, and what they may.
//!
//! Three secrets open something: an owner's key (their own recordings), the administrator's token
//! (everything) and a view token (watching one recording). All are compared in constant time.

mod host;
mod view;

use std::{fs, path::Path};

use axum::http::{HeaderMap, header};

pub use host::{HostSecret, TokenClaims};
pub use view::ViewSecret;

use crate::{
    error::Code,
    library::{OwnerHash, Whose},
};

/// Characters of an owner's key at most.
const MAX_KEY: usize = 512;
/// Characters of a token of the host at most.
pub const MAX_TOKEN: usize = 4096;
/// A secret shorter than this (bytes) may be guessed, which the log says.
const SHORT_SECRET: usize = 16;

/// What the server knows keys by.
#[derive(Clone, Debug)]
pub struct Keys {
    admin: Option<OwnerHash>,
    /// What the host signs tokens with.
    pub host: Option<HostSecret>,
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Somebody without a key.
    Nobody,
    /// Whoever has this key.
    Owner(OwnerHash),
    /// The administrator, whose own recordings belong to the token.
    Admin(OwnerHash),
}

impl Keys {
    /// Reads the secrets from their files.
    ///
    /// # Errors
    ///
    /// A text for the host where a file can't be read, or holds too little to be a secret.
    pub fn read(admin: Option<&Path>, host: Option<&Path>) -> Result<Self, String> {
        let admin = admin.map(secret_from).transpose()?;
        if admin.as_deref().is_some_and(|token| !is_key(token)) {
            return Err("the administrator's token must be visible ASCII without spaces".into());
        }
        let host = host.map(secret_from).transpose()?;
        Ok(Self {
            admin: admin.map(|token| OwnerHash::of(&token)),
            host: host.map(|secret| HostSecret::new(&secret)),
        })
    }

    /// Whether there is an administrator.
    pub fn has_admin(&self) -> bool {
        self.admin.is_some()
    }

    /// Who sent these headers.
    pub fn caller(&self, headers: &HeaderMap) -> Caller {
        bearer(headers, MAX_KEY).map_or(Caller::Nobody, |key| self.caller_with(key))
    }

    /// Who has this key.
    pub fn caller_with(&self, key: &str) -> Caller {
        let hash = OwnerHash::of(key);
        match &self.admin {
            Some(admin) if admin.is(&hash) => Caller::Admin(hash),
            _ => Caller::Owner(hash),
        }
    }

    /// Whether a token is the administrator's.
    pub fn is_admin(&self, token: &str) -> bool {
        matches!(self.caller_with(token), Caller::Admin(_))
    }
}

impl Caller {
    /// Whose recordings the caller may use.
    ///
    /// # Errors
    ///
    /// [`Code::KeyNeeded`] for nobody.
    pub fn whose(&self) -> Result<Whose, Code> {
        match self {
            Self::Nobody => Err(Code::KeyNeeded),
            Self::Owner(owner) => Ok(Whose::Owner(*owner)),
            Self::Admin(_) => Ok(Whose::All),
        }
    }

    /// To whom recordings of the caller belong.
    ///
    /// # Errors
    ///
    /// [`Code::KeyNeeded`] for nobody.
    pub fn owner(&self) -> Result<OwnerHash, Code> {
        match self {
            Self::Nobody => Err(Code::KeyNeeded),
            Self::Owner(owner) | Self::Admin(owner) => Ok(*owner),
        }
    }
}

/// Whether a text can be an owner's key: something visible, and not a book.
pub fn is_key(text: &str) -> bool {
    is_secret(text, MAX_KEY)
}

fn is_secret(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The key or token in `Authorization: Bearer …` (RFC 6750, section 2.1), of so many characters
/// at most.
pub fn bearer(headers: &HeaderMap, longest: usize) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && is_secret(key, longest)).then_some(key)
}

/// The secret in a file: all of it but the newline that editors and `echo` put at the end.
///
/// # Errors
///
/// A text for the host.
pub fn secret_from(file: &Path) -> Result<String, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() {
        return Err(format!("{} holds no secret", file.display()));
    }
    if secret.trim() != secret {
        tracing::warn!(
            "the secret in {} begins or ends with white space, which is part of it",
            file.display()
        );
    }
    if secret.len() < SHORT_SECRET {
        tracing::warn!(
            "the secret in {} is short and may be guessed; one of {SHORT_SECRET} or more random \
             characters can't be",
            file.display()
        );
    }
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).expect("it is a header");
        HeaderMap::from_iter([(header::AUTHORIZATION, value)])
    }

    #[test]
    fn only_a_bearer_with_a_key_is_somebody() {
        assert_eq!(bearer(&with("Bearer abc"), MAX_KEY), Some("abc"));
        assert_eq!(bearer(&with("bearer  abc "), MAX_KEY), Some("abc"));
        for nobody in [
            "Bearer",
            "Bearer ",
            "Basic abc",
            "abc",
            "Bearer a b",
            "Bearer a\tb",
        ] {
            assert_eq!(bearer(&with(nobody), MAX_KEY), None, "{nobody}");
        }
        let long = format!("Bearer {}", "a".repeat(513));
        assert_eq!(bearer(&with(&long), MAX_KEY), None);
        assert_eq!(bearer(&HeaderMap::new(), MAX_KEY), None);
    }

    #[test]
    fn the_administrator_is_known_by_the_token() {
        let keys = Keys {
            admin: Some(OwnerHash::of("the token of all tokens")),
            host: None,
        };
        let admin = keys.caller(&with("Bearer the-token"));
        assert_eq!(admin.whose(), Ok(Whose::Owner(OwnerHash::of("the-token"))));
        let admin = keys.caller_with("the token of all tokens");
        assert_eq!(admin.whose(), Ok(Whose::All));
        assert_eq!(Caller::Nobody.whose(), Err(Code::KeyNeeded));
    }
}
