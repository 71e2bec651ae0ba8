use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use callreel_protocol::RecordingId;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::{library::OwnerHash, private};

/// What view tokens are made with: 256 random bits that only this server has.
///
/// A token is an HMAC-SHA256 over id and generation, so none is stored, and all of a recording
/// are worthless once it has a new generation.
#[derive(Clone)]
pub struct ViewSecret([u8; 32]);

impl ViewSecret {
    /// Reads the secret, and makes it the first time.
    ///
    /// # Errors
    ///
    /// The disk's; `InvalidData` where the file holds something else.
    pub fn open(file: &Path) -> io::Result<Self> {
        let mut secret = [0; 32];
        match fs::File::open(file) {
            Ok(mut file) => {
                file.read_exact(&mut secret)
                    .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                return Ok(Self(secret));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) => {}
        }
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        // Written under another name first: half a secret would be one for ever.
        let temporary = file.with_extension("new");
        let mut new = private::options().truncate(true).open(&temporary)?;
        new.write_all(&secret)?;
        new.sync_all()?;
        fs::rename(&temporary, file)?;
        Ok(Self(secret))
    }

    /// The token to watch a recording with.
    pub fn token(&self, id: RecordingId, generation: u32) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(id, generation).finalize().into_bytes())
    }

    /// Whether this is the token.
    pub fn verify(&self, id: RecordingId, generation: u32, token: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(token)
            .is_ok_and(|mac| self.mac(id, generation).verify_slice(&mac).is_ok())
    }

    /// The id of what an owner calls by this name: the same every time, and as good as random to
    /// everybody else.
    pub fn id_of_take(&self, owner: &OwnerHash, take: &str) -> RecordingId {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"callreel take\0");
        mac.update(owner.as_bytes());
        mac.update(take.as_bytes());
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[..16]);
        RecordingId::from_bytes(id)
    }

    fn mac(&self, id: RecordingId, generation: u32) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        // What is signed says what for, should the secret ever sign something else.
        mac.update(b"callreel view\0");
        mac.update(id.as_bytes());
        mac.update(&generation.to_be_bytes());
        mac
    }
}

impl std::fmt::Debug for ViewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ViewSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_generation_of_one_recording() {
        let (secret, other) = (ViewSecret([1; 32]), ViewSecret([2; 32]));
        let (id, another) = (
            RecordingId::from_bytes([3; 16]),
            RecordingId::from_bytes([4; 16]),
        );
        let token = secret.token(id, 7);
        assert!(secret.verify(id, 7, &token));
        assert!(!secret.verify(id, 8, &token));
        assert!(!secret.verify(another, 7, &token));
        assert!(!other.verify(id, 7, &token));
        for wrong in ["", "x", &token[1..], &format!("{token}A"), "☃"] {
            assert!(!secret.verify(id, 7, wrong), "{wrong}");
        }
    }
}
