//! The sandbox environment: an ordinary environment whose server the app starts in-process.
//!
//! Its address is stored like any other, so the window and the command line share it: whoever needs it first starts
//! it; whoever finds the address taken uses what is there. Metadata of its sets is kept beside the vault; secrets are
//! never stored by it.

use std::net::{Ipv4Addr, SocketAddr};

use sealpost_sandbox::{Permission, RunningSandbox, Sandbox, SandboxError, SandboxOptions, Token, User};
use sealpost_vault::{Environment, EnvironmentMeta, NewActivity, SaveEnvironment, SecretValue};
use tokio::sync::Mutex;

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::views::EnvironmentView;

/// First of the ports that a sandbox is given one of, below those that systems hand out themselves. Each vault draws its own:
/// an address in use counts as another Sealpost's sandbox of the same vault, so two vaults must not share one.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;
const FILE: &str = "sandbox.json";
const USER: &str = "you@sandbox.example";

/// The running server of this process, if it started one.
#[derive(Default)]
pub(crate) struct SandboxHost(Mutex<Option<RunningSandbox>>);

fn not_started(error: &SandboxError) -> Problem {
    Problem::new(
        Code::Network,
        "The sandbox could not be started.",
        format!("Drafts and other environments are not affected. The system says: {error}."),
        "Close whatever uses its port, then try again.",
    )
}

impl App {
    fn sandbox_options(&self, address: SocketAddr, token: &str) -> SandboxOptions {
        let user = User::new(USER, Permission::ChangeMonitoring).token(Token::given(token).name("Sealpost"));
        let mut options = SandboxOptions::default().listen(address).file(self.folder().join(FILE));
        options.users = vec![user, User::second_user()];
        options
    }

    async fn start_at(&self, address: SocketAddr, token: &str) -> Result<RunningSandbox, SandboxError> {
        Sandbox::start(self.sandbox_options(address, token)).await
    }

    /// Makes the sandbox environment if there is none, and starts its server if nobody did.
    ///
    /// # Errors
    /// `VaultLocked`; `Network` if no port can be had.
    pub async fn sandbox_start(&self) -> Result<EnvironmentView, Problem> {
        let existing = self
            .with_session(|session| {
                Ok(session.vault.environments()?.into_iter().find(|env| env.meta.sandbox))
            })
            .await?;
        let id = if let Some(environment) = existing {
            self.ensure_sandbox(&environment).await?;
            environment.id
        } else {
            self.make_sandbox().await?.id
        };
        self.environment_view(id).await
    }

    async fn make_sandbox(&self) -> Result<Environment, Problem> {
        let mut random = [0; 88];
        self.inner.parts.entropy.fill(&mut random);
        let token = made_up_token(&random);
        let mut drawn = [0; 2];
        self.inner.parts.entropy.fill(&mut drawn);
        let port = FIRST_PORT + u16::from_be_bytes(drawn) % PORTS;
        let mut host = self.inner.sandbox.0.lock().await;
        // Any free one is taken if it is in use now.
        let preferred = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = match self.start_at(preferred, &token).await {
            Ok(running) => running,
            Err(_) => self.start_at(any, &token).await.map_err(|error| not_started(&error))?,
        };
        let meta = EnvironmentMeta {
            name: "sandbox".into(),
            url: running.base_url().trim_end_matches('/').to_owned(),
            token_identifier: token.rsplit_once('.').map_or_else(String::new, |(shown, _)| shown.to_owned()),
            colour: "green".into(),
            sandbox: true,
            proxy: "none".into(),
            ..EnvironmentMeta::default()
        };
        *host = Some(running);
        drop(host);
        self.change(move |session| {
            let taken = |name: &str| session.index.environments().iter().any(|env| env.meta.name == name);
            let mut meta = meta;
            let mut number = 1;
            while taken(&meta.name) {
                number += 1;
                meta.name = format!("sandbox-{number}");
            }
            let save = SaveEnvironment { over: None, meta, token: SecretValue::from(token.as_str()) };
            let stored = session.vault.save_environment(&save, Some(&NewActivity::of("environmentSaved")))?;
            session.refresh()?;
            Ok(stored)
        })
        .await
    }

    /// Starts the server of the sandbox environment on its stored address. An address in use is another Sealpost's
    /// sandbox: the window and the command line share it.
    pub(crate) async fn ensure_sandbox(&self, environment: &Environment) -> Result<(), Problem> {
        let mut host = self.inner.sandbox.0.lock().await;
        if host.is_some() {
            return Ok(());
        }
        let address =
            environment.meta.url.trim_start_matches("http://").parse::<SocketAddr>().map_err(|_| {
                Problem::new(
                    Code::Network,
                    "The sandbox has no usable address.",
                    "Its drafts are not affected.",
                    "Remove the sandbox environment and start it again.",
                )
            })?;
        let id = environment.id;
        let token = self.with_session(move |session| Ok(session.vault.environment_token(id)?)).await?;
        let text = token.expose_text().unwrap_or_default();
        if let Ok(running) = self.start_at(address, text).await {
            *host = Some(running);
        }
        Ok(())
    }
}

/// A token of the API's form (contract 1.2) for the sandbox: 24 and 64 characters of upper case and digits.
fn made_up_token(random: &[u8; 88]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letters: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    format!("dt0c01.{}.{}", &letters[..24], &letters[24..])
}
