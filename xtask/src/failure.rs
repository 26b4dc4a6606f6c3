//! Why a task could not be done.

use std::fmt;

/// What went wrong, as a sentence.
#[derive(Debug)]
pub(crate) struct Failure(Option<String>);

impl Failure {
    /// The task has already said what failed: nothing may follow its last line.
    pub(crate) const SAID: Self = Self(None);
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(sentence) => writeln!(f, "xtask: {sentence}"),
            None => Ok(()),
        }
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self(Some(sentence))
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Self {
        sentence.to_owned().into()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        error.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_failure_is_a_line_unless_it_was_said() {
        assert_eq!(Failure::from("no disk").to_string(), "xtask: no disk\n");
        assert_eq!(Failure::SAID.to_string(), "", "the sum stays the last line");
    }
}
