//! Checksums of bodies (tus 1.0.0, Checksum).

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use callreel_protocol::tus;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::{Code, Error};

/// What a body must come to.
#[derive(Debug)]
pub struct Checksum {
    hash: Hash,
    expected: Vec<u8>,
}

#[derive(Debug)]
enum Hash {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// Reads `Upload-Checksum`: the algorithm and the sum in Base64.
    ///
    /// # Errors
    ///
    /// [`Code::ChecksumAlgorithm`], or [`Code::Malformed`] where it is no sum.
    pub fn read(headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let Some(value) = headers.get(tus::UPLOAD_CHECKSUM) else {
            return Ok(None);
        };
        let (algorithm, sum) = value
            .to_str()
            .ok()
            .and_then(|value| value.trim().split_once(' '))
            .ok_or(Code::ChecksumAlgorithm)?;
        let hash = match algorithm {
            "sha1" => Hash::Sha1(Sha1::new()),
            "sha256" => Hash::Sha256(Sha256::new()),
            _ => return Err(Code::ChecksumAlgorithm.into()),
        };
        let expected = STANDARD.decode(sum.trim()).map_err(|_| Code::Malformed)?;
        Ok(Some(Self { hash, expected }))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    /// Whether the bytes are those that were meant.
    pub fn is_right(self) -> bool {
        match self.hash {
            Hash::Sha1(hash) => hash.finalize().as_slice() == self.expected,
            Hash::Sha256(hash) => hash.finalize().as_slice() == self.expected,
        }
    }
}
