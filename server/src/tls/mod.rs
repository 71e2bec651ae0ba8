//! HTTPS: browsers give cameras to secure pages only, so a phone on the same network needs it.

mod addresses;
mod resolver;
mod self_signed;
mod welcome;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

pub use welcome::welcome;

use crate::{blocking::blocking, config::Tls};
use addresses::Addresses;
use resolver::{Current, Source};

/// How often certificates are looked at: the host's may have been renewed, ours may be old.
const LOOK: Duration = Duration::from_secs(600);

/// Gets ready for TLS at this address; none where it is off.
///
/// # Errors
///
/// A text for the host.
pub fn acceptor(
    tls: &Tls,
    data_dir: &Path,
    address: SocketAddr,
) -> Result<Option<TlsAcceptor>, String> {
    let source = match tls {
        Tls::Off => return Ok(None),
        Tls::Files { certificate, key } => Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        Tls::SelfSigned => Source::SelfSigned {
            file: data_dir.join("tls").join("self-signed.pem"),
            address,
        },
    };
    let provider = Arc::new(ring::default_provider());
    let current = Arc::new(Current::open(source, Arc::clone(&provider))?);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("cannot set up TLS: {error}"))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&current) as _);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let current = Arc::clone(&current);
            if let Err(code) = blocking(move || current.refresh()).await {
                tracing::warn!(%code, "certificates can't be looked at");
            }
        }
    });
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}
