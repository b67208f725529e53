//! TLS of the server itself, with a certificate that can be exchanged while connections are open.

use crate::config::TlsConfig;
use std::{
    io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

/// The certificate of this moment; a connection keeps the one it was made with.
pub struct Certificate(RwLock<TlsAcceptor>);

impl Certificate {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// Which file is not what it should be, and how.
    pub fn read(config: &TlsConfig) -> Result<Self, String> {
        Ok(Self(RwLock::new(acceptor(config)?)))
    }

    /// Reads both again; when they are not good, the old ones stay.
    ///
    /// # Errors
    /// As [`Certificate::read`].
    pub fn exchange(&self, config: &TlsConfig) -> Result<(), String> {
        let next = acceptor(config)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let acceptor = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        acceptor.accept(stream).await
    }
}

fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor, String> {
    let wrong =
        |setting: &str, path: &Path, e: &dyn std::fmt::Display| format!("tls.{setting} {}: {e}", path.display());
    let (cert, key) = (&config.cert_file, &config.key_file);
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(|e| wrong("cert_file", cert, &e))?;
    if chain.is_empty() {
        return Err(wrong("cert_file", cert, &"holds no certificate in PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| wrong("key_file", key, &e))?;
    let mut tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("tls: {e}"))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|e| wrong("key_file", key, &e))?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}
