//! Ids of everything the vault keeps: UUID version 7 (RFC 9562), so that rows sort by creation.
//!
//! Ids are the only names that stand in clear on disk; they are random and say nothing of what they name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Clock, Timestamp};
use crate::seal::Entropy;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id: the time from `clock`, 74 random bits from `entropy`.
            pub fn make(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                Self(make_uuid(clock.now(), entropy))
            }

            /// The 16 bytes as stored in the database and bound into every sealed blob.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads an id back from the database.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(/** One vault; bound into every sealed blob so that a blob can't move to another vault. */ VaultId);
id!(/** One draft. */ DraftId);
id!(/** One environment to publish to. */ EnvironmentId);
id!(/** The link between a draft and an environment. */ PublicationId);
id!(/** One journaled try to create, update or delete a remote set. */ AttemptId);
id!(/** One way to open the vault. */ KeySlotId);
id!(/** A group of environments. */ GroupId);
id!(/** The rotation of a draft's secret. */ RotationId);

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

fn make_uuid(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(now.as_millis().unsigned_abs(), &random).into_uuid()
}
