//! The readers of the file and of what was opened of it. The latter are given only what this vault's key sealed, by this
//! version or by a later one; the file may have been in anybody's hands.

mod activity_rows;
mod rekey_stage;
mod vault_file;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    ActivityDetail, AttemptIntent, AttemptOutcome, EnvironmentMeta, Exchange, GroupMeta, PublicationMeta,
    RotationMeta, ledger as rows, listing, rekey, secrets_codec,
};
use crate::draft::DraftMeta;
use crate::fuzzed::{Seed, sealer};
use crate::secret::DraftSecrets;

pub use self::activity_rows::activity_rows;
pub use self::rekey_stage::rekey_stage;
pub use self::vault_file::vault_file;

/// The secrets of a draft as laid out before sealing: what is read is written again to the same fields.
pub fn secrets_layout(bytes: &[u8]) {
    let Some(secrets) = secrets_codec::decode(bytes) else { return };
    let written = secrets_codec::encode(&secrets);
    assert_eq!(written.len() % 64, 0, "the length does not tell the secrets'");
    let again = secrets_codec::decode(&written);
    assert!(again.is_some_and(|again| fields(&again) == fields(&secrets)));
}

/// Environment (none for the draft itself), name, value.
type Laid = (Option<Vec<u8>>, &'static str, Vec<u8>);

fn fields(secrets: &DraftSecrets) -> Vec<Laid> {
    let own = secrets.iter().map(|(field, value)| (None, field.name(), value.expose().to_vec()));
    let there = secrets.overrides().flat_map(|(id, all)| {
        all.map(move |(field, value)| (Some(id.as_bytes().to_vec()), field.name(), value.expose().to_vec()))
    });
    own.chain(there).collect()
}

/// Sealed metadata; the first byte says of what. What is read is the same after it was written and read again, and the
/// list and a re-key make of a draft what the draft itself is.
pub fn sealed_json(bytes: &[u8]) {
    let Some((kind, json)) = bytes.split_first() else { return };
    match kind % 9 {
        0 => draft(json),
        1 => stable::<EnvironmentMeta>(json),
        2 => publication(json),
        3 => stable::<AttemptIntent>(json),
        4 => stable::<AttemptOutcome>(json),
        5 => stable::<Vec<Exchange>>(json),
        6 => stable::<ActivityDetail>(json),
        7 => stable::<GroupMeta>(json),
        _ => stable::<RotationMeta>(json),
    }
}

fn stable<T: Serialize + DeserializeOwned>(json: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(json) else { return };
    let written = serde_json::to_vec(&read).ok();
    let again = written.as_deref().and_then(|written| serde_json::from_slice::<T>(written).ok());
    let value = |of: &T| serde_json::to_value(of).ok();
    assert_eq!(again.as_ref().and_then(value), value(&read), "written and read again it is the same");
}

fn draft(json: &[u8]) {
    stable::<DraftMeta>(json);
    let Ok(meta) = serde_json::from_slice::<DraftMeta>(json) else { return };
    // The list reads what this program wrote: text that is written otherwise (a member twice) is nobody's.
    if let Ok(written) = serde_json::to_vec(&meta) {
        assert!(listing::agrees_with_the_draft(&written, &meta), "the list shows what the draft is");
    }
    let secrets = DraftSecrets::new();
    for id in meta.overrides.keys() {
        let there = meta.in_environment(*id);
        assert!(there.overrides.is_empty(), "what one environment gets has no overrides");
    }
    if let Ok(Some(renewed)) = rekey::override_digests(json, &meta, &secrets, &sealer(&[2; 12])) {
        let kept =
            serde_json::from_slice::<DraftMeta>(&renewed).ok().map(|after| (after.name, after.details));
        assert_eq!(kept, Some((meta.name, meta.details)), "a new key changes no word");
    }
}

fn publication(json: &[u8]) {
    stable::<PublicationMeta>(json);
    let (old, new) = (sealer(&[2; 12]), sealer(&[3; 12]));
    if let Some(renewed) = rekey::secret_digests(json, None, &old, &new) {
        assert!(serde_json::from_slice::<PublicationMeta>(&renewed).is_ok(), "a new key leaves it readable");
    }
}

/// What the ledger seals: of one length, and nothing of it is passed over.
pub fn ledger(bytes: &[u8]) {
    let written = rows::written_again(bytes);
    assert!(written.is_none_or(|written| written == bytes));
    assert!(written.is_some() || bytes.len() != 56, "any 56 bytes are numbers");
}

/// A first file of each kind.
pub(crate) fn seeds() -> Vec<Seed> {
    let json = |kind: u8, value: Value| {
        let mut out = vec![kind];
        out.extend(value.to_string().into_bytes());
        out
    };
    let id = "01900000-0000-7000-8000-000000000001";
    let digest = "ab".repeat(32);
    let draft = serde_json::json!({
        "name": "shop-login", "ownerAccessOnly": false, "description": "of the shop", "scopes": ["SYNTHETIC"], "tags": ["a", "b"], "note": "n",
        "details": {"type": "USERNAME_PASSWORD", "user": "robot"},
        "overrides": {id: {"name": "other", "user": "r", "digest": digest, "scopes": ["EXTENSION"]}},
    });
    let mut own = DraftSecrets::new();
    own.set(crate::SecretField::Password, crate::SecretValue::from("zebra-password"));
    let mut two = own.clone();
    let there = crate::EnvironmentId::from_bytes([7; 16]);
    two.set_override(there, crate::SecretField::Token, crate::SecretValue::from("zebra-token"));
    let mut all = vec![
        ("secrets_layout", "own", secrets_codec::encode(&own).to_vec()),
        ("secrets_layout", "of-an-environment", secrets_codec::encode(&two).to_vec()),
        ("sealed_json", "draft", json(0, draft)),
        (
            "sealed_json",
            "environment",
            json(1, serde_json::json!({"name": "prod", "url": "https://x.example"})),
        ),
        (
            "sealed_json",
            "publication",
            json(
                2,
                serde_json::json!({"remoteId": "CREDENTIALS_VAULT-1", "published": {"secretDigests": {"password": digest}}}),
            ),
        ),
        ("sealed_json", "intent", json(3, serde_json::json!({"draftName": "a", "environmentName": "b"}))),
        ("sealed_json", "outcome", json(4, serde_json::json!({"status": 201, "message": "m"}))),
        (
            "sealed_json",
            "exchanges",
            json(5, serde_json::json!([{"method": "POST", "path": "/", "status": 200}])),
        ),
        ("sealed_json", "activity", json(6, serde_json::json!({"lines": [["Drafts", "3"]]}))),
        ("sealed_json", "group", json(7, serde_json::json!({"name": "all", "environments": [id]}))),
        (
            "sealed_json",
            "rotation",
            json(8, serde_json::json!({"fields": ["password"], "canary": id, "rest": [id]})),
        ),
        ("ledger", "of-three-rows", (0..56).collect()),
    ];
    all.extend(vault_file::seeds());
    all.extend(activity_rows::seeds());
    all.extend(rekey_stage::seeds());
    all
}
