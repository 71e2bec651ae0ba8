use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, RwLock},
};

use tokio_rustls::rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::{Addresses, self_signed::SelfSigned};
use crate::clock::now_ms;

/// The certificate that is shown now. Connections that are open keep theirs.
#[derive(Debug)]
pub struct Current {
    source: Source,
    provider: Arc<CryptoProvider>,
    key: RwLock<Arc<CertifiedKey>>,
}

/// Where certificates come from.
#[derive(Debug)]
pub enum Source {
    /// The host's own, in PEM.
    Files {
        /// The chain, the server's own first.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// One that the server makes for itself.
    SelfSigned {
        /// Where it is kept.
        file: PathBuf,
        /// Where the server listens.
        address: SocketAddr,
    },
}

impl Current {
    /// Reads the certificate, or makes it.
    ///
    /// # Errors
    ///
    /// A text for the host.
    pub fn open(source: Source, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let key = source.read(&provider)?;
        Ok(Self {
            source,
            provider,
            key: RwLock::new(Arc::new(key)),
        })
    }

    /// Looks again. What can't be used is left alone: an old certificate is better than none.
    pub fn refresh(&self) {
        match self.source.read(&self.provider) {
            Ok(key) => {
                let mut current = self.key.write().expect("nobody panics while holding it");
                if current.cert != key.cert {
                    tracing::info!("a new certificate is shown from now on");
                    *current = Arc::new(key);
                }
            }
            Err(error) => tracing::warn!(error, "the certificate stays as it was"),
        }
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.key.read().expect("nobody panics while holding it");
        Some(Arc::clone(&current))
    }
}

impl Source {
    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let (certificates, key, file) = match self {
            Self::Files { certificate, key } => {
                let read = |file: &PathBuf| {
                    std::fs::read(file)
                        .map_err(|error| format!("cannot read {}: {error}", file.display()))
                };
                (read(certificate)?, read(key)?, certificate)
            }
            Self::SelfSigned { file, address } => {
                let made = SelfSigned::open(file, &Addresses::of(*address), now_ms())?;
                if made.is_new {
                    tracing::info!(file = %file.display(), "a certificate was made");
                }
                let pem = made.pem.into_bytes();
                (pem.clone(), pem, file)
            }
        };
        let what = |error| format!("{} holds no certificate: {error}", file.display());
        let chain = CertificateDer::pem_slice_iter(&certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| what(error.to_string()))?;
        if chain.is_empty() {
            return Err(what("there is no block CERTIFICATE in it".into()));
        }
        let key = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|error| format!("there is no key for {}: {error}", file.display()))?;
        CertifiedKey::from_der(chain, key, provider)
            .map_err(|error| format!("{} and its key can't be used: {error}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::crypto::ring;

    use super::*;

    fn make() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["calls.example".to_owned()]);
        let made = made.expect("ring can");
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
        let name = format!("callreel-resolver-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&dir).expect("a temporary folder can be made");
        let (certificate, key) = (dir.join("a.pem"), dir.join("a.key"));
        let write = |pair: &(String, String)| {
            std::fs::write(&certificate, &pair.0).expect("the folder is ours");
            std::fs::write(&key, &pair.1).expect("the folder is ours");
        };
        write(&make());
        let source = Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let current = Current::open(source, Arc::new(ring::default_provider()));
        let current = current.expect("they fit");
        let shown = || Arc::clone(&current.key.read().expect("nobody panicked"));
        let first = shown();
        current.refresh();
        assert!(Arc::ptr_eq(&first, &shown()), "nothing has changed");
        write(&make());
        current.refresh();
        let second = shown();
        assert!(first.cert != second.cert);
        // The certificate is there already, its key not yet.
        std::fs::write(&certificate, make().0).expect("the folder is ours");
        current.refresh();
        assert!(Arc::ptr_eq(&second, &shown()));
        std::fs::remove_dir_all(&dir).expect("the folder is ours");
    }
}
