//! A certificate authority and a server certificate, made at start and gone at the end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use time::Time;
use tokio_rustls::TlsAcceptor;

use crate::SandboxError;
use crate::clock::utc;

const DAY: Duration = Duration::from_secs(86_400);

/// What accepts TLS connections, and the PEM of the authority a client has to trust.
pub(crate) fn acceptor(now: SystemTime, host: &str) -> Result<(TlsAcceptor, String), SandboxError> {
    make(now, host).map_err(SandboxError::Certificate)
}

fn make(now: SystemTime, host: &str) -> Result<(TlsAcceptor, String), String> {
    let text = |error: rcgen::Error| error.to_string();
    // A server certificate below an authority, not one self-signed certificate: some platforms accept no other form.
    let mut authority = CertificateParams::new(Vec::new()).map_err(text)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    describe(&mut authority, "Sealpost sandbox authority", now);
    let authority =
        CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(text)?).map_err(text)?;

    let key = KeyPair::generate().map_err(text)?;
    let names = vec!["localhost".to_owned(), host.to_owned()];
    let mut server = CertificateParams::new(names).map_err(text)?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    describe(&mut server, "Sealpost sandbox", now);
    let certificate = server.signed_by(&key, &authority).map_err(text)?;

    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}

/// Name and validity: from yesterday, for a year.
fn describe(certificate: &mut CertificateParams, name: &str, now: SystemTime) {
    let midnight = |time| utc(time).replace_time(Time::MIDNIGHT);
    certificate.distinguished_name.push(DnType::CommonName, name);
    certificate.not_before = midnight(now.checked_sub(DAY).unwrap_or(now));
    certificate.not_after = midnight(now.checked_add(365 * DAY).unwrap_or(now));
}
