use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// An id of these bits, which the caller took from a good source of randomness.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bits.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = digits(&self.0);
                f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            /// Takes the one form that [`Display`](fmt::Display) writes.
            fn from_str(text: &str) -> Result<Self, MalformedId> {
                bits(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// Names a recording, and the upload that it comes from: 128 random bits, written as 32
    /// lowercase hexadecimal digits, so that a recording has one address.
    RecordingId;
    /// Names somebody in a room. Ids have the same order as numbers and as texts, so that two
    /// peers agree on who is polite.
    PeerId;
    /// What only a peer itself knows, and comes back to its place with. Others see its
    /// [`PeerId`], which tells nothing about it.
    SessionId;
}

impl fmt::Debug for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SessionId {
    /// Not what it is: a log is no place for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedId;

fn digits(bits: &[u8; 16]) -> [u8; 32] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    std::array::from_fn(|i| {
        let byte = bits[i / 2];
        DIGITS[usize::from(if i % 2 == 0 { byte >> 4 } else { byte & 15 })]
    })
}

fn bits(text: &str) -> Result<[u8; 16], MalformedId> {
    let digits: &[u8; 32] = text.as_bytes().try_into().map_err(|_| MalformedId)?;
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(bytes)
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
