use std::{fmt, ops::Deref};

use crate::ebml::{self, Sink};
use crate::ids;

/// An in-place change of bytes already written: an element's size that became known, or an
/// element that is no longer true and becomes a Void.
///
/// A patch never changes a length, and applying it twice, or late, does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch {
    /// Where the bytes go, in bytes from the beginning of the file.
    pub offset: u64,
    /// What goes there.
    pub bytes: PatchBytes,
}

impl Patch {
    /// A size field of `width` bytes. `None` where the value does not fit (RFC 8794, section 6).
    pub(crate) fn size(offset: u64, value: u64, width: u8) -> Option<Self> {
        let mut bytes = PatchBytes::default();
        ebml::put_size(&mut bytes, value, width).then_some(Self { offset, bytes })
    }

    /// Makes a Void of an element with an ID of one byte, whose size stays.
    pub(crate) fn void(offset: u64) -> Self {
        let mut bytes = PatchBytes::default();
        bytes.extend_from_slice(&[ids::VOID as u8]);
        Self { offset, bytes }
    }
}

/// Up to twelve bytes, without a heap.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct PatchBytes {
    bytes: [u8; 12],
    len: u8,
}

impl PatchBytes {
    /// The bytes to write.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Sink for PatchBytes {
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
                *slot = byte;
                self.len += 1;
            }
        }
    }
}

impl Deref for PatchBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for PatchBytes {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Debug for PatchBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}
