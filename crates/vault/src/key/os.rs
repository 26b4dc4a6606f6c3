//! The real store of each OS, through keyring-core.

use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::deadline::within;
use super::{KeyError, Keyring, SERVICE};

/// How long to wait for a keyring: long enough to type a password into its prompt.
const DEADLINE: Duration = Duration::from_secs(60);

/// Names of D-Bus errors by which a service refuses, or its bus does so for it; they come as failures of the platform.
const REFUSALS: [&str; 3] = [
    "org.freedesktop.DBus.Error.AccessDenied",
    "org.freedesktop.DBus.Error.AuthFailed",
    "org.freedesktop.Secret.Error.IsLocked",
];

/// Names of D-Bus errors by which a service that fell over in the middle of a call is known: the bus answers for it, or the one
/// that was started in its place knows nothing of our session.
const FALLEN: [&str; 4] = [
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.Secret.Error.NoSession",
];

/// Asks, and once more if the service fell over meanwhile: GNOME's ends itself when another client of it disappears while it
/// opens a session (its work items 190, 196, 199), and is started again by the bus. `call` is told which time it is; to read or write an
/// entry twice is to do it once.
fn asked<T: Send + 'static>(
    deadline: Duration,
    call: impl Fn(Time) -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    within(deadline, move || match call(Time::First) {
        Err(KeyError::NoService(reason)) if FALLEN.iter().any(|name| reason.contains(name)) => {
            call(Time::Again)
        }
        answer => answer,
    })
}

/// Which time a keyring is asked the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    First,
    Again,
}

/// The keyring of the operating system.
#[derive(Debug, Clone)]
pub struct OsKeyring {
    deadline: Duration,
}

impl Default for OsKeyring {
    fn default() -> Self {
        Self { deadline: DEADLINE }
    }
}

impl OsKeyring {
    /// A keyring that is given up on after `deadline`.
    #[must_use]
    pub fn with_deadline(deadline: Duration) -> Self {
        Self { deadline }
    }
}

#[cfg(target_os = "linux")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Opens the entry of an account. A store that can't even be reached is `NoService`: nothing was asked of anyone yet.
fn entry(account: &str) -> Result<Entry, KeyError> {
    let store = store().map_err(|error| KeyError::NoService(reason(&error)))?;
    #[cfg(target_os = "linux")]
    let label = format!("Sealpost vault key ({account})");
    #[cfg(target_os = "linux")]
    let modifiers = Some(std::collections::HashMap::from([("label", label.as_str())]));
    #[cfg(not(target_os = "linux"))]
    let modifiers: Option<std::collections::HashMap<&str, &str>> = None;
    store.build(SERVICE, account, modifiers.as_ref()).map_err(classify)
}

fn classify(error: Error) -> KeyError {
    match error {
        Error::NoEntry => KeyError::Missing,
        Error::NoStorageAccess(_) => KeyError::Denied(reason(&error)),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => KeyError::NotAKey,
        other => {
            let reason = reason(&other);
            if REFUSALS.iter().any(|name| reason.contains(name)) {
                return KeyError::Denied(reason);
            }
            // The service vanished between connecting and asking: bus name without owner, broken pipe.
            KeyError::NoService(reason)
        }
    }
}

/// The error's own words and its causes. keyring-core keeps secrets out of its messages except in the two variants
/// that carry raw bytes, which are not printed here.
fn reason(error: &Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry is not readable".into(),
        other => {
            let mut text = other.to_string();
            let mut source = std::error::Error::source(other);
            while let Some(cause) = source {
                let cause_text = cause.to_string();
                if !text.contains(&cause_text) {
                    text = format!("{text}: {cause_text}");
                }
                source = cause.source();
            }
            text
        }
    }
}

impl Keyring for OsKeyring {
    fn name(&self) -> String {
        if cfg!(target_os = "macos") {
            "macOS Keychain".into()
        } else if cfg!(target_os = "windows") {
            "Windows Credential Manager".into()
        } else {
            "Secret Service".into()
        }
    }

    fn read(&self, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let account = account.to_owned();
        asked(self.deadline, move |_| entry(&account)?.get_secret().map(Zeroizing::new).map_err(classify))
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), KeyError> {
        let (account, bytes) = (account.to_owned(), Zeroizing::new(bytes.to_vec()));
        asked(self.deadline, move |_| entry(&account)?.set_secret(&bytes).map_err(classify))
    }

    fn delete(&self, account: &str) -> Result<(), KeyError> {
        let account = account.to_owned();
        asked(self.deadline, move |time| match entry(&account)?.delete_credential().map_err(classify) {
            // It was deleted before the service fell.
            Err(KeyError::Missing) if time == Time::Again => Ok(()),
            answer => answer,
        })
    }
}
