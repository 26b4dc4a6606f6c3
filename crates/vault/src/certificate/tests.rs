use proptest::prelude::*;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/certs/", $name)).as_slice()
    };
}

use CertificateError as E;
use CertificateFormat::{Pem, Pkcs12};

const PASSWORD: &str = "fixture-password";

fn read(bytes: &[u8], format: CertificateFormat, password: Option<&str>) -> Result<CertificateFacts, E> {
    inspect(bytes, format, password.map(SecretValue::from).as_ref())
}

/// Every fixture with the password that opens it.
fn all() -> Vec<(&'static str, &'static [u8], CertificateFormat, Option<&'static str>)> {
    vec![
        ("ca.pem", fixture!("ca.pem"), Pem, None),
        ("ed25519.pem", fixture!("ed25519.pem"), Pem, None),
        ("leaf.pem", fixture!("leaf.pem"), Pem, None),
        ("leaf-with-key.pem", fixture!("leaf-with-key.pem"), Pem, None),
        ("wrong-order.pem", fixture!("wrong-order.pem"), Pem, None),
        ("rsa.pem", fixture!("rsa.pem"), Pem, None),
        ("rsa-pkcs1.pem", fixture!("rsa-pkcs1.pem"), Pem, None),
        ("modern.p12", fixture!("modern.p12"), Pkcs12, Some(PASSWORD)),
        ("legacy-rc2-3des.p12", fixture!("legacy-rc2-3des.p12"), Pkcs12, Some(PASSWORD)),
        ("empty-password.p12", fixture!("empty-password.p12"), Pkcs12, Some("")),
        ("no-mac.p12", fixture!("no-mac.p12"), Pkcs12, Some(PASSWORD)),
        ("plain.p12", fixture!("plain.p12"), Pkcs12, None),
        ("certificate-only.p12", fixture!("certificate-only.p12"), Pkcs12, Some(PASSWORD)),
        ("java.p12", fixture!("java.p12"), Pkcs12, Some(PASSWORD)),
        ("unicode-password.p12", fixture!("unicode-password.p12"), Pkcs12, Some("pässwörd-€")),
    ]
}

#[test]
fn every_good_file_opens_with_its_password() {
    for (name, bytes, format, password) in all() {
        let facts = read(bytes, format, password).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(facts.fingerprint.len(), 64, "{name}");
        assert!(facts.not_before < facts.not_after, "{name}");
        assert_eq!(detect_format(bytes), Some(format), "{name}");
    }
}

#[test]
fn the_facts_are_those_of_the_leaf() {
    let facts = read(fixture!("modern.p12"), Pkcs12, Some(PASSWORD)).unwrap();
    assert_eq!(facts.subject, "CN=robot.example.test,O=Example,C=AT");
    assert_eq!(facts.issuer, r"CN=Fixture CA,O=Example\, Test,C=AT");
    assert_eq!(facts.certificates, 2);
    assert!(facts.has_private_key);
    assert_eq!(facts.key, "EC P-256");
    assert_eq!(
        facts.alternative_names,
        ["robot.example.test", "shop.example.test", "192.0.2.7", "robot@example.test"]
    );
    assert_eq!(facts.file_name, None);
}

#[test]
fn the_fingerprint_is_the_one_openssl_prints_and_the_same_in_every_file() {
    let der = fixture!("leaf.der");
    let expected = crate::hex(&crate::seal::sha256(der));
    for (bytes, format, password) in [
        (fixture!("leaf.pem"), Pem, None),
        (fixture!("wrong-order.pem"), Pem, None),
        (fixture!("modern.p12"), Pkcs12, Some(PASSWORD)),
        (fixture!("legacy-rc2-3des.p12"), Pkcs12, Some(PASSWORD)),
        (fixture!("plain.p12"), Pkcs12, None),
    ] {
        assert_eq!(read(bytes, format, password).unwrap().fingerprint, expected);
    }
    assert_eq!(expected, include_str!("../../../../tests/fixtures/certs/leaf.sha256").trim());
}

#[test]
fn a_chain_in_the_wrong_order_shows_the_certificate_of_the_key() {
    let facts = read(fixture!("wrong-order.pem"), Pem, None).unwrap();
    assert_eq!(facts.subject, "CN=robot.example.test,O=Example,C=AT");
    assert_eq!(facts.certificates, 2);
}

