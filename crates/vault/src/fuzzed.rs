//! Every reader of this crate that is given bytes from outside, each as a function of bytes that checks what the reader
//! promises of whatever it reads. The fuzz targets (`fuzz/`) and the replay of their corpora in the ordinary tests call the
//! same functions (docs/adr/0019-fuzz-targets-and-tests-share-one-function.md).
//!
//! A promise that does not hold is a panic here; nothing else in this crate panics on input.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::Arc;

use crate::certificate::{self, CertificateError};
use crate::check::{CheckInput, SecretPresence, check_draft};
use crate::clock::Timestamp;
use crate::draft::CertificateFormat;
use crate::hex::{hex, unhex};
use crate::ids::{KeySlotId, VaultId};
use crate::key::{PassphraseParameters, RecoveryCode};
use crate::portable;
use crate::seal::{
    Binding, DataKey, Entropy, Field, NO_PARAMETERS, Sealer, SlotKey, SlotKind, SlotPlace, Table, unwrap,
    wrap,
};
use crate::secret::SecretValue;
use crate::slots;
use crate::store::key_slots::StoredSlot;

pub use crate::store::fuzzed::{activity_rows, ledger, rekey_stage, sealed_json, secrets_layout, vault_file};

/// The passphrase of every sealed file in the corpora.
pub const WORDS: &str = "not-a-real-passphrase";

/// Gives the same byte for ever, or the bytes it was made with: what was sealed comes out the same again.
struct Known(Vec<u8>);

impl Entropy for Known {
    fn fill(&self, buffer: &mut [u8]) {
        for (at, byte) in buffer.iter_mut().enumerate() {
            *byte = self.0.get(at).copied().unwrap_or(7);
        }
    }
}

const VAULT: VaultId = VaultId::from_bytes([3; 16]);
const SLOT: KeySlotId = KeySlotId::from_bytes([5; 16]);
const PLACE: Binding = Binding { table: Table::Draft, object: [4; 16], field: Field::Secrets, revision: 1 };

fn data_key() -> DataKey {
    DataKey::make(&Known(Vec::new()))
}

/// The sealer of the corpora; its nonces are these bytes.
pub(crate) fn sealer(nonce: &[u8]) -> Sealer {
    Sealer::new(VAULT, &data_key(), Arc::new(Known(nonce.to_vec())))
}

/// A sealed value as it stands in the file: it opens only if it is, byte for byte, what sealing its content makes.
pub fn sealed_blob(bytes: &[u8]) {
    let nonce = bytes.get(4..16).unwrap_or_default();
    if let Ok(plain) = sealer(nonce).open(&PLACE, bytes) {
        assert_eq!(sealer(nonce).seal(&PLACE, &plain).as_deref(), Ok(bytes), "one value, one sealed form");
        let elsewhere = Binding { revision: 2, ..PLACE };
        assert!(sealer(nonce).open(&elsewhere, bytes).is_err(), "and it opens in its own place only");
    }
}

/// A wrapped data key, and what stands in clear beside it: up to the first zero byte its parameters, then the wrapped key.
pub fn key_slot(bytes: &[u8]) {
    let (parameters, wrapped) =
        bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    let wrapped = wrapped.get(1..).unwrap_or_default();
    let Ok(parameters) = std::str::from_utf8(parameters) else { return };
    if let Ok(read) = PassphraseParameters::parse(parameters) {
        assert_eq!(PassphraseParameters::parse(&read.text()), Ok(read.clone()), "written and read again");
        if read.is_cheap() {
            drop(read.derive(&SecretValue::from(WORDS)));
        }
    }
    let key = SlotKey::make(&Known(Vec::new()));
    for kind in [SlotKind::Keyring, SlotKind::Recovery, SlotKind::Passphrase] {
        let place = SlotPlace { vault: VAULT, slot: SLOT, kind, parameters };
        if unwrap(&place, &key, wrapped).is_ok() {
            let nonce = Known(wrapped.get(4..16).unwrap_or_default().to_vec());
            assert_eq!(
                wrap(&place, &key, &data_key(), &nonce).as_deref(),
                Ok(wrapped),
                "nobody else's data key"
            );
        }
        let created_at = Timestamp::from_millis(0);
        let stored = StoredSlot {
            id: SLOT,
            kind,
            parameters: parameters.to_owned(),
            wrapped: wrapped.to_vec(),
            created_at,
        };
        assert_eq!(slots::listed(&[stored]).len(), 1, "a slot with odd parameters is listed all the same");
    }
}

