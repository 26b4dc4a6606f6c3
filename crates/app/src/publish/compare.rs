//! Comparing what is meant, what was last sent and what is there. Pure; metadata as sets, usage and order ignored.

use std::collections::{BTreeMap, BTreeSet};

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{DraftMeta, PublishedSnapshot, SecretField, Settled};

use super::fields::{Fields, diff, label, secret_change, sent_fields, yes_no};
use crate::views::{ConflictField, FieldChange, FieldStanding, StandingField};

/// The three states of a set's fields.
pub(super) struct Sides<'a> {
    /// What the draft would send.
    pub(super) mine: &'a Fields,
    /// What was last sent, if anything ever was.
    pub(super) published: Option<&'a Fields>,
    /// What is there, as far as it can be read.
    pub(super) theirs: &'a Fields,
    /// Differences there that a person settled.
    pub(super) settled: &'a Settled,
}

/// What a comparison found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Comparison {
    /// What publishing would change.
    pub(super) changes: Vec<FieldChange>,
    /// Labels of what would stay.
    pub(super) unchanged: Vec<String>,
    /// What somebody else changed there and publishing would undo.
    pub(super) conflict: Vec<ConflictField>,
    /// What differs there and a person accepted or ignores: no reason to publish, and still what an update replaces.
    pub(super) standing: Vec<StandingField>,
}

/// Compares field by field.
pub(super) fn compare(sides: &Sides<'_>) -> Comparison {
    let mut before = sides.theirs.clone();
    for (path, lines) in sides.mine {
        // Not readable there: what was last sent is the best that is known (contract 2.1, "Write-only fields").
        if !before.contains_key(path) {
            let known = sides.published.and_then(|sent| sent.get(path)).cloned();
            before.insert(path.clone(), known.unwrap_or_else(|| lines.clone()));
        }
    }
    let standing = standing(sides);
    let (mut changes, unchanged) = diff(&before, sides.mine);
    changes.retain(|change| !standing.iter().any(|field| field.path == change.path));
    let mut conflict = Vec::new();
    for (path, theirs) in sides.theirs {
        if sides.settled.standing(path, theirs).is_some() {
            continue;
        }
        let Some(published) = sides.published.and_then(|sent| sent.get(path)) else { continue };
        let none = Vec::new();
        let mine = sides.mine.get(path).unwrap_or(&none);
        // Both sides made the same change: nothing would be undone.
        if theirs != published && theirs != mine {
            conflict.push(ConflictField {
                path: path.clone(),
                label: label(path).to_owned(),
                published: published.clone(),
                theirs: theirs.clone(),
                mine: mine.clone(),
            });
        }
    }
    Comparison { changes, unchanged, conflict, standing }
}

/// Settled differences of fields that the draft has as they were last sent: one that was edited here since is meant to go
/// there.
fn standing(sides: &Sides<'_>) -> Vec<StandingField> {
    let none = Vec::new();
    sides
        .theirs
        .iter()
        .filter_map(|(path, theirs)| {
            let why = sides.settled.standing(path, theirs)?;
            let mine = sides.mine.get(path).unwrap_or(&none);
            let untouched = sides.published.is_some_and(|sent| sent.get(path) == Some(mine));
            (untouched && theirs != mine).then(|| StandingField {
                path: path.clone(),
                label: label(path).to_owned(),
                standing: FieldStanding::from(why),
                theirs: theirs.clone(),
                mine: mine.clone(),
            })
        })
        .collect()
}

/// Secrets can't be read there, so they are compared with what was last sent: the changes, and the labels of the rest.
pub(super) fn compare_secrets(
    mine: &BTreeMap<SecretField, String>,
    published: Option<&BTreeMap<SecretField, String>>,
) -> (Vec<FieldChange>, Vec<String>) {
    let none = BTreeMap::new();
    let sent = published.unwrap_or(&none);
    let fields: BTreeSet<_> = mine.keys().chain(sent.keys()).copied().collect();
    let (changed, same): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|field| published.is_none() || mine.get(field) != sent.get(field));
    (
        changed.into_iter().map(secret_change).collect(),
        same.into_iter().map(|field| label(field.name()).to_owned()).collect(),
    )
}

/// The fields of what was last sent, with the ids that companions had then.
pub(super) fn published_fields(snapshot: &PublishedSnapshot) -> Fields {
    sent_fields(&snapshot.meta, &|id| snapshot.companions.get(&id).cloned().unwrap_or_default())
}

