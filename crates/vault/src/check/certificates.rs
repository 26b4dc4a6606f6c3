//! `CERTIFICATE` and `PUBLIC_CERTIFICATE` (contract 2.6 and 2.7).
//!
//! The file is parsed when its bytes are at hand; otherwise the facts read earlier are what is known.

use super::{CheckInput, Issue, IssueCode, common};
use crate::certificate::{self, CertificateError};
use crate::draft::{CertificateFacts, CertificateFormat, Details};
use crate::secret::SecretField;

const FILE: &str = "certificate";
const PASSWORD: &str = "password";

pub(super) fn check(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    let (format, known, public) = match &input.meta.details {
        Details::Certificate { certificate_format, facts } => (*certificate_format, facts.as_ref(), false),
        Details::PublicCertificate { certificate_format, facts } => {
            (*certificate_format, facts.as_ref(), true)
        }
        _ => return,
    };
    if !input.secrets.has(SecretField::Certificate) {
        issues.push(Issue::error(
            FILE,
            IssueCode::Required,
            "Pick the certificate file. A set can't be published without it.",
        ));
        return;
    }
    if !public && format == CertificateFormat::Pem && input.secrets.has(SecretField::Password) {
        issues.push(Issue::error(
            PASSWORD,
            IssueCode::PemPassword,
            "Dynatrace takes no password for PEM. Clear the password, or use a PKCS#12 file.",
        ));
    }
    match read(input, format, public) {
        Some(Ok(fresh)) => check_facts(input, &fresh, public, issues),
        Some(Err(error)) => issues.push(issue(&error, public)),
        None => {
            if let Some(facts) = known {
                check_facts(input, facts, public, issues);
            }
        }
    }
}

/// Parses the file if everything that this needs is at hand.
fn read(
    input: &CheckInput<'_>,
    format: CertificateFormat,
    public: bool,
) -> Option<Result<CertificateFacts, CertificateError>> {
    let file = input.secrets.value(SecretField::Certificate)?;
    let password = if public { None } else { input.secrets.value(SecretField::Password) };
    let password_is_sealed = !public && password.is_none() && input.secrets.has(SecretField::Password);
    if format == CertificateFormat::Pkcs12 && password_is_sealed {
        // Trying the empty password would accuse the stored one, which nobody looked at.
        let kind = certificate::file_kind(file.expose());
        return (certificate::detect_format(file.expose()) != Some(format))
            .then_some(Err(CertificateError::WrongFormat { found: kind }));
    }
    Some(certificate::inspect(file.expose(), format, password))
}

fn issue(error: &CertificateError, public: bool) -> Issue {
    use CertificateError as E;
    let text = error.to_string();
    match error {
        E::WrongPassword if public => Issue::error(
            FILE,
            IssueCode::WrongPassword,
            "This file needs a password, and a public certificate is sent without one. Export the certificate as PEM, without its key.",
        ),
        E::WrongPassword => Issue::error(PASSWORD, IssueCode::WrongPassword, text),
        E::EncryptedKeyInPem if public => Issue::error(FILE, IssueCode::PrivateKeyInPublic, KEY_IN_PUBLIC),
        E::EncryptedKeyInPem => Issue::error(FILE, IssueCode::PemPassword, text),
        E::TooLarge => Issue::error(FILE, IssueCode::TooLarge, text),
        E::Empty => Issue::error(FILE, IssueCode::Required, text),
        E::WrongFormat { .. } => Issue::error("certificateFormat", IssueCode::Malformed, text),
        E::KeyMismatch if public => Issue::error(FILE, IssueCode::PrivateKeyInPublic, KEY_IN_PUBLIC),
        E::NotACertificate | E::BrokenFile { .. } | E::KeyMismatch => {
            Issue::error(FILE, IssueCode::BrokenFile, text)
        }
        E::Unsupported { .. } => Issue::warning(FILE, IssueCode::Advice, text),
    }
}

const KEY_IN_PUBLIC: &str = "The file holds a private key, which would leave this computer with a certificate meant to be public. Pick a file without the key.";

fn check_facts(input: &CheckInput<'_>, facts: &CertificateFacts, public: bool, issues: &mut Vec<Issue>) {
    match (public, facts.has_private_key) {
        // An error and not a warning: nothing that reads a public set needs the key, and it can't be taken back.
        (true, true) => issues.push(Issue::error(FILE, IssueCode::PrivateKeyInPublic, KEY_IN_PUBLIC)),
        (false, false) => issues.push(Issue::warning(
            FILE,
            IssueCode::NoPrivateKey,
            "The file holds no private key, so nothing can log in with it. Pick the file that has both, or use the type PUBLIC_CERTIFICATE.",
        )),
        _ => {}
    }
    if input.now < facts.not_before {
        issues.push(Issue::warning(
            FILE,
            IssueCode::Expired,
            "The certificate is not valid yet. Check its dates and this computer's clock.",
        ));
    }
    common::check_end(input.now, facts.not_after, FILE, "The certificate", issues);
}
