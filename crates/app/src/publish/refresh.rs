//! Reading published sets again: owner, scopes, usage, and whether the metadata is still what was sent.

use std::collections::HashMap;
use std::sync::Arc;

use sealpost_dynatrace::RemoteSet;
use sealpost_vault::{DraftId, EnvironmentId, NewActivity, Publication, PublicationState, Timestamp};

use super::compare::{is_settled, published_fields};
use super::observe::Observed;
use super::record::take_remote;
use crate::app::{App, Session};
use crate::drafts::parse_id;
use crate::environments::parse_environment_id;
use crate::problem::{Code, Problem};
use crate::views::RemoteSetView;

impl App {
    /// Reads the sets of these drafts (all drafts if none are named) and stores what was found; gives how many drifted.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`, `Network` if an environment could not be read (the others were).
    pub async fn publication_refresh(&self, draft_ids: &[String]) -> Result<u32, Problem> {
        let wanted = draft_ids.iter().map(|id| parse_id(id)).collect::<Result<Vec<_>, _>>()?;
        let of_wanted = move |publication: &Publication| {
            (wanted.is_empty() || wanted.contains(&publication.draft)) && publication.meta.remote_id.is_some()
        };
        let publications: Vec<Publication> = self
            .with_session(move |session| {
                Ok(session.vault.publications(None)?.into_iter().filter(of_wanted).collect())
            })
            .await?;
        let mut by_environment: HashMap<EnvironmentId, Vec<Publication>> = HashMap::new();
        for publication in publications {
            by_environment.entry(publication.environment).or_default().push(publication);
        }
        let (mut drifted, mut unread) = (0, Vec::new());
        for (environment, publications) in by_environment {
            let observed = Arc::new(self.observe(environment).await?);
            // A token that may not write can still read: only an empty look is no look.
            let blind = observed.problem.clone().filter(|_| observed.sets.is_empty());
            if let Some(why) = blind {
                unread.push(observed.environment.meta.name.clone());
                self.change(move |session| {
                    for mut publication in publications {
                        publication.meta.unverified = Some(why.clone());
                        session.put_if_current(&mut publication)?;
                    }
                    Ok(())
                })
                .await?;
                continue;
            }
            drifted += self
                .change(move |session| {
                    let mut count = 0;
                    for mut publication in publications {
                        count += u32::from(session.compare_again(&mut publication, &observed)?);
                    }
                    session.seen.keep(&observed);
                    Ok(count)
                })
                .await?;
        }
        if unread.is_empty() {
            Ok(drifted)
        } else {
            Err(Problem::new(
                Code::Network,
                format!("{} could not be read.", unread.join(", ")),
                "What was known of the sets there is unchanged; other environments were read.",
                "Test the connection for the reason.",
            ))
        }
    }

    /// Every set an environment shows to its token, with the drafts they are linked to.
    ///
    /// # Errors
    /// `NotFound`, `VaultLocked`, `Network`.
    pub async fn remote_list(&self, environment_id: &str) -> Result<Vec<RemoteSetView>, Problem> {
        let id = parse_environment_id(environment_id)?;
        let observed = self.observe(id).await?;
        if let (Some(problem), true) = (&observed.problem, observed.sets.is_empty()) {
            return Err(Problem::new(Code::Network, problem.clone(), "Nothing was changed.", ""));
        }
        self.with_session(move |session| {
            session.seen.keep(&observed);
            session.seen_sets(id)
        })
        .await
    }
}

/// The state of a link after its set was read, or after somebody settled a difference. Pure.
pub(super) fn compared(publication: &Publication, remote: &RemoteSet) -> PublicationState {
    let meta = &publication.meta;
    let sent = meta.published.as_ref().map(published_fields);
    let same = sent.is_none_or(|sent| is_settled(&sent, remote, &meta.settled));
    match (same, publication.state) {
        // A failed or unclear attempt is not undone by a read.
        (_, before @ (PublicationState::Failed | PublicationState::Unclear)) => before,
        (false, _) => PublicationState::Drifted,
        // Adopted, and never sent since: its secret was never ours.
        (true, PublicationState::Drifted | PublicationState::Missing)
            if publication.published_at.is_none() && needs_secret(publication) =>
        {
            PublicationState::Adopted
        }
        (true, PublicationState::Drifted | PublicationState::Missing) => PublicationState::Published,
        (true, before) => before,
    }
}

fn needs_secret(publication: &Publication) -> bool {
    let sent = publication.meta.published.as_ref();
    sent.is_some_and(|sent| sent.secret_digests.is_empty() && !sent.meta.details.secret_fields().is_empty())
}

/// Remembers since when a difference is known.
pub(super) fn note_drift(publication: &mut Publication, now: Timestamp) {
    let drifted = matches!(publication.state, PublicationState::Drifted | PublicationState::Missing);
    let since = publication.meta.drift_seen_at.filter(|_| drifted);
    publication.meta.drift_seen_at = since.or_else(|| drifted.then(|| now.as_millis()));
}

impl Session {
    /// The id of a draft's set in an environment, if it has one there.
    pub(super) fn remote_id(&self, draft: DraftId, environment: EnvironmentId) -> Option<String> {
        let link = self.vault.publication(draft, environment).ok().flatten();
        link.and_then(|publication| publication.meta.remote_id)
    }

    /// Stores a publication unless a run wrote it meanwhile: what that recorded is newer than this read.
    fn put_if_current(&mut self, publication: &mut Publication) -> Result<bool, Problem> {
        let stored = self.vault.publication(publication.draft, publication.environment)?;
        if stored.as_ref().map(|p| p.revision) != Some(publication.revision) {
            return Ok(false);
        }
        self.vault.put_publication(publication)?;
        Ok(true)
    }

    /// Stores what a read found; true if the set is not what was sent.
    pub(super) fn compare_again(
        &mut self,
        publication: &mut Publication,
        observed: &Observed,
    ) -> Result<bool, Problem> {
        let now = self.vault.now();
        let before = publication.state;
        let remote_id = publication.meta.remote_id.clone().unwrap_or_default();
        let found = match observed.sets.get(&remote_id) {
            None => match observed.can_be_hidden(publication) {
                Some(why) => {
                    publication.meta.unverified = Some(why);
                    before
                }
                None => {
                    publication.meta.unverified = None;
                    PublicationState::Missing
                }
            },
            Some(remote) => {
                take_remote(publication, remote, now);
                compared(publication, remote)
            }
        };
        publication.state = found;
        note_drift(publication, now);
        // What can't be told was not seen: `take_remote` and a proven absence set the time.
        if publication.meta.unverified.is_none() {
            publication.verified_at = Some(now);
        }
        if !self.put_if_current(publication)? {
            return Ok(false);
        }
        let drifted = matches!(found, PublicationState::Drifted | PublicationState::Missing);
        if drifted && before != found {
            let name =
                self.vault.draft(publication.draft).map(|(draft, _)| draft.meta.name).unwrap_or_default();
            let entry = NewActivity::of("driftFound")
                .about_draft(publication.draft)
                .with_draft_name(name)
                .about_environment(publication.environment, &observed.environment.meta.name);
            self.vault.record(&entry)?;
        }
        Ok(drifted)
    }
}
