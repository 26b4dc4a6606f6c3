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
//! A private key of ours serves one argument and is wiped; one that nobody used is at a lock, or when the page asks for another half a minute
//! later. The page's never leaves the page.
//! What it does not do: nobody stands between the page and us, so neither side proves who it is; and what is typed key by
//! key, or pasted, passes the library in clear before the page has it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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
/// A key waits no longer: a call follows its key within milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a key's number.
const NUMBER: usize = 4;
/// Bytes of an encapsulated key: an uncompressed point of P-256 (RFC 9180, 7.1).
const ENCAPSULATED: usize = 65;

struct Waiting {
    number: u32,
    made: Instant,
    // Boxed: a queue moves what it holds and leaves the bytes behind. This way it moves an address, and the key is wiped where it lies.
    key: Box<<DhKem as Kem>::PrivateKey>,
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
        let key = Box::new(key);
        let made = Instant::now();
        let mut keys = self.keys();
        keys.waiting.retain(|waiting| made.duration_since(waiting.made) < PATIENCE);
        keys.last = keys.last.wrapping_add(1);
        let number = keys.last;
        if keys.waiting.len() == WAITING {
            keys.waiting.pop_front();
        }
        keys.waiting.push_back(Waiting { number, made, key });
        STANDARD.encode([&number.to_be_bytes()[..], &public.to_bytes()].concat())
    }

    /// Wipes every key that was not used.
    pub(crate) fn forget(&self) {
        self.keys().waiting.clear();
    }

    /// What the page encrypted for `place`, which is `command.argument`; the key is used up, whatever comes of it.
    fn decrypt(&self, text: &str, place: &str) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let bytes = STANDARD.decode(text).map_err(|_| Refused::Unread)?;
        let (number, rest) = bytes.split_first_chunk::<NUMBER>().ok_or(Refused::Unread)?;
        let (encapsulated, ciphertext) = rest.split_at_checked(ENCAPSULATED).ok_or(Refused::Unread)?;
        let key = self.take(u32::from_be_bytes(*number)).ok_or(Refused::KeyGone)?;
        let encapsulated =
            <DhKem as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| Refused::Unread)?;
        hpke::single_shot_open::<AesGcm256, HkdfSha256, DhKem>(
            &OpModeR::Base,
            &key,
            &encapsulated,
            TO_PROGRAM,
            ciphertext,
            place.as_bytes(),
        )
        .map(Zeroizing::new)
        .map_err(|_| Refused::Unread)
    }

    fn take(&self, number: u32) -> Option<Box<<DhKem as Kem>::PrivateKey>> {
        let mut keys = self.keys();
        let at = keys.waiting.iter().position(|waiting| waiting.number == number)?;
        keys.waiting.remove(at).map(|waiting| waiting.key)
    }
}

/// Why an argument is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// Its key was forgotten: at a lock, nearly always.
    KeyGone,
    /// It is not what it should be.
    Unread,
}

impl From<Refused> for Problem {
    /// Says nothing of what came: it may be the secret.
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::KeyGone => Self::new(
                Code::VaultLocked,
                "The vault was locked meanwhile.",
                "Nothing was done.",
                "Unlock it, then try again.",
            ),
            Refused::Unread => Self::new(
                Code::Internal,
                "What you sent did not arrive whole.",
                "Nothing was done.",
                "Try again. If it stays so, start Sealpost anew.",
            ),
        }
    }
}

/// An argument that the page encrypted. One that comes in clear is refused, so that a page that sends it so by mistake does not work.
pub(crate) struct Decrypted<T>(pub(crate) T);

impl<T: DeserializeOwned> Decrypted<T> {
    fn of(value: Option<&Value>, keys: &OneTimeKeys, place: &str) -> Result<Self, Problem> {
        let parsed = match value {
            None | Some(Value::Null) => serde_json::from_value(Value::Null).ok(),
            Some(Value::String(text)) => serde_json::from_slice(&keys.decrypt(text, place)?).ok(),
            Some(_) => None,
        };
        Ok(Self(parsed.ok_or(Refused::Unread)?))
    }
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
        .map_err(|_| {
            Problem::new(
                Code::Internal,
                "The answer could not be handed to the window.",
                "Nothing was changed.",
                "Try again. If it stays so, start Sealpost anew.",
            )
        })?;
        Ok(EncryptedText(STANDARD.encode([&encapsulated.to_bytes()[..], &ciphertext].concat())))
    }
}

#[cfg(test)]
#[path = "encrypted_calls_tests.rs"]
mod tests;
