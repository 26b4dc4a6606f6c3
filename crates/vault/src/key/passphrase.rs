//! The passphrase: stretched by Argon2id (RFC 9106), so that each guess at a stolen file costs a second and much memory.
//!
//! Costs are chosen once, on the machine that sets the passphrase ([`calibrate`]): 256 MiB, 3 passes, 4 lanes, more
//! passes until one derivation takes a second, less memory only where there is none, never below 64 MiB. They stand in
//! clear beside the wrapped key and are part of its derivation; a file that asks for absurd costs is refused unread.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::hex::{hex, unhex};
use crate::seal::{Entropy, SlotKey};
use crate::secret::SecretValue;

/// Fewest characters of a passphrase.
pub const SHORTEST: usize = 8;
/// Time one derivation takes at least on the machine that sets the passphrase.
const AT_LEAST: Duration = Duration::from_secs(1);
const FLOOR_KIB: u32 = 64 * 1024;
/// More than any of ours: a file that says more is damaged or hostile.
const MOST: Cost = Cost { memory_kib: 4 * 1024 * 1024, passes: 1000, lanes: 64 };
const KDF: &str = "argon2id";
const VERSION: u32 = 0x13;

/// What one derivation costs (RFC 9106 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// Where calibration starts.
    pub const USUAL: Self = Self { memory_kib: 256 * 1024, passes: 3, lanes: 4 };
    /// The greater of both in every part; none if that is hardly more than this. Clocks differ from day to day, and a slot is
    /// not rewritten for that.
    pub(crate) fn raised_to(self, today: Self) -> Option<Self> {
        let raised = Self {
            memory_kib: self.memory_kib.max(today.memory_kib),
            passes: self.passes.max(today.passes),
            lanes: self.lanes.max(today.lanes),
        };
        let few = u64::from(raised.passes) * 4 <= u64::from(self.passes) * 5;
        (raised.memory_kib > self.memory_kib || !few).then_some(raised)
    }

    /// For tests that are about something else.
    #[cfg(any(test, feature = "testing"))]
    pub const LEAST: Self = Self { memory_kib: 32, passes: 1, lanes: 4 };
}

/// Why a passphrase can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Too short.
    #[error("a passphrase has at least {SHORTEST} characters")]
    TooShort,
    /// The machine has not the memory that the slot asks for.
    #[error("deriving the key takes {0} MiB of memory, which this machine does not give")]
    NoMemory(u32),
    /// The slot's parameters are not ones that we write.
    #[error("the slot's parameters can't be used")]
    Parameters,
}

/// What stands in clear beside the wrapped key of a passphrase slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PassphraseParameters {
    kdf: String,
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    /// The keyring's key is needed too.
    #[serde(default)]
    pub(crate) keyring: bool,
    /// The rows of the vault are sealed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ledger: bool,
}

impl PassphraseParameters {
    /// Parameters with a fresh salt.
    pub(crate) fn make(cost: Cost, keyring: bool, entropy: &dyn Entropy) -> Self {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let Cost { memory_kib, passes, lanes } = cost;
        Self {
            kdf: KDF.into(),
            version: VERSION,
            memory_kib,
            passes,
            lanes,
            salt: hex(&salt),
            keyring,
            ledger: true,
        }
    }

    /// What a derivation costs.
    pub(crate) fn cost(&self) -> Cost {
        Cost { memory_kib: self.memory_kib, passes: self.passes, lanes: self.lanes }
    }

    /// Reads what is stored.
    pub(crate) fn parse(stored: &str) -> Result<Self, PassphraseError> {
        let read: Self = serde_json::from_str(stored).map_err(|_| PassphraseError::Parameters)?;
        let known = read.kdf == KDF && read.version == VERSION;
        let sane =
            read.memory_kib <= MOST.memory_kib && read.passes <= MOST.passes && read.lanes <= MOST.lanes;
        if known && sane { Ok(read) } else { Err(PassphraseError::Parameters) }
    }

    /// As stored and authenticated, byte for byte.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Is a derivation over in a moment? Tests on bytes of any kind wait for no other.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn is_cheap(&self) -> bool {
        self.memory_kib <= 64 && self.passes <= 2
    }

    /// Stretches a passphrase: takes a second and much memory.
    pub(crate) fn derive(&self, passphrase: &SecretValue) -> Result<SlotKey, PassphraseError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| PassphraseError::Parameters)?;
        let salt = unhex(&self.salt).ok_or(PassphraseError::Parameters)?;
        let mut blocks: Vec<Block> = Vec::new();
        let count = params.block_count();
        blocks.try_reserve_exact(count).map_err(|_| PassphraseError::NoMemory(self.memory_kib / 1024))?;
        blocks.resize(count, Block::default());
        let mut out = Zeroizing::new([0; 32]);
        let derived = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase.expose(), &salt, &mut *out, &mut blocks);
        for block in &mut blocks {
            block.zeroize();
        }
        derived.map_err(|_| PassphraseError::Parameters)?;
        SlotKey::from_bytes(&*out).ok_or(PassphraseError::Parameters)
    }
}

/// Is it long enough to be set?
///
/// # Errors
/// [`PassphraseError::TooShort`].
pub fn check_passphrase(passphrase: &SecretValue) -> Result<(), PassphraseError> {
    let characters = passphrase.expose_text().map_or(passphrase.len(), |text| text.chars().count());
    if characters < SHORTEST { Err(PassphraseError::TooShort) } else { Ok(()) }
}