/// Is what can be read there exactly what was sent?
pub(super) fn is_as_sent(sent: &Fields, remote: &RemoteSet) -> bool {
    is_settled(sent, remote, &Settled::default())
}

/// Is what can be read there what was sent, but for what a person settled?
pub(super) fn is_settled(sent: &Fields, remote: &RemoteSet, settled: &Settled) -> bool {
    let there = remote_fields(remote, sent);
    there.iter().all(|(path, lines)| {
        sent.get(path).is_none_or(|sent| sent == lines) || settled.standing(path, lines).is_some()
    })
}

/// The ids that a draft's companions have in an environment, to be kept with what was sent.
pub(super) fn companion_ids(
    meta: &DraftMeta,
    id_of: &dyn Fn(sealpost_vault::DraftId) -> Option<String>,
) -> BTreeMap<sealpost_vault::DraftId, String> {
    meta.details.companions().into_iter().filter_map(|id| id_of(id).map(|remote| (id, remote))).collect()
}

/// Equal as long as nothing of a set's metadata moved: order and usage are ignored, the owner is not.
pub(super) fn metadata_of(remote: &RemoteSet) -> Vec<u8> {
    let mut entities: Vec<String> =
        remote.allowed_entities.iter().flatten().map(|e| format!("{} {}", e.entity_type, e.id)).collect();
    entities.sort();
    let mut external = remote.external_vault.clone().unwrap_or_default();
    // Computed by the server, in any order (contract 3.3).
    external.remove("credentialsUsedForExternalSynchronization");
    serde_json::json!([
        remote.id,
        remote.name,
        remote.type_name,
        remote.description,
        remote.owner,
        remote.owner_access_only,
        remote.scopes,
        entities,
        remote.allow_contextless_requests,
        external,
        remote.aws_partition,
        remote.account_id,
        remote.iam_role,
    ])
    .to_string()
    .into_bytes()
}

