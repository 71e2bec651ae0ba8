use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use callreel_protocol::tus;

use crate::error::{Code, Error};

/// A header that holds a number of bytes. None where it is missing.
pub fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Error> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number
        .map(Some)
        .ok_or_else(|| Error::new(Code::Malformed, format!("{name} is not a number of bytes.")))
}

/// A header that must make sense where it is there. Empty where it is missing.
///
/// # Errors
///
/// [`Code::Malformed`] where it is no text in ASCII, or comes more than once.
pub fn readable<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Error> {
    let mut values = headers.get_all(name).iter();
    let malformed = || {
        let why = format!("{name} comes once, in ASCII.");
        Error::new(Code::Malformed, why)
    };
    match (values.next(), values.next()) {
        (None, _) => Ok(""),
        (Some(value), None) => value.to_str().map_err(|_| malformed()),
        (Some(_), Some(_)) => Err(malformed()),
    }
}

/// A header as text, empty where it is missing or no text.
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Whether a body carries bytes of an upload.
///
/// # Errors
///
/// [`Code::ContentType`] where it carries something else.
pub fn carries_bytes(headers: &HeaderMap) -> Result<bool, Error> {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return Ok(false);
    };
    let essence = crate::text::essence(content_type.to_str().unwrap_or_default());
    match essence.eq_ignore_ascii_case(tus::OFFSET_OCTET_STREAM) {
        true => Ok(true),
        false => Err(Code::ContentType.into()),
    }
}

/// A header with a number in it.
pub fn with_number(name: &'static str, number: u64) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from(number))
}

/// A header with a constant in it.
pub fn with_text(name: &'static str, text: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(text),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        let parse = |text: &'static str| {
            let headers = HeaderMap::from_iter([with_text(tus::UPLOAD_OFFSET, text)]);
            number(&headers, tus::UPLOAD_OFFSET).ok().flatten()
        };
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("18446744073709551615"), Some(u64::MAX));
        for text in ["", "-1", "+1", "1.0", "0x1", "18446744073709551616", "1 2"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(number(&HeaderMap::new(), tus::UPLOAD_OFFSET), Ok(None));
    }
}
