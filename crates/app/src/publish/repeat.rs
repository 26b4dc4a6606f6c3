//! Trying again: the one loop around requests, with its waits taken from the pure rules in [`super::classify`].

use std::time::Duration;

use sealpost_dynatrace::Error;

use super::classify::{Tries, reread};
use crate::app::App;

/// A request that ended without success.
#[derive(Debug)]
pub(super) struct GivenUp {
    /// The last failure.
    pub(super) error: Error,
    /// This or an earlier try may have been applied.
    pub(super) maybe_applied: bool,
}

impl App {
    /// Sends until it works, `next` gives no wait, or the run is cancelled. `waiting` is told each wait.
    pub(super) async fn repeat<T, F: Future<Output = Result<T, Error>> + Send>(
        &self,
        fresh: bool,
        next: impl Fn(&Error, &Tries) -> Option<Duration> + Send,
        waiting: impl Fn(Option<(u32, Duration)>) + Send,
        send: impl Fn() -> F + Send,
    ) -> Result<T, GivenUp> {
        let start = self.now();
        let (mut made, mut maybe_applied) = (0, false);
        loop {
            let error = match send().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            made += 1;
            maybe_applied |= error.may_have_been_applied();
            let since = Duration::from_millis(u64::try_from(self.now() - start).unwrap_or(0));
            let tries = Tries { made, since, fresh, jitter: self.jitter() };
            let Some(wait) = next(&error, &tries) else { return Err(GivenUp { error, maybe_applied }) };
            waiting(Some((made, wait)));
            if !self.pause(wait).await {
                return Err(GivenUp { error, maybe_applied });
            }
            waiting(None);
        }
    }

    /// Reads, again if the environment is throttled or stumbles.
    pub(super) async fn reading<T, F: Future<Output = Result<T, Error>> + Send>(
        &self,
        read: impl Fn() -> F + Send,
    ) -> Result<T, Error> {
        self.repeat(false, reread, |_| {}, read).await.map_err(|given_up| given_up.error)
    }

    fn jitter(&self) -> u32 {
        let mut bytes = [0; 4];
        self.inner.parts.entropy.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}
