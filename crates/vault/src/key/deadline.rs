//! Runs one blocking call on a thread of its own and stops waiting at a deadline.

use std::sync::mpsc;
use std::time::Duration;

use super::KeyError;

/// The answer of `call`, or [`KeyError::NoAnswer`]. A call that misses its deadline is left behind on its detached
/// thread: there is no way to cancel a keyring prompt, and a join would hang with it.
pub(super) fn within<T: Send + 'static>(
    deadline: Duration,
    call: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    let (send, receive) = mpsc::channel();
    std::thread::Builder::new()
        .name("sealpost-keyring".into())
        .spawn(move || drop(send.send(call())))
        .map_err(|error| KeyError::NoService(error.to_string()))?;
    receive.recv_timeout(deadline).unwrap_or(Err(KeyError::NoAnswer(deadline.as_secs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_keyring_is_left_at_the_deadline() {
        let answer = within(Duration::from_millis(20), || {
            std::thread::sleep(Duration::from_secs(2));
            Ok(())
        });
        assert_eq!(answer, Err(KeyError::NoAnswer(0)));
    }

    #[test]
    fn a_keyring_that_panics_is_an_error_not_a_crash() {
        let answer: Result<(), _> = within(Duration::from_secs(5), || panic!("in the store"));
        assert!(matches!(answer, Err(KeyError::NoAnswer(_))));
    }

    #[test]
    fn an_answer_in_time_is_passed_on() {
        assert_eq!(within(Duration::from_secs(5), || Ok(7)), Ok(7));
    }
}
