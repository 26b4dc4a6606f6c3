//! TLS: rustls with ring, the trust store of the OS, and the CA certificates of one environment. There is no way to
//! turn the check off: with it off, whoever sits in between reads the token and every secret.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::endpoint::Endpoint;
use crate::error::Error;

/// What the TLS connection showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFacts {
    /// DER of the server's certificate.
    pub certificate: Option<Vec<u8>>,
    /// `TLS 1.3` or `TLS 1.2`.
    pub version: Option<&'static str>,
}

impl TlsFacts {
    /// What the HTTP library kept of the handshake.
    pub(crate) fn of(response: &reqwest::Response) -> Self {
        let Some(info) = response.extensions().get::<reqwest::tls::TlsInfo>() else { return Self::default() };
        let version = info.version().and_then(|version| match version {
            reqwest::tls::Version::TLS_1_3 => Some("TLS 1.3"),
            reqwest::tls::Version::TLS_1_2 => Some("TLS 1.2"),
            _ => None,
        });
        Self { certificate: info.peer_certificate().map(<[u8]>::to_vec), version }
    }
}

/// The configuration for one endpoint. It offers no ALPN, so every connection speaks HTTP/1.1: one request at a time
/// on a connection, which keeps "was it written?" answerable.
pub(crate) fn config(endpoint: &Endpoint, extra_ca_pem: Option<&str>) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = extra_ca_pem.map(certificates).transpose()?.unwrap_or_default();
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::build(error.to_string()))?;
    if !endpoint.is_encrypted() {
        // No TLS on the loopback sandbox; a computer without a trust store can still use it.
        return Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
        .map_err(|error| Error::build(format!("this computer has no usable trust store ({error})")))?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// The certificates of a CA file, each one usable: one that is left out in silence would be a riddle later.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let all = all.map_err(|_| Error::build("the CA file is not readable as PEM"))?;
    if all.is_empty() {
        return Err(Error::build("the CA file holds no certificate in PEM form"));
    }
    let mut probe = rustls::RootCertStore::empty();
    for certificate in &all {
        probe
            .add(certificate.clone())
            .map_err(|error| Error::build(format!("the CA file holds a broken certificate ({error})")))?;
    }
    Ok(all)
}
