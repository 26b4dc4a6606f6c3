use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::clock::{FixedClock, Timestamp};
use crate::ids::KeySlotId;

fn vault(n: u8) -> VaultId {
    VaultId::from_bytes([n; 16])
}

fn sealer(vault_id: VaultId, data_key: &DataKey) -> Sealer {
    Sealer::new(vault_id, data_key, Arc::new(OsEntropy::new()))
}

fn place(table: Table, object: u8, field: Field, revision: u32) -> Binding {
    Binding { table, object: [object; 16], field, revision }
}

const HERE: Binding = Binding { table: Table::Draft, object: [1; 16], field: Field::Secrets, revision: 3 };

#[test]
fn a_blob_opens_nowhere_but_in_its_place() {
    let key = DataKey::make(&OsEntropy::new());
    let sealer_here = sealer(vault(1), &key);
    let blob = sealer_here.seal(&HERE, b"hunter2").unwrap();
    assert_eq!(&**sealer_here.open(&HERE, &blob).unwrap(), b"hunter2");

    let elsewhere = [
        ("another table", place(Table::Environment, 1, Field::Secrets, 3)),
        ("another row", place(Table::Draft, 2, Field::Secrets, 3)),
        ("another field", place(Table::Draft, 1, Field::Meta, 3)),
        ("an earlier revision", place(Table::Draft, 1, Field::Secrets, 2)),
        ("a later revision", place(Table::Draft, 1, Field::Secrets, 4)),
    ];
    for (what, binding) in elsewhere {
        assert_eq!(sealer_here.open(&binding, &blob).unwrap_err(), DoesNotOpen, "moved to {what}");
    }
    let other_vault = sealer(vault(2), &key);
    assert_eq!(
        other_vault.open(&HERE, &blob).unwrap_err(),
        DoesNotOpen,
        "moved to a vault with the same key"
    );
    let other_key = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
    assert_eq!(other_key.open(&HERE, &blob).unwrap_err(), DoesNotOpen, "opened with another key");
}

#[test]
fn the_same_value_never_looks_the_same_twice() {
    let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
    assert_ne!(sealer.seal(&HERE, b"same").unwrap(), sealer.seal(&HERE, b"same").unwrap());
}

#[test]
fn a_blob_cut_short_or_made_longer_does_not_open() {
    let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
    let blob = sealer.seal(&HERE, b"hunter2").unwrap();
    for len in 0..blob.len() {
        assert!(sealer.open(&HERE, &blob[..len]).is_err(), "cut to {len}");
    }
    let mut longer = blob;
    longer.push(0);
    assert!(sealer.open(&HERE, &longer).is_err());
}

#[test]
fn a_slot_opens_only_with_its_own_key_in_its_own_place() {
    let entropy = OsEntropy::new();
    let clock = FixedClock::at(Timestamp::from_millis(1));
    let (slot, other_slot) = (KeySlotId::make(&clock, &entropy), KeySlotId::make(&clock, &entropy));
    let (with, data_key) = (SlotKey::make(&entropy), DataKey::make(&entropy));
    let here = SlotPlace { vault: vault(1), slot, kind: SlotKind::Passphrase, parameters: r#"{"passes":3}"# };
    let wrapped = wrap(&here, &with, &data_key, &entropy).unwrap();
    assert_eq!(**unwrap(&here, &with, &wrapped).unwrap().key(), **data_key.key());

    assert!(unwrap(&here, &SlotKey::make(&entropy), &wrapped).is_err(), "another key");
    for (what, place) in [
        ("another vault", SlotPlace { vault: vault(2), ..here }),
        ("another slot", SlotPlace { slot: other_slot, ..here }),
        ("another kind", SlotPlace { kind: SlotKind::Recovery, ..here }),
        ("weaker parameters", SlotPlace { parameters: r#"{"passes":1}"#, ..here }),
        ("the same parameters written otherwise", SlotPlace { parameters: r#"{"passes": 3}"#, ..here }),
        ("no parameters", SlotPlace { parameters: NO_PARAMETERS, ..here }),
    ] {
        assert!(unwrap(&place, &with, &wrapped).is_err(), "{what}");
    }
}

#[test]
fn a_slot_that_needs_both_opens_with_neither_alone() {
    let entropy = OsEntropy::new();
    let (keyring, passphrase) = (SlotKey::make(&entropy), SlotKey::make(&entropy));
    let data_key = DataKey::make(&entropy);
    let slot = KeySlotId::from_bytes([5; 16]);
    let here =
        SlotPlace { vault: vault(1), slot, kind: SlotKind::Passphrase, parameters: r#"{"keyring":true}"# };
    let wrapped = wrap(&here, &SlotKey::both(&keyring, &passphrase), &data_key, &entropy).unwrap();
    assert!(unwrap(&here, &SlotKey::both(&keyring, &passphrase), &wrapped).is_ok());
    for with in
        [&keyring, &passphrase, &SlotKey::both(&passphrase, &keyring), &SlotKey::both(&keyring, &keyring)]
    {
        assert!(unwrap(&here, with, &wrapped).is_err());
    }
}

#[test]
fn a_key_of_the_wrong_length_is_not_a_key() {
    for len in [0, 16, 31, 33, 64] {
        assert!(SlotKey::from_bytes(&vec![1; len]).is_none(), "{len} bytes");
    }
}

#[test]
fn debug_output_shows_no_key() {
    let entropy = OsEntropy::new();
    let data_key = DataKey::make(&entropy);
    let shown = format!("{data_key:?} {:?} {:?}", SlotKey::make(&entropy), sealer(vault(1), &data_key));
    assert_eq!(shown, format!("DataKey(…) SlotKey(…) Sealer {{ vault: {:?}, .. }}", vault(1)));
}

proptest! {
    #[test]
    fn what_was_sealed_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
        let blob = sealer.seal(&HERE, &bytes).unwrap();
        prop_assert_eq!(&**sealer.open(&HERE, &blob).unwrap(), &bytes);
    }

    #[test]
    fn every_single_bit_flip_fails(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
        let blob = sealer.seal(&HERE, &bytes).unwrap();
        for bit in 0..blob.len() * 8 {
            let mut flipped = blob.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(sealer.open(&HERE, &flipped).is_err(), "bit {} of {}", bit, blob.len() * 8);
        }
    }

    #[test]
    fn every_swap_of_two_blobs_fails(
        a in (2u8..9, 0u8..4, 1u8..7, 1u32..4),
        b in (2u8..9, 0u8..4, 1u8..7, 1u32..4),
    ) {
        let bind = |(t, o, f, r): (u8, u8, u8, u32)| Binding {
            table: [Table::Draft, Table::Environment, Table::Publication, Table::Attempt, Table::Activity, Table::Setting, Table::Unsaved][usize::from(t - 2)],
            object: [o; 16],
            field: [Field::Meta, Field::Secrets, Field::Token, Field::Key, Field::Intent, Field::Outcome][usize::from(f - 1)],
            revision: r,
        };
        prop_assume!(a != b);
        let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
        let blob = sealer.seal(&bind(a), b"value").unwrap();
        prop_assert!(sealer.open(&bind(b), &blob).is_err());
    }

    #[test]
    fn no_bytes_at_all_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let sealer = sealer(vault(1), &DataKey::make(&OsEntropy::new()));
        prop_assert!(sealer.open(&HERE, &bytes).is_err());
    }
}
