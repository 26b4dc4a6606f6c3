//! The texts themselves. What a person must fill in stands in angle brackets.

use sealpost_vault::{Details, Scope};
use serde_json::{Value, json};

use super::Published;
use super::quoting::{hcl, identifier, shell};
use crate::views::UseView;

/// Every text that makes sense for the set.
pub(super) fn all(set: &Published<'_>) -> Vec<UseView> {
    let forms = [
        ("httpMonitor", "HTTP monitor", "json", http_monitor(set)),
        ("extension", "Extension configuration", "json", extension(set)),
        ("terraform", "Terraform", "hcl", terraform(set)),
        ("curl", "curl", "sh", curl(set)),
        ("sdk", "Dynatrace app (SDK)", "ts", sdk(set)),
    ];
    forms
        .into_iter()
        .filter_map(|(key, title, language, text)| {
            Some(UseView { key: key.into(), title: title.into(), language: language.into(), text: text? })
        })
        .collect()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// One request of an HTTP monitor's script. A login is its authentication, a token is named in a header, a certificate
/// in the request's configuration.
fn http_monitor(set: &Published<'_>) -> Option<String> {
    if !set.has_scope(Scope::SYNTHETIC) {
        return None;
    }
    let id = set.remote_id;
    let mut request = json!({ "description": set.meta.name, "url": "<https://…>", "method": "GET" });
    match &set.meta.details {
        Details::UsernamePassword { .. } => {
            request["authentication"] = json!({ "type": "BASIC_AUTHENTICATION", "credentials": id });
        }
        Details::Token { .. } => {
            let header = json!({ "name": "Authorization", "value": format!("Bearer {{{id}|token}}") });
            request["configuration"] = json!({ "requestHeaders": [header] });
        }
        Details::Certificate { .. } => request["configuration"] = json!({ "clientCertificate": id }),
        _ => return None,
    }
    Some(pretty(&json!({ "version": "1.0", "requests": [request] })))
}

/// The authentication of an extension's endpoint.
fn extension(set: &Published<'_>) -> Option<String> {
    if !set.has_scope(Scope::EXTENSION_AUTHENTICATION) {
        return None;
    }
    let mut authentication = json!({ "useCredentialVault": true, "credentialVaultId": set.remote_id });
    if matches!(set.meta.details, Details::UsernamePassword { .. }) {
        authentication["scheme"] = "basic".into();
    }
    Some(pretty(&json!({ "authentication": authentication })))
}

/// An import block and the resource it fills. Secrets are variables: Terraform keeps what it is given in its state.
fn terraform(set: &Published<'_>) -> Option<String> {
    let name = identifier(&set.meta.name);
    let secret = |field: &str| format!("var.{name}_{field}");
    let (fields, secrets): (Vec<(&str, String)>, &[&str]) = match &set.meta.details {
        // A synchronised set has no secret of its own, and the provider's form for it is another one.
        Details::UsernamePassword { external_vault: Some(_), .. }
        | Details::Token { external_vault: Some(_) } => {
            return Some(import_block(set, &name));
        }
        Details::UsernamePassword { user, .. } => {
            (vec![("username", hcl(user)), ("password", secret("password"))], &["password"])
        }
        Details::Token { .. } => (vec![("token", secret("token"))], &["token"]),
        Details::Certificate { certificate_format, .. } => (
            vec![
                ("format", hcl(certificate_format.as_str())),
                ("certificate", secret("certificate")),
                ("password", secret("password")),
            ],
            &["certificate", "password"],
        ),
        Details::PublicCertificate { certificate_format, .. } => (
            vec![
                ("public", "true".into()),
                ("format", hcl(certificate_format.as_str())),
                ("certificate", secret("certificate")),
            ],
            &["certificate"],
        ),
        // The provider knows no other type.
        _ => return None,
    };
    let scopes: Vec<String> = set.meta.scopes.iter().map(|scope| hcl(scope.as_str())).collect();
    let mut members = vec![("name", hcl(&set.meta.name))];
    if !set.meta.description.is_empty() {
        members.push(("description", hcl(&set.meta.description)));
    }
    members.push(("scopes", format!("[{}]", scopes.join(", "))));
    members.push(("owner_access_only", set.meta.owner_access_only.to_string()));
    members.extend(fields);
    let width = members.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let body: String = members.iter().map(|(key, value)| format!("  {key:width$} = {value}\n")).collect();
    let variables: String = secrets
        .iter()
        .map(|field| {
            format!("\nvariable \"{name}_{field}\" {{\n  type      = string\n  sensitive = true\n}}\n")
        })
        .collect();
    let resource = format!("resource \"dynatrace_credentials\" \"{name}\" {{\n{body}}}\n");
    Some(format!("{}\n{resource}{variables}", import_block(set, &name)))
}

fn import_block(set: &Published<'_>, name: &str) -> String {
    format!("import {{\n  to = dynatrace_credentials.{name}\n  id = {}\n}}\n", hcl(set.remote_id))
}

/// Reads the set's metadata; the token stays in the environment of the shell.
fn curl(set: &Published<'_>) -> Option<String> {
    let url = set.endpoint.set_url(set.remote_id)?;
    Some(format!("curl --fail --header \"Authorization: Api-Token $DT_TOKEN\" {}\n", shell(url.as_str())))
}

/// What an app or an ad hoc function calls.
fn sdk(set: &Published<'_>) -> Option<String> {
    set.has_scope(Scope::APP_ENGINE).then(|| {
        format!(
            "import {{ credentialVaultClient }} from \"@dynatrace-sdk/client-classic-environment-v2\";\n\n\
             const credentials = await credentialVaultClient.getCredentialsDetails({{ id: {} }});\n",
            Value::from(set.remote_id)
        )
    })
}
