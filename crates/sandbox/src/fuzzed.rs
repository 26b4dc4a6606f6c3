//! Every reader of this crate that is given bytes from outside, each as a function of bytes that checks what the reader
//! promises of whatever it reads. The fuzz targets (`fuzz/`) and the replay of their corpora in the ordinary tests call the
//! same functions (docs/adr/0019-fuzz-targets-and-tests-share-one-function.md).
//!
//! A promise that does not hold is a panic here; nothing else in this crate panics on input.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use axum::extract::Query as Parameters;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde_json::Value;

use crate::answer::Answer;
use crate::draft::{self, Circumstances};
use crate::faults::Shape;
use crate::options::{Mode, User};
use crate::page::{PageKeys, Query};
use crate::set::{CredentialType, SetMetadata, StoredSet};
use crate::token::TokenBook;
use crate::{body, file, view};

/// Members of a request whose values are secrets.
const SECRET: [&str; 6] =
    ["password", "token", "secretKey", "authenticationPassword", "privacyPassword", "certificate"];

/// The file of a sandbox: what is read is the same after it was written and read again, and whatever is in it, the sandbox
/// answers with it.
pub fn sandbox_file(bytes: &[u8]) {
    let Ok(read) = file::parse(bytes) else { return };
    let sets =
        serde_json::from_slice::<Value>(bytes).map_or(0, |all| all["sets"].as_array().map_or(0, Vec::len));
    assert_eq!(read.sets.len(), sets, "no set of the file is lost");
    let written = file::bytes(&read.tokens, &read.sets).unwrap_or_default();
    assert_eq!(file::parse(&written).as_ref(), Ok(&read), "written and read again it is the same");
    all_pages(&read.sets, Query::read(&[], &PageKeys::new(&[1; 32])).ok());
    let book = TokenBook::open(&[User::default_user()], read.tokens, UNIX_EPOCH);
    assert!(book.is_ok_and(|(book, _)| book.find("dt0c01.NOBODYS.TOKEN").is_none()), "no file makes a token");
}

/// The sets of a list, page by page: each stands on one page, and in its answer.
fn all_pages(sets: &BTreeMap<String, StoredSet>, first: Option<Query>) {
    let keys = PageKeys::new(&[1; 32]);
    let matching = |query: &Query| sets.values().filter(|set| query.matches(set)).collect::<Vec<_>>();
    let (mut query, mut seen) = (first, Vec::new());
    let all = query.as_ref().map_or(0, |query| matching(query).len());
    while let Some(asked) = query {
        let Ok((page, next)) = asked.page(&matching(&asked), &keys) else { return };
        assert!(page.len() <= asked.size, "no page is longer than was asked for");
        for set in page {
            let shown = view::element(set, Shape::default());
            assert_eq!(shown["id"], set.id, "a set is shown with its id");
            seen.push(&set.id);
        }
        let parameters = next.map(|key| vec![("nextPageKey".to_owned(), key)]);
        query = parameters.and_then(|parameters| Query::read(&parameters, &keys).ok());
    }
    assert_eq!(seen.len(), all, "each set has a page");
}

/// A request: the first byte says of what kind, the rest is its body or its query.
pub fn sandbox_request(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    if kind & 0x80 == 0 { sandbox_body(*kind, rest) } else { sandbox_query(rest) }
}

/// A body is read or refused; neither what is kept of it nor the refusal holds a secret.
fn sandbox_body(kind: u8, bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    let body = match body::json(&headers, bytes) {
        Ok(body) => body,
        Err(refusal) => return assert_eq!(Answer::from(refusal).status, StatusCode::BAD_REQUEST),
    };
    let previous = previous(kind >> 2);
    let around = Circumstances {
        mode: if kind & 1 == 0 { Mode::Saas } else { Mode::Managed },
        verb: "add",
        previous: previous.as_ref().map(|before| ("CREDENTIALS_VAULT-1", before)),
        may_synchronise: kind & 2 == 0,
        type_of: &|id| id.strip_prefix("CREDENTIALS_VAULT-").and_then(CredentialType::named),
    };
    let (secrets, said) = (own_secrets(&body), draft::read(&body, &around));
    let said = match said {
        Ok(kept) => {
            let json = serde_json::to_value(&kept).unwrap_or_default();
            assert_eq!(serde_json::from_value::<SetMetadata>(json.clone()).ok(), Some(kept));
            json.to_string()
        }
        Err(refusal) => {
            let answer = Answer::from(refusal);
            assert!(answer.status.is_client_error(), "{answer:?}");
            format!("{answer:?}")
        }
    };
    for secret in secrets {
        assert!(!said.contains(&secret), "a secret is looked at and goes no further: {said}");
    }
}

