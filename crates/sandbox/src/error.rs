//! Why a sandbox could not start or keep its state.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The sandbox has no business on a network.
    #[error(
        "{0} is not a loopback address; the sandbox listens on this computer only, for example at 127.0.0.1:0"
    )]
    NotLoopback(SocketAddr),
    /// The address could not be taken.
    #[error("could not listen at {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Two tokens have the same text, so their owner would be a matter of luck.
    #[error("two tokens of the sandbox are the same; give each user a token of its own")]
    DuplicateToken,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
    /// The certificate could not be made.
    #[error("could not make the sandbox certificate: {0}")]
    Certificate(String),
    /// The file could not be read or written.
    #[error("could not use the sandbox file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file exists and is not a sandbox file of a known version. It is left as it is.
    #[error("{path} is not a sandbox file this version can read ({reason}); it was left as it is")]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}
