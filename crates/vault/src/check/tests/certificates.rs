use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../tests/fixtures/certs/", $name)).as_slice()
    };
}

const PASSWORD: &str = "fixture-password";

fn file(public: bool, format: CertificateFormat, bytes: &[u8]) -> Case {
    let mut case = Case::new(if public {
        Details::PublicCertificate { certificate_format: format, facts: None }
    } else {
        Details::Certificate { certificate_format: format, facts: None }
    });
    case = case.without(SecretField::Password);
    case.values.as_mut().unwrap().set(SecretField::Certificate, SecretValue::new(bytes.to_vec()));
    case
}

fn client(bytes: &[u8]) -> Case {
    file(false, CertificateFormat::Pem, bytes)
}

fn pkcs12(bytes: &[u8], password: &str) -> Case {
    file(false, CertificateFormat::Pkcs12, bytes).secret(SecretField::Password, password)
}

fn public(bytes: &[u8]) -> Case {
    file(true, CertificateFormat::Pem, bytes)
}

#[test]
fn good_files_have_no_finding() {
    client(fixture!("leaf-with-key.pem")).finds(&[]);
    pkcs12(fixture!("modern.p12"), PASSWORD).finds(&[]);
    pkcs12(fixture!("empty-password.p12"), "").finds(&[]);
    public(fixture!("ca.pem")).finds(&[]);
    file(true, CertificateFormat::Pkcs12, fixture!("plain.p12")).finds(&["E certificate PrivateKeyInPublic"]);
}

#[test]
fn a_missing_file_is_the_only_finding() {
    client(b"x")
        .without(SecretField::Certificate)
        .secret(SecretField::Password, "x")
        .finds(&["E certificate Required"]);
    public(b"").finds(&["E certificate Required"]);
}

#[test]
fn wrong_password_and_broken_file_are_two_things() {
    let modern = fixture!("modern.p12");
    pkcs12(modern, MARKER).finds(&["E password WrongPassword"]);
    pkcs12(modern, "").finds(&["E password WrongPassword"]);
    pkcs12(&modern[..modern.len() - 1], PASSWORD).finds(&["E certificate BrokenFile"]);
    pkcs12(b"hello", PASSWORD).finds(&["E certificate BrokenFile"]);
    client(b"-----BEGIN CERTIFICATE-----\nZHVtbXk=\n-----END CERTIFICATE-----\n")
        .finds(&["E certificate BrokenFile"]);
    client(fixture!("foreign-key.pem")).finds(&["E certificate BrokenFile"]);
    file(true, CertificateFormat::Pkcs12, modern).finds(&["E certificate WrongPassword"]);
}

#[test]
fn what_cannot_be_read_here_only_warns() {
    pkcs12(fixture!("unsupported-rc4.p12"), PASSWORD).finds(&["W certificate Advice"]);
}

#[test]
fn a_file_of_another_format_says_so() {
    client(fixture!("modern.p12")).finds(&["E certificateFormat Malformed"]);
    pkcs12(fixture!("leaf-with-key.pem"), "x").finds(&["E certificateFormat Malformed"]);
    client(fixture!("leaf.der")).finds(&["E certificateFormat Malformed"]);
}

#[test]
fn pem_takes_no_password() {
    client(fixture!("leaf-with-key.pem"))
        .secret(SecretField::Password, MARKER)
        .finds(&["E password PemPassword"]);
    client(fixture!("leaf-with-key.pem")).secret(SecretField::Password, "").finds(&[]);
    client(fixture!("encrypted-key.pem")).finds(&["E certificate PemPassword"]);
    let mut sealed = client(fixture!("leaf-with-key.pem"));
    sealed.set.insert(SecretField::Password);
    sealed.finds(&["E password PemPassword"]);
}

#[test]
fn keys_are_where_they_belong() {
    client(fixture!("leaf.pem")).finds(&["W certificate NoPrivateKey"]);
    pkcs12(fixture!("certificate-only.p12"), PASSWORD).finds(&["W certificate NoPrivateKey"]);
    for bytes in [fixture!("leaf-with-key.pem"), fixture!("encrypted-key.pem"), fixture!("foreign-key.pem")] {
        public(bytes).finds(&["E certificate PrivateKeyInPublic"]);
    }
}

#[test]
fn a_sealed_password_is_not_accused() {
    let mut case = file(false, CertificateFormat::Pkcs12, fixture!("modern.p12"));
    case.set.insert(SecretField::Password);
    case.finds(&[]);
    let mut case = file(false, CertificateFormat::Pkcs12, fixture!("leaf-with-key.pem"));
    case.set.insert(SecretField::Password);
    case.finds(&["E certificateFormat Malformed"]);
}

#[test]
fn a_file_too_large_to_send_is_not_parsed() {
    let mut bytes = fixture!("leaf-with-key.pem").to_vec();
    bytes.resize(certificate::MAX_FILE_BYTES + 1, b'\n');
    client(&bytes).finds(&["E certificate TooLarge"]);
}

#[test]
fn a_file_counts_with_the_size_of_its_base64() {
    for (size, expected) in [(749_990, &["E certificate TooLarge"][..]), (749_000, &[])] {
        let mut bytes = fixture!("leaf-with-key.pem").to_vec();
        bytes.resize(size, b'\n');
        client(&bytes).finds(expected);
    }
}

#[test]
fn the_dates_of_a_sealed_file_are_those_read_earlier() {
    let facts = |not_before, not_after, has_private_key| {
        let mut case = client(b"");
        case.values = None;
        case.change(|meta| {
            meta.details = Details::Certificate {
                certificate_format: CertificateFormat::Pem,
                facts: Some(CertificateFacts {
                    subject: "CN=x".into(),
                    issuer: "CN=x".into(),
                    not_before,
                    not_after,
                    certificates: 1,
                    has_private_key,
                    alternative_names: vec![],
                    fingerprint: String::new(),
                    key: "RSA 2048".into(),
                    file_name: None,
                }),
            };
        })
    };
    facts(in_days(-9), in_days(90), true).finds(&[]);
    facts(in_days(-9), in_days(90), false).finds(&["W certificate NoPrivateKey"]);
    facts(in_days(-9), in_days(20), true).finds(&["W certificate ExpiresSoon"]);
    facts(in_days(-9), in_days(-1), true).finds(&["W certificate Expired"]);
    facts(in_days(1), in_days(90), true).finds(&["W certificate Expired"]);
}