/// Chooses the cost for this machine. `time_of` derives once at a cost and says how long that took.
///
/// # Errors
/// [`PassphraseError::NoMemory`] where not even 64 MiB are to be had.
pub fn calibrate(
    mut time_of: impl FnMut(Cost) -> Result<Duration, PassphraseError>,
) -> Result<Cost, PassphraseError> {
    let mut cost = Cost::USUAL;
    let took = loop {
        match time_of(cost) {
            Ok(took) => break took,
            Err(PassphraseError::NoMemory(_)) if cost.memory_kib / 2 >= FLOOR_KIB => cost.memory_kib /= 2,
            Err(error) => return Err(error),
        }
    };
    // Time grows with the number of passes.
    let per_pass = (took.as_millis() / u128::from(cost.passes)).max(1);
    let needed = AT_LEAST.as_millis().div_ceil(per_pass);
    cost.passes = u32::try_from(needed).unwrap_or(MOST.passes).clamp(cost.passes, MOST.passes);
    Ok(cost)
}

/// Derives once from a throw-away passphrase and says how long it took.
///
/// # Errors
/// [`PassphraseError::NoMemory`].
pub fn time_of(cost: Cost) -> Result<Duration, PassphraseError> {
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }
    let parameters = PassphraseParameters::make(cost, false, &Zeros);
    let started = std::time::Instant::now();
    parameters.derive(&SecretValue::from("how long does it take"))?;
    Ok(started.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::OsEntropy;

    #[test]
    fn argon2id_agrees_with_rfc_9106_in_its_first_bytes_and_with_itself() {
        // RFC 9106 section 5.3 uses a secret and associated data, which we have not; so the reference implementation's
        // own vector: argon2id, v=19, m=65536, t=2, p=1, "password", "somesalt".
        let parameters = PassphraseParameters {
            kdf: KDF.into(),
            version: VERSION,
            memory_kib: 65536,
            passes: 2,
            lanes: 1,
            salt: hex(b"somesalt"),
            keyring: false,
            ledger: false,
        };
        let key = parameters.derive(&"password".into()).unwrap();
        assert_eq!(hex(key.as_bytes()), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn a_fast_machine_makes_more_passes_and_a_slow_one_no_fewer() {
        let passes = |took| calibrate(|_| Ok(Duration::from_millis(took))).unwrap();
        assert_eq!(passes(300), Cost { passes: 10, ..Cost::USUAL });
        assert_eq!(passes(999), Cost { passes: 4, ..Cost::USUAL });
        assert_eq!(passes(1000), Cost { passes: 4, ..Cost::USUAL }, "333 ms a pass is not quite a third");
        assert_eq!(passes(9000), Cost::USUAL);
        assert_eq!(passes(0).passes, MOST.passes, "a clock that stands still");
    }

    #[test]
    fn memory_is_halved_down_to_the_floor_and_not_below() {
        let with = |free_kib: u32| {
            calibrate(|cost| {
                if cost.memory_kib > free_kib {
                    return Err(PassphraseError::NoMemory(cost.memory_kib / 1024));
                }
                Ok(Duration::from_millis(500))
            })
        };
        assert_eq!(with(200_000).unwrap().memory_kib, 128 * 1024);
        assert_eq!(with(FLOOR_KIB).unwrap().memory_kib, FLOOR_KIB);
        assert_eq!(with(FLOOR_KIB - 1), Err(PassphraseError::NoMemory(64)));
    }

    #[test]
    fn parameters_that_we_never_write_are_refused_before_any_memory_is_taken() {
        let good = PassphraseParameters::make(Cost::LEAST, false, &OsEntropy::new()).text();
        assert!(PassphraseParameters::parse(&good).is_ok());
        let changed = |from: &str, to: &str| {
            assert!(good.contains(from), "{from}");
            PassphraseParameters::parse(&good.replace(from, to))
        };
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("\"version\":19", "\"version\":16"),
            ("\"memoryKib\":32", "\"memoryKib\":4194305"),
            ("\"passes\":1", "\"passes\":1001"),
            ("\"lanes\":4", "\"lanes\":65"),
            ("\"lanes\":4", "\"lanes\":-1"),
            ("{", "["),
        ] {
            assert_eq!(changed(from, to).unwrap_err(), PassphraseError::Parameters, "{to}");
        }
        let zero = changed("\"memoryKib\":32", "\"memoryKib\":0").unwrap();
        assert_eq!(zero.derive(&"x".into()).unwrap_err(), PassphraseError::Parameters);
        let salt = PassphraseParameters { salt: "zz".into(), ..PassphraseParameters::parse(&good).unwrap() };
        assert_eq!(salt.derive(&"x".into()).unwrap_err(), PassphraseError::Parameters);
    }

    #[test]
    fn a_short_passphrase_is_refused_and_length_counts_characters() {
        for short in ["", "1234567", "äöüäöüä"] {
            assert_eq!(check_passphrase(&short.into()), Err(PassphraseError::TooShort), "{short}");
        }
        for long in ["12345678", "äöüäöüäö", "correct horse battery staple"] {
            assert_eq!(check_passphrase(&long.into()), Ok(()), "{long}");
        }
    }
}
