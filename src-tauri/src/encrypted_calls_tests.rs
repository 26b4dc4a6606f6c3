#![allow(clippy::unwrap_used, reason = "tests")]

use sealpost_app::parts::SecretValue;
use serde_json::json;

use super::*;

const PLACE: &str = "vault_recover.secret";

/// What the page does with a key of ours.
fn page_encrypts(key: &str, place: &str, clear: &str) -> Vec<u8> {
    let key = STANDARD.decode(key).unwrap();
    let public = <DhKem as Kem>::PublicKey::from_bytes(&key[NUMBER..]).unwrap();
    let (encapsulated, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, DhKem>(
        &OpModeS::Base,
        &public,
        TO_PROGRAM,
        clear.as_bytes(),
        place.as_bytes(),
    )
    .unwrap();
    [&key[..NUMBER], &encapsulated.to_bytes(), &ciphertext].concat()
}

fn read(keys: &OneTimeKeys, bytes: &[u8], place: &str) -> Option<String> {
    let value = json!(STANDARD.encode(bytes));
    Decrypted::of(Some(&value), keys, place).ok().map(|text: Decrypted<String>| text.0)
}

#[test]
fn what_the_page_encrypted_is_read_once_and_its_key_is_gone() {
    let keys = OneTimeKeys::default();
    let (first, second) = (keys.fresh(), keys.fresh());
    let words = page_encrypts(&second, PLACE, "\"second\"");
    assert_eq!(read(&keys, &words, PLACE).as_deref(), Some("second"));
    assert_eq!(read(&keys, &words, PLACE), None, "a key serves one call");
    let words = page_encrypts(&first, PLACE, "\"first\"");
    assert_eq!(read(&keys, &words, PLACE).as_deref(), Some("first"), "in any order");
}

#[test]
fn words_for_another_place_or_with_any_byte_changed_are_refused() {
    let keys = OneTimeKeys::default();
    let words = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
    assert_eq!(read(&keys, &words, "vault_recover.other"), None);
    let length = words.len();
    for at in 0..length {
        let mut words = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
        words[at] ^= 1;
        assert_eq!(read(&keys, &words, PLACE), None, "byte {at}");
        keys.forget();
    }
    for cut in 0..length {
        let words = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
        assert_eq!(read(&keys, &words[..cut], PLACE), None, "cut to {cut}");
    }
}

#[test]
fn a_lock_wipes_keys_and_so_does_a_page_that_asks_for_too_many() {
    let keys = OneTimeKeys::default();
    let words = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
    keys.forget();
    let value = json!(STANDARD.encode(words));
    let refused = Decrypted::<String>::of(Some(&value), &keys, PLACE).err().unwrap();
    assert_eq!(refused.code, Code::VaultLocked, "the page says nothing of it: the lock screen does");
    let oldest = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
    let next = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
    for _ in 0..WAITING - 1 {
        keys.fresh();
    }
    assert_eq!(read(&keys, &oldest, PLACE), None);
    assert!(read(&keys, &next, PLACE).is_some());

    let old = page_encrypts(&keys.fresh(), PLACE, "\"s\"");
    for waiting in &mut keys.keys().waiting {
        waiting.made = waiting.made.checked_sub(PATIENCE).unwrap();
    }
    keys.fresh();
    assert_eq!(read(&keys, &old, PLACE), None, "half a minute later it is gone");
    assert_eq!(keys.keys().waiting.len(), 1);
}

#[test]
fn a_secret_in_clear_is_refused_and_not_repeated() {
    let keys = OneTimeKeys::default();
    for value in [json!("in-clear-secret"), json!(["in-clear-secret"]), json!({ "token": "in-clear-secret" })]
    {
        let refused = Decrypted::<Vec<String>>::of(Some(&value), &keys, PLACE).err().unwrap();
        assert_eq!(refused.code, Code::Internal);
        assert!(!format!("{refused:?}").contains("in-clear"), "{refused:?}");
    }
    let wrong = page_encrypts(&keys.fresh(), PLACE, "{\"in-clear-secret\": 1}");
    let value = json!(STANDARD.encode(wrong));
    let refused = Decrypted::<Vec<String>>::of(Some(&value), &keys, PLACE).err().unwrap();
    assert!(!format!("{refused:?}").contains("in-clear"), "{refused:?}");
}

#[test]
fn what_may_be_absent_may_and_nothing_else() {
    let keys = OneTimeKeys::default();
    assert_eq!(Decrypted::<Option<String>>::of(None, &keys, PLACE).unwrap().0, None);
    assert_eq!(Decrypted::<Option<String>>::of(Some(&Value::Null), &keys, PLACE).unwrap().0, None);
    assert!(Decrypted::<String>::of(None, &keys, PLACE).is_err());
}

#[test]
fn only_the_page_reads_an_answer_and_only_as_that_commands() {
    let (private, public) = DhKem::gen_keypair();
    let page: PageKey = serde_json::from_value(json!(STANDARD.encode(public.to_bytes()))).unwrap();
    let secret = RevealedSecret(SecretValue::from("correct horse"));
    let answer = page.encrypt("secret_reveal", &secret).unwrap();
    let bytes = STANDARD.decode(&answer.0).unwrap();
    let read = |key, command: &str| {
        let encapsulated = <DhKem as Kem>::EncappedKey::from_bytes(&bytes[..ENCAPSULATED]).unwrap();
        hpke::single_shot_open::<AesGcm256, HkdfSha256, DhKem>(
            &OpModeR::Base,
            key,
            &encapsulated,
            TO_PAGE,
            &bytes[ENCAPSULATED..],
            command.as_bytes(),
        )
    };
    assert_eq!(read(&private, "secret_reveal").unwrap(), b"correct horse");
    assert!(read(&private, "recovery_make").is_err());
    assert!(read(&DhKem::gen_keypair().0, "secret_reveal").is_err());
    assert!(serde_json::from_value::<PageKey>(json!("")).is_err());
    assert!(serde_json::from_value::<PageKey>(json!(STANDARD.encode([4; ENCAPSULATED]))).is_err());
}
