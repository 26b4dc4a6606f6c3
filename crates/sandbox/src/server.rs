//! Starting, running and stopping: the listener, one task per connection, and the handle of the caller.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::broken::Cut;
use crate::faults::Faults;
use crate::log::{RequestLog, RequestSummary, Writes};
use crate::options::{IssuedToken, SandboxOptions, User};
use crate::page::PageKeys;
use crate::set::StoredSet;
use crate::tenant::{State, Tenant};
use crate::token::TokenBook;
use crate::{SandboxError, file, handler, random, tls};

/// The environment id in [`RunningSandbox::managed_base_url`]; any other is served as well.
const ENVIRONMENT: &str = "5ea19057-0000-4000-8000-000000000001";

/// The simulator. [`Sandbox::start`] is the way in.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sealpost_sandbox::{Sandbox, SandboxOptions, User};
///
/// let options = SandboxOptions::default().user(User::default_user()).user(User::second_user());
/// let sandbox = Sandbox::start(options).await?;
/// sandbox.faults().add_spec("close-after-store")?;
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// assert!(sandbox.token().starts_with("dt0c01."));
/// sandbox.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sandbox;

/// A sandbox that runs until it is stopped or dropped.
pub struct RunningSandbox {
    tenant: Arc<Tenant>,
    address: SocketAddr,
    base_url: String,
    tokens: Vec<IssuedToken>,
    ca_pem: Option<String>,
    /// The server runs as long as this lives.
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts listening. Has to be called inside a tokio runtime, on which the sandbox then runs.
    ///
    /// # Errors
    /// The address is not loopback or taken, the file is unreadable, two tokens are equal, or the operating system
    /// gives no random bytes.
    pub async fn start(options: SandboxOptions) -> Result<RunningSandbox, SandboxError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(address));
        }
        let now = options.clock.now();
        let saved = options.file.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let users = if options.users.is_empty() { vec![User::default_user()] } else { options.users };
        let (book, tokens) = TokenBook::open(&users, saved.tokens, now)?;
        let (acceptor, ca_pem) = match options.tls {
            true => tls::acceptor(now, &address.ip().to_string())
                .map(|(acceptor, pem)| (Some(acceptor), Some(pem)))?,
            false => (None, None),
        };
        let page_keys = PageKeys::new(&random::bytes()?);
        let listening = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let mut state = State {
            sets: saved.sets,
            tokens: book,
            log: RequestLog::default(),
            writes: Writes::default(),
            file: options.file,
        };
        // Remembers new tokens, and finds out now rather than at the first POST that the file cannot be written.
        state.change(|_| {})?;
        let faults = Faults::default();
        faults.set(options.faults);
        let tenant = Arc::new(Tenant {
            mode: options.mode,
            clock: options.clock,
            faults,
            page_keys,
            state: Mutex::new(state),
        });
        let (stop, stopped) = oneshot::channel();
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let server = tokio::spawn(serve(listener, acceptor, Arc::clone(&tenant), stopped));
        tracing::info!(%address, scheme, "sandbox listens");
        let base_url = format!("{scheme}://{address}");
        Ok(RunningSandbox { tenant, address, base_url, tokens, ca_pem, stop, server })
    }
}

impl RunningSandbox {
    /// The base of a SaaS environment, such as `http://127.0.0.1:4711`; append `/api/v2/…`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The base in the form of Managed and ActiveGate, `…/e/{id}` (contract 1.1).
    #[must_use]
    pub fn managed_base_url(&self) -> String {
        format!("{}/e/{ENVIRONMENT}", self.base_url)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The tokens of all users, in the order of the options.
    #[must_use]
    pub fn tokens(&self) -> &[IssuedToken] {
        &self.tokens
    }

    /// The first token of the first user.
    #[must_use]
    pub fn token(&self) -> &str {
        self.tokens.first().map_or("", |token| token.text.as_str())
    }

    /// The first token of this user.
    #[must_use]
    pub fn token_of(&self, user: &str) -> Option<&str> {
        self.tokens.iter().find(|token| token.user == user).map(|token| token.text.as_str())
    }

    /// With TLS, the authority a client has to trust.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The faults in force; they can be changed at any time.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.tenant.faults
    }

    /// All sets, whoever owns them, in the order of their ids.
    #[must_use]
    pub fn snapshot(&self) -> Vec<StoredSet> {
        self.tenant.state().sets.values().cloned().collect()
    }

    /// The last requests, oldest first.
    #[must_use]
    pub fn request_log(&self) -> Vec<RequestSummary> {
        self.tenant.state().log.all()
    }

    /// How many writes were accepted since the start.
    #[must_use]
    pub fn writes(&self) -> Writes {
        self.tenant.state().writes
    }

    /// Says how many monitors use a set, besides the one that synchronises a synced set; `false` if there is no such
    /// set.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn use_by_monitors(&self, id: &str, http: u32, browser: u32) -> Result<bool, SandboxError> {
        self.tenant.state().use_by_monitors(id, http, browser)
    }

    /// Stops listening and cuts all connections; when this returns the port is free. Dropping the sandbox does the
    /// same, a moment later.
    pub async fn stop(self) {
        drop(self.stop);
        let _ = self.server.await;
    }
}

impl std::fmt::Debug for RunningSandbox {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RunningSandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Accepts until the other end of `stopped` is dropped. Connections belong to this task and end with it.
async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    tenant: Arc<Tenant>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of descriptors, most likely: give running requests a moment to end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (tenant, acceptor) = (Arc::clone(&tenant), acceptor.clone());
        connections.spawn(async move {
            match acceptor {
                None => connection(stream, tenant).await,
                Some(acceptor) => {
                    let handshake = tokio::time::timeout(Duration::from_secs(10), acceptor.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        connection(stream, tenant).await;
                    }
                }
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// Serves one connection until it ends or a fault cuts it; dropping the stream is the cut.
async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin, tenant: Arc<Tenant>) {
    let cut = Cut::default();
    let service = service_fn(|request| {
        let (tenant, cut) = (Arc::clone(&tenant), cut.clone());
        async move { Ok::<_, Infallible>(handler::answer(&tenant, request, &cut).await) }
    });
    let served =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = served => {}
        () = cut.asked() => {}
    }
}
