//! What the texts name, and what they never hold.

use sealpost_dynatrace::Endpoint;
use sealpost_vault::{CertificateFormat, Details, DraftMeta, Scope};
use serde_json::Value;

use super::{Published, forms};

const ID: &str = "CREDENTIALS_VAULT-0123456789ABCDEF";

fn login(user: &str) -> Details {
    Details::UsernamePassword { user: user.into(), external_vault: None, allow_colon: false }
}

fn draft(name: &str, details: Details, scopes: &[&str]) -> DraftMeta {
    let mut meta = DraftMeta::new(name, details);
    meta.scopes = scopes.iter().map(|scope| Scope((*scope).to_owned())).collect();
    meta
}

fn texts(meta: &DraftMeta, id: &str) -> Vec<(String, String)> {
    let endpoint = Endpoint::parse("https://abc12345.live.dynatrace.com").unwrap();
    let views = forms::all(&Published { meta, remote_id: id, endpoint: &endpoint });
    views.into_iter().map(|view| (view.key, view.text)).collect()
}

fn text(meta: &DraftMeta, key: &str) -> Option<String> {
    texts(meta, ID).into_iter().find(|(form, _)| form == key).map(|(_, text)| text)
}

#[test]
fn every_text_names_the_set_by_its_id() {
    let scopes = ["SYNTHETIC", "EXTENSION_AUTHENTICATION", "APP_ENGINE"];
    let all = texts(&draft("shop login", login("robot"), &scopes), ID);
    let keys: Vec<&str> = all.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["httpMonitor", "extension", "terraform", "curl", "sdk"]);
    for (key, text) in &all {
        assert!(text.contains(ID), "{key}: {text}");
    }
}

#[test]
fn a_monitor_is_given_a_login_a_token_and_a_certificate_each_in_its_own_place() {
    let json = |details| -> Value {
        serde_json::from_str(&text(&draft("a", details, &["SYNTHETIC"]), "httpMonitor").unwrap()).unwrap()
    };
    let login = json(login("robot"));
    assert_eq!(login["requests"][0]["authentication"]["credentials"], ID);
    let token = json(Details::Token { external_vault: None });
    let header = &token["requests"][0]["configuration"]["requestHeaders"][0];
    assert_eq!(header["value"], format!("Bearer {{{ID}|token}}"));
    let certificate = json(Details::Certificate { certificate_format: CertificateFormat::Pem, facts: None });
    assert_eq!(certificate["requests"][0]["configuration"]["clientCertificate"], ID);
}

#[test]
fn what_the_environment_would_refuse_is_not_offered() {
    let of = |details, scopes: &[&str]| -> Vec<String> {
        texts(&draft("a", details, scopes), ID).into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(of(login("robot"), &["APP_ENGINE"]), ["terraform", "curl", "sdk"]);
    assert_eq!(of(login("robot"), &["EXTENSION_AUTHENTICATION"]), ["extension", "terraform", "curl"]);
    let aws = Details::AwsRoleBased { account_id: "1".into(), iam_role: "r".into() };
    assert_eq!(of(aws, &["CLOUDS_MONITORING_AUTHENTICATION"]), ["curl"], "the provider knows no such type");
    let public = Details::PublicCertificate { certificate_format: CertificateFormat::Pem, facts: None };
    assert!(!of(public, &["SYNTHETIC", "EXTENSION"]).contains(&"httpMonitor".to_owned()));
}

#[test]
fn a_name_or_an_id_can_not_break_out_of_its_text() {
    let odd = "a\" ' \\ ${var.x} %{if} $(id) `id` \n é </script>";
    let id = "X'; rm -rf ~; '\"${file(\"x\")}/../..?a=b#c";
    let scopes = ["SYNTHETIC", "EXTENSION_AUTHENTICATION", "APP_ENGINE"];
    let mut meta = draft(odd, login(odd), &scopes);
    meta.description = odd.into();
    for (key, text) in texts(&meta, id) {
        match key.as_str() {
            "httpMonitor" => {
                let value: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(value["requests"][0]["authentication"]["credentials"], id);
                assert_eq!(value["requests"][0]["description"], odd);
            }
            "extension" => {
                let value: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(value["authentication"]["credentialVaultId"], id);
            }
            "terraform" => {
                assert!(!text.replace("$${", "").contains("${"), "{text}");
                assert!(!text.replace("%%{", "").contains("%{"), "{text}");
                assert!(text.contains("to = dynatrace_credentials.a_var_x_if_id_id_script\n"), "{text}");
                assert!(
                    text.lines().all(|line| line
                        .replace("\\\\", "")
                        .replace("\\\"", "")
                        .matches('"')
                        .count()
                        % 2
                        == 0)
                );
            }
            "curl" => {
                let (_, url) = text.trim_end().split_once("$DT_TOKEN\" ").unwrap();
                let inside = url.strip_prefix('\'').and_then(|url| url.strip_suffix('\'')).unwrap();
                assert!(!inside.replace(r"'\''", "").contains('\''), "{text}");
                assert!(inside.starts_with("https://abc12345.live.dynatrace.com/api/v2/credentials/X"));
                assert!(
                    !inside.contains('?') && !inside.contains('#') && !inside.contains("/../"),
                    "{inside}"
                );
            }
            _ => {
                let literal = text.split_once("id: ").unwrap().1.trim_end().strip_suffix(" });").unwrap();
                assert_eq!(serde_json::from_str::<String>(literal).unwrap(), id);
            }
        }
    }
}

#[test]
fn a_terraform_name_is_one_even_for_a_name_without_letters() {
    for (name, expected) in
        [("Shop Login", "shop_login"), ("7 of 9", "set_7_of_9"), ("…", "set"), ("  -a- ", "a")]
    {
        assert_eq!(super::quoting::identifier(name), expected, "{name}");
    }
}
