use bytes::Bytes;

use crate::error::{Code, Error, Result};

/// The bytes that a text stands for: one for each code point.
pub fn bytes_of(blob: &str) -> Result<Bytes> {
    let bytes: Option<Vec<u8>> = blob
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let too_large = "A blob is a text of code points from 0 to 255, one for each byte.";
    bytes
        .map(Bytes::from)
        .ok_or(Error::new(Code::Malformed, too_large))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_one_code_point_for_each_byte() {
        assert_eq!(bytes_of("a\u{0}ÿ"), Ok(Bytes::from_static(&[b'a', 0, 255])));
        assert!(bytes_of("Ā").is_err());
        assert!(bytes_of("☃").is_err());
    }
}