/// The set that a request replaces; none for most kinds.
fn previous(kind: u8) -> Option<SetMetadata> {
    let kind = *CredentialType::ALL.get(usize::from(kind))?;
    let json = serde_json::json!({
        "name": "before", "type": kind.name(), "description": "", "ownerAccessOnly": false,
        "allowContextlessRequests": false, "scopes": ["SYNTHETIC"], "allowedEntities": [],
    });
    serde_json::from_value(json).ok()
}

/// Secrets of a body that stand nowhere else in it.
fn own_secrets(body: &Value) -> Vec<String> {
    let mut others = body.clone();
    let mut secrets = Vec::new();
    for name in SECRET {
        let secret = others.as_object_mut().and_then(|members| members.remove(name));
        secrets.extend(secret.and_then(|secret| secret.as_str().map(str::to_owned)));
    }
    let others = others.to_string();
    let plain =
        |secret: &String| secret.len() >= 12 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
    secrets.retain(|secret| plain(secret) && !others.contains(secret.as_str()));
    secrets
}

/// A query is read or refused, and gives each of the sets it matches once.
fn sandbox_query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(uri) = format!("/api/v2/credentials?{text}").parse::<Uri>() else { return };
    let Ok(Parameters(parameters)) = Parameters::<Vec<(String, String)>>::try_from_uri(&uri) else { return };
    match Query::read(&parameters, &PageKeys::new(&[1; 32])) {
        Ok(query) => {
            let owner = User::default_user().name;
            let sets = previous(0).into_iter().flat_map(|metadata| {
                let set = |n: u64| StoredSet {
                    id: format!("CREDENTIALS_VAULT-{n}"),
                    owner: owner.clone(),
                    metadata: SetMetadata { name: format!("Shop login {n}"), ..metadata.clone() },
                    external_id: None,
                    http_monitors: 0,
                    browser_monitors: 0,
                    revision: n,
                    visible_from: None,
                };
                (1..6).map(set).collect::<Vec<_>>()
            });
            all_pages(&sets.map(|set| (set.id.clone(), set)).collect(), Some(query));
        }
        Err(refusal) => assert_eq!(Answer::from(refusal).status, StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What is refused at once keeps no promise and breaks none.
    #[test]
    fn the_first_files_of_the_corpora_are_read() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        let read = |name: &str| std::fs::read(corpora.join(name)).unwrap();
        for (name, sets) in [("empty", 0), ("two-sets", 2), ("synchronised", 2)] {
            assert_eq!(
                file::parse(&read(&format!("sandbox_file/{name}"))).unwrap().sets.len(),
                sets,
                "{name}"
            );
        }
        let around = Circumstances {
            mode: Mode::Saas,
            verb: "add",
            previous: None,
            may_synchronise: true,
            type_of: &|_| Some(CredentialType::Token),
        };
        for name in ["token", "username-password", "snmpv3", "aws-role-based", "hashicorp-approle"] {
            let body: Value = serde_json::from_slice(&read(&format!("sandbox_request/{name}"))[1..]).unwrap();
            assert!(draft::read(&body, &around).is_ok(), "{name}");
        }
        let secrets = own_secrets(&serde_json::json!({"token": "zebraSecretOfSomeLength", "name": "zebra"}));
        assert_eq!(secrets, ["zebraSecretOfSomeLength"]);
    }
}
