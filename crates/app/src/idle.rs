//! Nobody here? Counted here and not in the page: one that hangs, or says nothing, must not keep the vault open.
//!
//! ```text
//! unlock ───────────────────────────────────────────┐
//! the page: somebody typed (every few seconds) ─────┴▶ the last moment, by both clocks ─▶ idle_lock_due ─▶ the shell locks
//! ```
//!
//! Two clocks, since each alone can be silent: the one that only counts running time stands still while the computer sleeps,
//! the one on the wall can be turned back. The vault locks by whichever saw more time go by.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::app::App;

/// A page that says that somebody was here before longer than this is not believed: it speaks every few seconds.
const LATEST: Duration = Duration::from_secs(10);
/// Most minutes without anybody that can be set.
pub(crate) const MOST_MINUTES: u32 = 60;

/// A point in time by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// On the wall, milliseconds.
    wall: i64,
    /// Running time.
    running: Duration,
}

impl Moment {
    /// Time since then, by the clock that saw more of it.
    fn until(self, now: Self) -> Duration {
        let wall =
            u64::try_from(now.wall.saturating_sub(self.wall)).map_or(Duration::ZERO, Duration::from_millis);
        wall.max(now.running.saturating_sub(self.running))
    }
}

/// When somebody was here last.
#[derive(Default)]
pub(crate) struct Presence(Mutex<Option<Moment>>);

impl Presence {
    /// Somebody was here `ago`.
    fn seen(&self, now: Moment, ago: Duration) {
        let ago = ago.min(LATEST);
        let back = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        let then = Moment { wall: now.wall.saturating_sub(back), running: now.running.saturating_sub(ago) };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Older news than what is known changes nothing; a clock that was turned back is no reason to forget it.
        if last.is_none_or(|last| last.running < then.running) {
            *last = Some(then);
        }
    }

    /// Has nobody been here for that long? Before anybody was, the count begins.
    fn absent(&self, now: Moment, limit: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.get_or_insert(now).until(now) >= limit
    }
}

/// Minutes as they may be set; `never` of earlier versions becomes the most there is.
pub(crate) fn minutes(set: u32) -> u32 {
    if set == 0 { MOST_MINUTES } else { set.min(MOST_MINUTES) }
}

impl App {
    fn moment(&self) -> Moment {
        let clock = &self.inner.parts.clock;
        Moment { wall: clock.now().as_millis(), running: clock.running() }
    }

    /// Somebody used the window `ago`.
    pub fn activity_seen(&self, ago: Duration) {
        self.inner.presence.seen(self.moment(), ago);
    }

    /// Is the vault open, and has nobody been here for as long as the settings say?
    pub async fn idle_lock_due(&self) -> bool {
        let Ok(settings) = self.settings().await else { return false };
        let limit = Duration::from_secs(u64::from(settings.auto_lock_minutes) * 60);
        self.inner.presence.absent(self.moment(), limit)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sealpost_vault::FixedClock;

    use super::*;
    use crate::testing;
    use crate::views::Settings;

    async fn opened() -> (tempfile::TempDir, App, Arc<FixedClock>) {
        let dir = tempfile::tempdir().unwrap();
        let (bench, app) = testing::opened(dir.path()).await;
        (dir, app, bench.clock)
    }

    const MINUTE: i64 = 60_000;

    #[tokio::test]
    async fn the_vault_locks_after_five_minutes_without_anybody_also_if_the_page_never_spoke() {
        let (_dir, app, clock) = opened().await;
        clock.advance_millis(5 * MINUTE - 1);
        assert!(!app.idle_lock_due().await);
        clock.advance_millis(1);
        assert!(app.idle_lock_due().await);
        app.vault_lock().await.unwrap();
        assert!(!app.idle_lock_due().await, "a locked vault is not locked again");
        app.vault_unlock().await.unwrap();
        assert!(!app.idle_lock_due().await, "unlocking is being here");
    }

    #[tokio::test]
    async fn somebody_who_is_here_keeps_it_open_and_the_count_begins_when_they_were_last() {
        let (_dir, app, clock) = opened().await;
        for _ in 0..20 {
            clock.advance_millis(4 * MINUTE);
            assert!(!app.idle_lock_due().await);
            app.activity_seen(Duration::from_secs(4));
        }
        clock.advance_millis(5 * MINUTE - 4_001);
        assert!(!app.idle_lock_due().await);
        clock.advance_millis(1);
        assert!(app.idle_lock_due().await);
    }

    #[tokio::test]
    async fn old_news_of_the_page_neither_shortens_nor_prolongs() {
        let (_dir, app, clock) = opened().await;
        clock.advance_millis(2 * MINUTE);
        app.activity_seen(Duration::from_secs(3_600));
        clock.advance_millis(5 * MINUTE - 10_001);
        assert!(!app.idle_lock_due().await, "longer ago than the page may stay silent is not believed");
        app.activity_seen(Duration::ZERO);
        app.activity_seen(Duration::from_secs(10));
        clock.advance_millis(5 * MINUTE - 1);
        assert!(!app.idle_lock_due().await, "the later of two counts");
        clock.advance_millis(1);
        assert!(app.idle_lock_due().await);
    }

    #[tokio::test]
    async fn neither_sleep_nor_a_clock_turned_back_gives_more_time() {
        let (_dir, app, clock) = opened().await;
        clock.turn_millis(-24 * 60 * MINUTE);
        clock.advance_millis(5 * MINUTE);
        assert!(app.idle_lock_due().await, "running time counts");
        app.activity_seen(Duration::ZERO);
        assert!(!app.idle_lock_due().await);
        clock.turn_millis(5 * MINUTE);
        assert!(app.idle_lock_due().await, "asleep, only the wall's clock went on");
    }

    #[tokio::test]
    async fn never_and_more_than_an_hour_are_an_hour_stored_before_or_set_now() {
        let (_dir, app, clock) = opened().await;
        for asked in [0, 61, u32::MAX] {
            let settings = Settings { auto_lock_minutes: asked, ..Settings::default() };
            assert_eq!(app.set_settings(settings.clone()).await.unwrap().auto_lock_minutes, 60, "{asked}");
            // As a version that knew "never" has stored it.
            app.with_session(move |session| Ok(session.vault.set_setting("settings", &settings)?))
                .await
                .unwrap();
            assert_eq!(app.settings().await.unwrap().auto_lock_minutes, 60, "{asked}");
        }
        clock.advance_millis(60 * MINUTE);
        assert!(app.idle_lock_due().await);
        assert_eq!(Settings::default().auto_lock_minutes, 5, "on by default");
    }
}
