//! Secrets on their way between the page and us (ADR 25).
//!
//! What the page says and hears passes buffers of the webview's library, which are part of this process, in memory that no
//! line of ours can wipe: a revealed password stood there after a lock. So arguments and answers that are secret (the registry
//! names them) pass them encrypted: HPKE in base mode (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM,
//! the suite that every webview's WebCrypto has.
//!
//! ```text
//! to us        page asks `encryption_key` ── OneTimeKeys::fresh ──▶ number ‖ public key
//!              page calls with Base64(number ‖ enc ‖ ciphertext) ──▶ Decrypted<T>, the key is gone
//! to the page  page calls with its PageKey ──▶ PageKey::encrypt ──▶ Base64(enc ‖ ciphertext)
//! ```
//!
//! A private key of ours serves one call and is wiped; those nobody used are at a lock. The page's never leaves the page.
//! What it does not do: nobody stands between the page and us, so neither side proves who it is; and what is typed key by
//! key, or pasted, passes the library in clear before the page has it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256 as DhKem;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use sealpost_app::problem::{Code, Problem};
use sealpost_app::views::RevealedSecret;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};
use tauri::{Manager as _, Runtime};
use zeroize::Zeroizing;

/// The directions, told apart in the key schedule; the page's `host/encrypted.ts` has the same.
const TO_PROGRAM: &[u8] = b"sealpost page to program 1";
const TO_PAGE: &[u8] = b"sealpost program to page 1";
/// Keys that wait for their call. A page that asks for more than it uses loses the oldest.
const WAITING: usize = 64;
/// Bytes of a key's number.
const NUMBER: usize = 4;
/// Bytes of an encapsulated key: an uncompressed point of P-256 (RFC 9180, 7.1).
const ENCAPSULATED: usize = 65;

struct Waiting {
    number: u32,
    key: <DhKem as Kem>::PrivateKey,
}

#[derive(Default)]
struct Keys {
    last: u32,
    waiting: VecDeque<Waiting>,
}

/// Private keys, each for one call of the page.
#[derive(Clone, Default)]
pub(crate) struct OneTimeKeys(Arc<Mutex<Keys>>);

impl OneTimeKeys {
    fn keys(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a key: Base64 of its number and its public half.
    pub(crate) fn fresh(&self) -> String {
        let (key, public) = DhKem::gen_keypair();
        let mut keys = self.keys();
        keys.last = keys.last.wrapping_add(1);
        let number = keys.last;
        if keys.waiting.len() == WAITING {
            keys.waiting.pop_front();
        }
        keys.waiting.push_back(Waiting { number, key });
        STANDARD.encode([&number.to_be_bytes()[..], &public.to_bytes()].concat())
    }

    /// Wipes every key that was not used.
    pub(crate) fn forget(&self) {
        self.keys().waiting.clear();
    }

    /// What the page encrypted for `place`, which is `command.argument`; the key is used up, whatever comes of it.
    fn decrypt(&self, text: &str, place: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = STANDARD.decode(text).ok()?;
        let (number, rest) = bytes.split_first_chunk::<NUMBER>()?;
        let (encapsulated, ciphertext) = rest.split_at_checked(ENCAPSULATED)?;
        let key = self.take(u32::from_be_bytes(*number))?;
        let encapsulated = <DhKem as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        hpke::single_shot_open::<AesGcm256, HkdfSha256, DhKem>(
            &OpModeR::Base,
            &key,
            &encapsulated,
            TO_PROGRAM,
            ciphertext,
            place.as_bytes(),
        )
        .ok()
        .map(Zeroizing::new)
    }

    fn take(&self, number: u32) -> Option<<DhKem as Kem>::PrivateKey> {
        let mut keys = self.keys();
        let at = keys.waiting.iter().position(|waiting| waiting.number == number)?;
        keys.waiting.remove(at).map(|waiting| waiting.key)
    }
}

/// An argument that the page encrypted. One that comes in clear is refused, so that none is sent so by mistake.
pub(crate) struct Decrypted<T>(pub(crate) T);

impl<T: DeserializeOwned> Decrypted<T> {
    fn of(value: Option<&Value>, keys: &OneTimeKeys, place: &str) -> Result<Self, Problem> {
        let parsed = match value {
            None | Some(Value::Null) => serde_json::from_value(Value::Null).ok(),
            Some(Value::String(text)) => {
                keys.decrypt(text, place).and_then(|clear| serde_json::from_slice(&clear).ok())
            }
            Some(_) => None,
        };
        parsed.map(Self).ok_or_else(unread)
    }
}

/// Says nothing of what came: it may be the secret.
fn unread() -> Problem {
    Problem::new(
        Code::Internal,
        "The window's words could not be read.",
        "Nothing was done.",
        "Try again. If it stays so, start Sealpost anew.",
    )
}

impl<'de, R: Runtime, T: DeserializeOwned> CommandArg<'de, R> for Decrypted<T> {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let value = match command.message.payload() {
            InvokeBody::Json(arguments) => arguments.get(command.key),
            InvokeBody::Raw(_) => None,
        };
        let place = format!("{}.{}", command.name, command.key);
        let keys = command.message.webview_ref().state::<OneTimeKeys>();
        Self::of(value, &keys, &place).map_err(InvokeError::from)
    }
}

/// The public half of a key that the page made for one answer.
pub(crate) struct PageKey(<DhKem as Kem>::PublicKey);

impl<'de> Deserialize<'de> for PageKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(|_| D::Error::custom("not Base64"))?;
        let key = <DhKem as Kem>::PublicKey::from_bytes(&bytes);
        key.map(Self).map_err(|_| D::Error::custom("not a point of P-256"))
    }
}

/// An answer that only the page can read: Base64.
#[derive(Debug, Serialize)]
pub(crate) struct EncryptedText(String);

impl PageKey {
    /// Encrypts the answer of `command`.
    ///
    /// # Errors
    /// `Internal`, if the page's key can't be used.
    pub(crate) fn encrypt(&self, command: &str, secret: &RevealedSecret) -> Result<EncryptedText, Problem> {
        let (encapsulated, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, DhKem>(
            &OpModeS::Base,
            &self.0,
            TO_PAGE,
            secret.0.expose_text().unwrap_or_default().as_bytes(),
            command.as_bytes(),
        )
        .map_err(|_| unread())?;
        Ok(EncryptedText(STANDARD.encode([&encapsulated.to_bytes()[..], &ciphertext].concat())))
    }
}

#[cfg(test)]
#[path = "encrypted_calls_tests.rs"]
mod tests;
