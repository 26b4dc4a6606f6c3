//! The list: filters, pages, and keys to the next page (contract 1.5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::set::{CredentialType, StoredSet};

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 500;

/// What a list asks for: the filters, the page size, and where the page starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Query {
    kind: Option<CredentialType>,
    name: Option<String>,
    user: Option<String>,
    scope: Option<String>,
    pub(crate) size: usize,
    /// Id of the last set of the page before. Sets come in the order of their random ids, for no order is promised.
    after: Option<String>,
}

/// Signs page keys, so that a key is only ever one the sandbox gave out.
pub(crate) struct PageKeys(hmac::Key);

impl PageKeys {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Opaque, and in base64 with `+`, `/` and `=`, which a client has to encode in its query.
    fn seal(&self, query: &Query) -> Result<String, Refusal> {
        let json = serde_json::to_vec(query).map_err(|_| Refusal::transient())?;
        let mut out = hmac::sign(&self.0, &json).as_ref().to_vec();
        out.extend(json);
        Ok(STANDARD.encode(out))
    }

    fn open(&self, key: &str) -> Option<Query> {
        let raw = STANDARD.decode(key).ok()?;
        let (tag, json) = raw.split_at_checked(32)?;
        hmac::verify(&self.0, json, tag).ok()?;
        serde_json::from_slice(json).ok()
    }
}

impl Query {
    /// Reads the query parameters; unknown ones are ignored (c).
    pub(crate) fn read(parameters: &[(String, String)], keys: &PageKeys) -> Result<Self, Refusal> {
        if let Some((_, key)) = parameters.iter().find(|(name, _)| name == "nextPageKey") {
            if parameters.len() > 1 {
                return Err(Refusal::query("nextPageKey", "must be the only query parameter"));
            }
            return keys.open(key).ok_or_else(|| Refusal::query("nextPageKey", "is not a key of a page"));
        }
        let mut query = Self { size: DEFAULT_SIZE, ..Self::default() };
        for (name, value) in parameters {
            match name.as_str() {
                "type" => query.kind = Some(kind(value)?),
                "name" => query.name = Some(value.clone()),
                "user" => query.user = Some(value.clone()),
                "scope" => query.scope = Some(value.clone()),
                "pageSize" => {
                    let size = value.parse().ok().filter(|size| (1..=MAX_SIZE).contains(size));
                    query.size = size.ok_or_else(|| {
                        Refusal::query("pageSize", format!("must be between 1 and {MAX_SIZE}"))
                    })?;
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// The sets of this page out of all that match, in order of id, and the key to the next page.
    pub(crate) fn page<'a>(
        &self,
        matching: &[&'a StoredSet],
        keys: &PageKeys,
    ) -> Result<(Vec<&'a StoredSet>, Option<String>), Refusal> {
        let after = self.after.as_deref().unwrap_or_default();
        let mut rest = matching.iter().copied().filter(|set| set.id.as_str() > after);
        let page: Vec<_> = rest.by_ref().take(self.size).collect();
        let next = match (rest.next(), page.last()) {
            (Some(_), Some(last)) => Some(keys.seal(&Self { after: Some(last.id.clone()), ..self.clone() })?),
            _ => None,
        };
        Ok((page, next))
    }

    pub(crate) fn matches(&self, set: &StoredSet) -> bool {
        self.kind.is_none_or(|kind| set.metadata.kind == kind)
            && self.name.as_deref().is_none_or(|filter| name_matches(filter, &set.metadata.name))
            && self.user.as_deref().is_none_or(|user| set.owner == user || set.metadata.open_to_all())
            && self.scope.as_ref().is_none_or(|scope| set.metadata.scopes.contains(scope))
    }
}

/// `PUBLIC_CERTIFICATE` is not a filter value (contract 1.5).
fn kind(name: &str) -> Result<CredentialType, Refusal> {
    let kind = CredentialType::named(name).filter(|kind| *kind != CredentialType::PublicCertificate);
    kind.ok_or_else(|| {
        let all = CredentialType::ALL.into_iter().filter(|kind| *kind != CredentialType::PublicCertificate);
        let names: Vec<_> = all.map(CredentialType::name).collect();
        Refusal::query("type", format!("must be one of [{}]", names.join(", ")))
    })
}

/// Case-insensitive: all bare words somewhere in the name, or a quoted phrase as a whole somewhere in the name; it is
/// not an exact match (contract 1.5; the details are our choice (c)).
fn name_matches(filter: &str, name: &str) -> bool {
    let (filter, name) = (filter.to_lowercase(), name.to_lowercase());
    match filter.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(phrase) => name.contains(phrase),
        None => filter.split_whitespace().all(|word| name.contains(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_match_partially_and_a_quoted_value_as_a_whole_phrase() {
        assert!(name_matches("LOG", "shop login"));
        assert!(name_matches("login shop", "Shop Login (shared)"));
        assert!(!name_matches("login shopping", "shop login"));
        assert!(name_matches("\"Shop login\"", "the shop LOGIN of ours"));
        assert!(!name_matches("\"login shop\"", "shop login"));
        assert!(name_matches("\"a \"b\" c\"", "a \"b\" c"));
        assert!(name_matches("", "anything"));
    }

    #[test]
    fn a_page_key_of_another_sandbox_or_a_changed_one_opens_nothing() {
        let (keys, others) = (PageKeys::new(&[1; 32]), PageKeys::new(&[2; 32]));
        let query = Query { size: 3, name: Some("x".to_owned()), ..Query::default() };
        let key = keys.seal(&query).unwrap();
        assert_eq!(keys.open(&key), Some(query));
        assert_eq!(others.open(&key), None);
        for bad in ["", "AAAA", "not base64", &key[..key.len() - 4]] {
            assert_eq!(keys.open(bad), None);
        }
    }
}