#[test]
fn keys_are_named_as_people_name_them() {
    for (bytes, key, private) in [
        (fixture!("rsa.pem"), "RSA 2048", false),
        (fixture!("rsa-pkcs1.pem"), "RSA 2048", true),
        (fixture!("ed25519.pem"), "Ed25519", false),
        (fixture!("leaf-with-key.pem"), "EC P-256", true),
    ] {
        let facts = read(bytes, Pem, None).unwrap();
        assert_eq!((facts.key.as_str(), facts.has_private_key), (key, private));
    }
}

#[test]
fn a_wrong_password_is_told_apart_from_a_broken_file() {
    for (name, bytes, format, right) in all() {
        if format == Pem || name == "plain.p12" {
            continue;
        }
        for wrong in [Some("nope"), Some("fixture-passwort"), Some("Fixture-password")] {
            assert_eq!(read(bytes, format, wrong), Err(E::WrongPassword), "{name}");
        }
        if right != Some("") {
            assert_eq!(read(bytes, format, None), Err(E::WrongPassword), "{name}");
        }
        let half = &bytes[..bytes.len() / 2];
        for password in [right, Some("nope")] {
            assert!(matches!(read(half, format, password), Err(E::BrokenFile { .. })), "{name} cut in half");
        }
    }
}

#[test]
fn a_file_without_mac_says_wrong_password_for_many_wrong_passwords() {
    // About one in 256 wrong passwords decrypts to something with valid padding.
    for number in 0..600 {
        let result = read(fixture!("no-mac.p12"), Pkcs12, Some(&format!("wrong {number}")));
        assert_eq!(result, Err(E::WrongPassword), "{number}");
    }
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let too_large = vec![b'-'; MAX_FILE_BYTES + 1];
    let no_certificate = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let no_end = b"-----BEGIN CERTIFICATE-----\nMIIB\n";
    let not_base64 = b"-----BEGIN CERTIFICATE-----\nM!!B\n-----END CERTIFICATE-----\n";
    let dummy = b"-----BEGIN CERTIFICATE-----\nZHVtbXk=\n-----END CERTIFICATE-----\n";
    let other_end = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END PRIVATE KEY-----\n";
    let broken = |detail: &str| E::BrokenFile { detail: detail.to_owned() };
    let cases: Vec<(&[u8], CertificateFormat, E)> = vec![
        (b"", Pem, E::Empty),
        (b"", Pkcs12, E::Empty),
        (&too_large, Pem, E::TooLarge),
        (b"hello", Pem, E::NotACertificate),
        (b"hello", Pkcs12, E::NotACertificate),
        (b"\x00\x01\x02", Pkcs12, E::NotACertificate),
        (no_certificate, Pem, E::NotACertificate),
        (no_end, Pem, broken("a block has no END line, so the file is cut off")),
        (not_base64, Pem, broken("a certificate block is not base64")),
        (dummy, Pem, broken("certificate 1 of 1 can't be read")),
        (other_end, Pem, broken("an END line has no matching BEGIN line")),
        (fixture!("leaf.der"), Pem, E::WrongFormat { found: FileKind::DerCertificate }),
        (fixture!("leaf.der"), Pkcs12, E::WrongFormat { found: FileKind::DerCertificate }),
        (fixture!("leaf.pem"), Pkcs12, E::WrongFormat { found: FileKind::Pem }),
        (fixture!("modern.p12"), Pem, E::WrongFormat { found: FileKind::Pkcs12 }),
        (fixture!("encrypted-key.pem"), Pem, E::EncryptedKeyInPem),
        (fixture!("encrypted-key-pkcs1.pem"), Pem, E::EncryptedKeyInPem),
        (fixture!("foreign-key.pem"), Pem, E::KeyMismatch),
    ];
    for (bytes, format, expected) in cases {
        assert_eq!(read(bytes, format, Some(PASSWORD)), Err(expected));
    }
}

