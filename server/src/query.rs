//! The part of an address behind the question mark.

use std::borrow::Cow;

use axum::http::Uri;

/// Names and values as a form writes them (the URL standard, section 5.1).
#[derive(Clone, Copy, Debug)]
pub struct Query<'u>(&'u str);

impl<'u> Query<'u> {
    /// The query of an address.
    pub fn of(uri: &'u Uri) -> Self {
        Self(uri.query().unwrap_or_default())
    }

    /// The first value with this name.
    pub fn get(&self, name: &str) -> Option<Cow<'u, str>> {
        let mut pairs = self
            .0
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let (_, value) = pairs.find(|(key, _)| decode(key) == name)?;
        Some(decode(value))
    }

    /// Whether a value with this name says yes.
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| matches!(value.as_ref(), "1" | "true" | ""))
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(hex);
        decoded.push(match (byte, escaped) {
            (_, Some(escaped)) => escaped,
            (b'+', _) => b' ',
            (byte, _) => byte,
        });
        at += if escaped.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let [high, low] = digits else { return None };
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_and_decoded() {
        let uri = "/x?q=a+b%26c&%6eame=%E6%97%A5&broken=%zz%2&empty&q=second";
        let uri: Uri = uri.parse().expect("it is an address");
        let query = Query::of(&uri);
        assert_eq!(query.get("q").as_deref(), Some("a b&c"));
        assert_eq!(query.get("name").as_deref(), Some("日"));
        assert_eq!(query.get("broken").as_deref(), Some("%zz%2"));
        assert_eq!(query.get("empty").as_deref(), Some(""));
        assert_eq!(query.get("none"), None);
        assert!(query.is_set("empty") && !query.is_set("q"));
    }
}