/// What can be read of a set there, limited to fields that this draft has.
pub(super) fn remote_fields(remote: &RemoteSet, wanted: &Fields) -> Fields {
    let mut out = Fields::new();
    let line = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    out.insert("type".into(), line(&remote.type_name));
    out.insert("name".into(), line(&remote.name));
    out.insert("description".into(), line(&remote.description));
    let scopes: BTreeSet<_> = remote.scopes.iter().cloned().collect();
    out.insert("scopes".into(), scopes.into_iter().collect());
    out.insert("ownerAccessOnly".into(), line(yes_no(remote.owner_access_only)));
    if let Some(contextless) = remote.allow_contextless_requests {
        out.insert("allowContextlessRequests".into(), line(yes_no(contextless)));
    }
    if let Some(allowed) = &remote.allowed_entities {
        let entities: BTreeSet<_> = allowed.iter().map(|e| format!("{} {}", e.entity_type, e.id)).collect();
        out.insert("allowedEntities".into(), entities.into_iter().collect());
    }
    for (path, value) in [
        ("awsPartition", &remote.aws_partition),
        ("accountID", &remote.account_id),
        ("iamRole", &remote.iam_role),
    ] {
        if let Some(text) = value {
            out.insert(path.into(), line(text));
        }
    }
    if let Some(vault) = &remote.external_vault {
        for path in wanted.keys().filter_map(|path| path.strip_prefix("externalVault.")) {
            if let Some(text) = vault.get(path).and_then(serde_json::Value::as_str) {
                out.insert(format!("externalVault.{path}"), line(text));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(name: &str, description: &str) -> Fields {
        Fields::from([
            ("name".to_owned(), vec![name.to_owned()]),
            ("description".to_owned(), vec![description.to_owned()]),
        ])
    }

    fn compared(mine: &Fields, published: &Fields, theirs: &Fields, settled: &Settled) -> Comparison {
        compare(&Sides { mine, published: Some(published), theirs, settled })
    }

    fn accepting(value: &str) -> Settled {
        let accepted = [("description".to_owned(), vec![value.to_owned()])].into();
        Settled { accepted, ..Settled::default() }
    }

    fn ignoring() -> Settled {
        Settled { ignored: ["description".to_owned()].into(), ..Settled::default() }
    }

    #[test]
    fn what_was_accepted_or_is_ignored_is_no_change_and_no_conflict_but_is_told() {
        let (sent, theirs) = (fields("a", "old"), fields("a", "theirs"));
        for settled in [accepting("theirs"), ignoring()] {
            let found = compared(&sent, &sent, &theirs, &settled);
            assert_eq!((found.changes.len(), found.conflict.len()), (0, 0), "{settled:?}");
            assert_eq!(
                (&found.standing[0].theirs[..], &found.standing[0].mine[..]),
                (&["theirs".to_owned()][..], &["old".to_owned()][..])
            );
        }
    }

    #[test]
    fn what_changes_there_again_after_it_was_accepted_is_a_conflict_again_and_what_is_ignored_is_not() {
        let (sent, theirs) = (fields("a", "old"), fields("a", "theirs again"));
        assert_eq!(compared(&sent, &sent, &theirs, &accepting("theirs")).conflict.len(), 1);
        assert_eq!(compared(&sent, &sent, &theirs, &ignoring()).conflict.len(), 0);
    }

    #[test]
    fn a_settled_field_that_is_edited_here_is_a_change_and_no_conflict() {
        let (mine, sent, theirs) = (fields("a", "mine"), fields("a", "old"), fields("a", "theirs"));
        for settled in [accepting("theirs"), ignoring()] {
            let found = compared(&mine, &sent, &theirs, &settled);
            assert_eq!((found.changes.len(), found.conflict.len(), found.standing.len()), (1, 0, 0));
            assert_eq!(found.changes[0].before, ["theirs"], "what it replaces there is shown");
        }
    }

    #[test]
    fn settling_one_field_settles_no_other() {
        let (sent, theirs) = (fields("a", "old"), fields("b", "theirs"));
        let found = compared(&sent, &sent, &theirs, &ignoring());
        assert_eq!(found.conflict.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(), ["name"]);
    }

    fn remote(json: serde_json::Value) -> RemoteSet {
        RemoteSet::from_json(json).unwrap()
    }

    #[test]
    fn what_only_the_draft_changed_is_no_conflict() {
        let (published, theirs) = (fields("a", "old"), fields("a", "old"));
        let mine = fields("a", "new");
        let found = compare(&Sides {
            mine: &mine,
            published: Some(&published),
            theirs: &theirs,
            settled: &Settled::default(),
        });
        assert_eq!((found.changes.len(), found.conflict.len()), (1, 0));
    }

    #[test]
    fn what_was_changed_there_is_a_conflict_whether_the_draft_changed_or_not() {
        let published = fields("a", "old");
        let theirs = fields("a", "theirs");
        for mine in [fields("a", "old"), fields("a", "mine")] {
            let found = compare(&Sides {
                mine: &mine,
                published: Some(&published),
                theirs: &theirs,
                settled: &Settled::default(),
            });
            assert_eq!(found.conflict.len(), 1, "{mine:?}");
            assert_eq!(found.conflict[0].theirs, ["theirs"]);
        }
    }

    #[test]
    fn the_same_change_on_both_sides_is_nothing_to_do_and_no_conflict() {
        let published = fields("a", "old");
        let both = fields("a", "new");
        let found = compare(&Sides {
            mine: &both,
            published: Some(&published),
            theirs: &both,
            settled: &Settled::default(),
        });
        assert_eq!((found.changes.len(), found.conflict.len()), (0, 0));
    }

    #[test]
    fn order_and_usage_do_not_move_metadata_and_every_other_field_does() {
        let base = serde_json::json!({"id": "x", "name": "a", "type": "TOKEN", "owner": "o",
            "scopes": ["B", "A"], "allowedEntities": [{"type": "USER", "id": "2"}, {"type": "USER", "id": "1"}],
            "credentialUsageSummary": [{"type": "HTTP_MONITOR", "count": 1}]});
        let mut same = base.clone();
        same["scopes"] = serde_json::json!(["A"]);
        same["scope"] = "B".into();
        same["allowedEntities"] =
            serde_json::json!([{"type": "USER", "id": "1"}, {"type": "USER", "id": "2"}]);
        same["credentialUsageSummary"] = serde_json::json!([{"type": "HTTP_MONITOR", "count": 9}]);
        assert_eq!(metadata_of(&remote(base.clone())), metadata_of(&remote(same)));
        for (key, value) in
            [("name", "b"), ("owner", "p"), ("description", "d"), ("scope", "C"), ("iamRole", "r")]
        {
            let mut moved = base.clone();
            moved[key] = value.into();
            assert_ne!(metadata_of(&remote(base.clone())), metadata_of(&remote(moved)), "{key}");
        }
    }
}
