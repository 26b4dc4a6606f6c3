//! Three sample drafts for the first run, clearly marked.

use sealpost_vault::{
    Details, DraftMeta, DraftSecrets, NewActivity, NewDraft, Scope, SecretField, SecretValue, hex,
};

use crate::app::App;
use crate::problem::Problem;

fn sample(name: &str, description: &str, details: Details) -> DraftMeta {
    let mut meta = DraftMeta::new(name, details);
    meta.description = description.to_owned();
    meta.tags.insert("sample".into());
    meta
}

impl App {
    /// Adds three sample drafts to a vault that has none; gives how many were added.
    ///
    /// # Errors
    /// `VaultLocked`, `DiskFull`, `ReadOnly`.
    pub async fn draft_samples(&self) -> Result<u32, Problem> {
        self.change(|session| {
            session.refresh()?;
            if session.index.counts().all > 0 {
                return Ok(0);
            }
            let mut random = [0; 16];
            session.vault.fill_random(&mut random);
            let made_up = hex(&random);
            let secret = |field| {
                let mut secrets = DraftSecrets::new();
                secrets.set(field, SecretValue::from(made_up.as_str()));
                secrets
            };
            let login = Details::UsernamePassword {
                user: "sample-robot".into(),
                external_vault: None,
                allow_colon: false,
            };
            let snmp = Details::SnmpV3 {
                username: "sample-monitor".into(),
                security_level: "AUTH_NO_PRIV".into(),
                authentication_protocol: Some("SHA256".into()),
                privacy_protocol: None,
            };
            let mut token = sample(
                "sample-api-token",
                "A sample token for HTTP monitors",
                Details::Token { external_vault: None },
            );
            token.scopes.insert(Scope::from(Scope::APP_ENGINE));
            let new = vec![
                NewDraft {
                    meta: sample("sample-login", "A sample login for browser monitors", login),
                    secrets: secret(SecretField::Password),
                },
                NewDraft { meta: token, secrets: secret(SecretField::Token) },
                NewDraft {
                    meta: sample("sample-switches", "A sample SNMP user for extensions", snmp),
                    secrets: secret(SecretField::AuthenticationPassword),
                },
            ];
            let entry = NewActivity::of("draftsImported").line("Drafts", "3");
            let ids = session.vault.import(new, &entry, &mut |_| ())?;
            Ok(u32::try_from(ids.len()).unwrap_or(0))
        })
        .await
    }
}