/// A recovery code as typed: what is read is one code, and written down it reads back as itself.
pub fn recovery_code(bytes: &[u8]) {
    let Ok(typed) = std::str::from_utf8(bytes) else { return };
    let Ok(code) = RecoveryCode::parse(typed) else { return };
    let written = code.text();
    let text = written.expose_text().unwrap_or_default();
    let again = RecoveryCode::parse(text).map(|again| again.text().expose().to_vec());
    assert_eq!(again.as_deref(), Ok(text.as_bytes()), "as it is written down it reads back");
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).count();
    assert_eq!(letters(typed), letters(text), "no letter was passed over");
    for (number, group) in code.groups().iter().enumerate() {
        assert!(code.is_group(number, group.expose_text().unwrap_or_default()));
    }
}

/// A file that is said to be an age file under [`WORDS`]. Costs are held down, so that a run is short.
pub fn age_import(bytes: &[u8]) {
    if let Ok(json) = portable::opened(bytes, &SecretValue::from(WORDS), 4) {
        export_json(&json);
    }
}

/// What stands inside an age file.
pub fn export_json(bytes: &[u8]) {
    match portable::read_export(bytes) {
        Ok(read) => drop(read),
        Err(error) => quotes_nothing(&error.to_string(), bytes),
    }
}

/// One request body, or an array of them, as the API takes it.
pub fn draft_json(bytes: &[u8]) {
    let all = match crate::body::parse_bodies(bytes) {
        Ok(all) => all,
        Err(error) => return quotes_nothing(&error.to_string(), bytes),
    };
    assert!(!all.is_empty(), "nothing at all is refused");
    for draft in all.iter().take(50) {
        let set: BTreeSet<_> = draft.secrets.iter().map(|(field, _)| field).collect();
        let secrets = SecretPresence { set: &set, values: Some(&draft.secrets) };
        let now = Timestamp::from_millis(1_795_507_200_000);
        let found = check_draft(&CheckInput {
            meta: &draft.meta,
            secrets,
            now,
            references: &|_| None,
            self_id: None,
        });
        for issue in found.iter().chain(&draft.notes) {
            for (_, value) in draft.secrets.iter().filter(|(_, value)| value.len() >= 24) {
                let said = value.expose_text().is_some_and(|text| issue.message.contains(text));
                assert!(!said, "no sentence holds a secret");
            }
        }
    }
}

/// The members of a whole JSON document, at every depth.
fn names(value: &serde_json::Value, all: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                all.push(name.clone());
                names(value, all);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| names(item, all)),
        _ => {}
    }
}

/// A refusal names members and never quotes what stands in one. Secrets of the corpora begin with `zebra-`.
fn quotes_nothing(said: &str, bytes: &[u8]) {
    let mut members = Vec::new();
    if let Ok(document) = serde_json::from_slice(bytes) {
        names(&document, &mut members);
    }
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'"').collect();
    let values = parts.windows(2).filter(|pair| pair[0].trim_ascii_end().ends_with(b":")).map(|pair| pair[1]);
    for value in values.filter(|value| value.len() >= 24 && value.starts_with(b"zebra-")) {
        // Who gives a member a value for its name has its name named.
        let quoted = std::str::from_utf8(value)
            .is_ok_and(|value| said.contains(value) && !members.iter().any(|name| name.contains(value)));
        assert!(!quoted, "no refusal holds a secret");
    }
}