#[test]
fn algorithms_that_are_not_read_here_are_not_called_broken() {
    for bytes in [fixture!("unsupported-rc4.p12"), &b"\x30\x80\x02\x01\x03\x30\x80\x00\x00"[..]] {
        assert!(matches!(read(bytes, Pkcs12, Some(PASSWORD)), Err(E::Unsupported { .. })));
    }
    assert!(matches!(read(fixture!("modern.p12"), Pkcs12, Some("🦀")), Err(E::Unsupported { .. })));
    // The same file, said to use another hash (SHA-1, and one that does not exist) or another cipher.
    const HMAC_SHA256: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09];
    const AES_256_CBC: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A];
    for (oid, last) in [(&HMAC_SHA256[..], 0x07), (&HMAC_SHA256, 0x7F), (&AES_256_CBC, 0x7F)] {
        let mut bytes = fixture!("no-mac.p12").to_vec();
        let at = bytes.windows(oid.len()).position(|window| window == oid).unwrap();
        bytes[at + oid.len() - 1] = last;
        assert!(matches!(read(&bytes, Pkcs12, Some(PASSWORD)), Err(E::Unsupported { .. })), "{last}");
    }
}

#[test]
fn a_password_that_is_not_text_opens_nothing() {
    let password = SecretValue::new(vec![0xFF, 0xFE]);
    assert_eq!(inspect(fixture!("modern.p12"), Pkcs12, Some(&password)), Err(E::WrongPassword));
}

#[test]
fn pem_is_read_as_other_programs_read_it() {
    let plain = std::str::from_utf8(fixture!("leaf.pem")).unwrap();
    let expected = read(plain.as_bytes(), Pem, None).unwrap();
    let one_line: String = {
        let body: String = plain.lines().filter(|line| !line.starts_with("-----")).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", body.trim_end_matches('='))
    };
    for text in [
        plain.replace('\n', "\r\n"),
        format!("\u{FEFF}{plain}"),
        format!("Bag Attributes\n    friendlyName: robot\n\n{plain}trailing words"),
        plain.lines().map(|line| format!("{line}  \n")).collect(),
        one_line,
    ] {
        assert_eq!(read(text.as_bytes(), Pem, None).unwrap(), expected);
    }
}

#[test]
fn a_file_cut_at_any_byte_is_an_error_or_the_same_certificate() {
    for (name, bytes, format, password) in all() {
        // The key derivation makes each try cost milliseconds, but a cut PKCS#12 file never gets that far.
        let whole = read(bytes, format, password).unwrap();
        for end in 0..bytes.len() {
            match read(&bytes[..end], format, password) {
                Err(error) => assert_ne!(error, E::WrongPassword, "{name} cut at {end}"),
                // Only the last line break, the last dashes' spaces or a later block may be missing.
                Ok(facts) => {
                    assert!(format == Pem && facts.certificates <= whole.certificates, "{name} cut at {end}");
                }
            }
        }
    }
}

#[test]
fn messages_name_a_next_step_and_no_content() {
    for error in [
        E::Empty,
        E::TooLarge,
        E::NotACertificate,
        E::WrongPassword,
        E::EncryptedKeyInPem,
        E::KeyMismatch,
        E::BrokenFile { detail: "it is cut off".into() },
        E::Unsupported { detail: "x".into() },
    ] {
        let text = error.to_string();
        assert!(text.ends_with('.') && text.matches(". ").count() >= 1, "{text}");
        assert!(!text.contains(PASSWORD));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), pem: bool) {
        let _ = inspect(&bytes, if pem { Pem } else { Pkcs12 }, None);
        let _ = detect_format(&bytes);
    }

    #[test]
    fn no_bytes_behind_a_good_start_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for start in [&b"\x30\x82\x01\x00\x02\x01\x03"[..], b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82\x01\x00\x30"] {
            let mut all = start.to_vec();
            all.extend_from_slice(&bytes);
            for format in [Pem, Pkcs12] {
                let _ = inspect(&all, format, None);
            }
        }
    }

    #[test]
    fn no_changed_byte_makes_it_panic(which in 0..all().len(), at in any::<prop::sample::Index>(), byte: u8) {
        let (_, bytes, format, password) = all()[which];
        let mut changed = bytes.to_vec();
        let at = at.index(changed.len());
        changed[at] = byte;
        let _ = read(&changed, format, password);
    }
}
