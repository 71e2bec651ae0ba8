use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Names a recording, and the upload that it comes from: 128 random bits, written as 32 lowercase
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId([u8; 16]);

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedId;

impl RecordingId {
    /// An id of these bits, which the caller took from a good source of randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bits.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RecordingId {
    type Err = MalformedId;

    /// Takes the one form that [`Display`](fmt::Display) writes: a recording has one address.
    fn from_str(text: &str) -> Result<Self, MalformedId> {
        let digits: &[u8; 32] = text.as_bytes().try_into().map_err(|_| MalformedId)?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn digit(ascii: u8) -> Result<u8, MalformedId> {
    match ascii {
        b'0'..=b'9' => Ok(ascii - b'0'),
        b'a'..=b'f' => Ok(ascii - b'a' + 10),
        _ => Err(MalformedId),
    }
}

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 32 lowercase hexadecimal digits")
    }
}

impl std::error::Error for MalformedId {}

impl Serialize for RecordingId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordingId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_is_read() {
        let text = "00ff10a90123456789abcdef00000001";
        let id: RecordingId = text.parse().expect("it is an id");
        assert_eq!(id.to_string(), text);
        assert_eq!(id.as_bytes()[..3], [0x00, 0xff, 0x10]);
    }

    #[test]
    fn nothing_else_is_an_id() {
        for text in [
            "",
            "00ff10a90123456789abcdef0000001",
            "00ff10a90123456789abcdef000000012",
            "00FF10A90123456789ABCDEF00000001",
            "../../../../../../../../etc/hosts",
            "00ff10a90123456789abcdef0000000é",
        ] {
            assert_eq!(text.parse::<RecordingId>(), Err(MalformedId), "{text}");
        }
    }
}