/// A certificate file in PEM: what it says is the same however its lines end.
pub fn pem(bytes: &[u8]) {
    let read = certificate::inspect(bytes, CertificateFormat::Pem, None);
    facts(&read);
    if read.is_ok() && !bytes.contains(&b'\r') {
        let windows: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] })
            .collect();
        if windows.len() <= certificate::MAX_FILE_BYTES {
            same(&certificate::inspect(&windows, CertificateFormat::Pem, None), &read);
        }
    }
}

/// A certificate file in PKCS#12, without a password and with one; and the bare DER of one certificate.
pub fn pkcs12(bytes: &[u8]) {
    for password in [None, Some(SecretValue::from("fixture-password"))] {
        facts(&certificate::inspect(bytes, CertificateFormat::Pkcs12, password.as_ref()));
    }
    facts(&certificate::inspect_der(bytes));
    let _ = certificate::detect_format(bytes);
}

fn facts(read: &Result<crate::draft::CertificateFacts, CertificateError>) {
    if let Ok(facts) = read {
        assert!(facts.certificates > 0 && facts.fingerprint.len() == 64);
        let text = [&facts.subject, &facts.issuer].into_iter().chain(&facts.alternative_names);
        for text in text {
            assert!(
                !text.chars().any(char::is_control),
                "names are printed to terminals, which obey them: {text:?}"
            );
        }
    }
}

fn same<T: PartialEq + Debug>(one: &T, other: &T) {
    assert_eq!(one, other);
}

/// Hex of digests and salts, and ids: what is read is what was written, in small letters or capitals.
pub fn hex_and_ids(bytes: &[u8]) {
    assert_eq!(unhex(&hex(bytes)).as_deref(), Some(bytes));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(read) = unhex(text) {
        assert_eq!(hex(&read), text.to_ascii_lowercase());
    }
    if let Ok(id) = text.parse::<VaultId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}

/// An age file under [`WORDS`] that costs nothing to open; another one each time.
///
/// # Errors
/// None in practice.
pub fn age_file(inside: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(age::secrecy::SecretString::from(WORDS));
    recipient.set_work_factor(2);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
    let mut out = encryptor.wrap_output(Vec::new())?;
    out.write_all(inside)?;
    out.finish()
}

/// A file of a corpus: name of its target, its name, its bytes.
pub type Seed = (&'static str, &'static str, Vec<u8>);

/// A first sealed value, wrapped key and so on, for the corpora.
///
/// # Errors
/// None in practice.
pub fn seeds() -> Result<Vec<Seed>, crate::Error> {
    let key = SlotKey::make(&Known(Vec::new()));
    let slot = |kind, parameters: &str| -> Result<Vec<u8>, crate::Error> {
        let place = SlotPlace { vault: VAULT, slot: SLOT, kind, parameters };
        let mut out = parameters.as_bytes().to_vec();
        out.push(0);
        out.extend(wrap(&place, &key, &data_key(), &Known(vec![9; 12]))?);
        Ok(out)
    };
    let passphrase = PassphraseParameters::make(crate::key::Cost::LEAST, true, &Known(vec![8; 16])).text();
    let code = RecoveryCode::make(&Known((0..32).collect()));
    let mut all = vec![
        ("sealed_blob", "sealed", sealer(&[9; 12]).seal(&PLACE, b"zebra-secret")?),
        ("sealed_blob", "sealed-empty", sealer(&[1; 12]).seal(&PLACE, b"")?),
        ("key_slot", "keyring", slot(SlotKind::Keyring, NO_PARAMETERS)?),
        ("key_slot", "keyring-of-a-store", slot(SlotKind::Keyring, "{\"store\":\"Secret Service\"}")?),
        ("key_slot", "recovery", slot(SlotKind::Recovery, NO_PARAMETERS)?),
        ("key_slot", "passphrase", slot(SlotKind::Passphrase, &passphrase)?),
        ("recovery_code", "written", code.text().expose().to_vec()),
        ("hex_and_ids", "id", VAULT.to_string().into_bytes()),
        ("hex_and_ids", "digest", hex(&[0xab; 32]).into_bytes()),
    ];
    all.extend(crate::store::fuzzed::seeds());
    Ok(all)
}
