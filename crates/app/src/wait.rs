//! Waiting is passed in like time: what waits for minutes can be tested in milliseconds.

use std::pin::Pin;
use std::time::Duration;

/// Waits.
pub trait Sleeper: Send + Sync {
    /// Returns after this time.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Waits as long as it says.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealSleeper;

impl Sleeper for RealSleeper {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Moves a clock forward instead of waiting, for tests.
#[cfg(any(test, feature = "testing"))]
pub struct JumpingSleeper(pub std::sync::Arc<sealpost_vault::FixedClock>);

#[cfg(any(test, feature = "testing"))]
impl Sleeper for JumpingSleeper {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.advance_millis(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        Box::pin(tokio::task::yield_now())
    }
}
