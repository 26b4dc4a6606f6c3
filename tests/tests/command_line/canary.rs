//! Marker secrets in every secret field of every type, through every command: then no trace anywhere.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use sealpost_tests::cli::{Said, SandboxProcess};
use sealpost_tests::scan::{Leak, scan_bytes, scan_folder};
use sealpost_tests::session::folder;

use crate::created;

const PASSWORD: &str = "canary-password-zebra-01";
const TOKEN: &str = "canary-token-zebra-02";
const AUTHENTICATION: &str = "canary-authentication-zebra-04";
const PRIVACY: &str = "canary-privacy-zebra-05";
const SECRET_KEY: &str = "canary-secret-key-zebra-06";
const USER: &str = "canary-user-zebra-07";
/// Protects the PKCS#12 file of the fixtures.
const FILE_PASSWORD: &str = "fixture-password";

const NAMES: [&str; 9] =
    ["login", "token", "pkcs12", "pem", "public", "public pkcs12", "snmp", "aws key", "aws role"];
/// Kept with its password and never sent: a public certificate travels without one.
const BLOCKED: &str = "public pkcs12";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certs").join(name)).unwrap()
}

/// A line of the private key in the PEM file: a marker for the key itself.
fn key_line() -> String {
    let pem = String::from_utf8(fixture("leaf-with-key.pem")).unwrap();
    let key = pem.lines().skip_while(|line| !line.contains("PRIVATE KEY")).nth(1).unwrap();
    key.to_owned()
}

fn login(description: &str) -> String {
    format!(
        r#"{{"type":"USERNAME_PASSWORD","name":"login","description":"{description}","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"{USER}","password":"{PASSWORD}"}}"#
    )
}

fn bodies() -> String {
    let pkcs12 = STANDARD.encode(fixture("modern.p12"));
    let pem = STANDARD.encode(fixture("leaf-with-key.pem"));
    let public = STANDARD.encode(fixture("leaf.pem"));
    let file_password = STANDARD.encode(FILE_PASSWORD);
    format!(
        r#"[{login},
        {{"type":"TOKEN","name":"token","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"{TOKEN}"}},
        {{"type":"CERTIFICATE","name":"pkcs12","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"certificate":"{pkcs12}","certificateFormat":"PKCS12","password":"{file_password}"}},
        {{"type":"CERTIFICATE","name":"pem","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"certificate":"{pem}","certificateFormat":"PEM","password":""}},
        {{"type":"PUBLIC_CERTIFICATE","name":"public","scopes":["EXTENSION"],"ownerAccessOnly":true,"certificate":"{public}","certificateFormat":"PEM","password":""}},
        {{"type":"PUBLIC_CERTIFICATE","name":"{BLOCKED}","scopes":["EXTENSION"],"ownerAccessOnly":true,"certificate":"{pkcs12}","certificateFormat":"PKCS12","password":"{file_password}"}},
        {{"type":"SNMPV3","name":"snmp","scopes":["EXTENSION_AUTHENTICATION"],"ownerAccessOnly":true,"securityLevel":"AUTH_PRIV","username":"monitor",
          "authenticationProtocol":"SHA256","authenticationPassword":"{AUTHENTICATION}","privacyProtocol":"AES256","privacyPassword":"{PRIVACY}"}},
        {{"type":"AWS_MONITORING_KEY_BASED","name":"aws key","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accessKeyID":"AKIAEXAMPLEEXAMPLE00","secretKey":"{SECRET_KEY}","awsPartition":"DEFAULT"}},
        {{"type":"AWS_MONITORING_ROLE_BASED","name":"aws role","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accountID":"012345678901","iamRole":"role"}}]"#,
        login = login("first"),
    )
}

#[test]
fn no_secret_leaves_a_trace_in_files_or_answers() {
    let line = created("canary");
    let sandbox = SandboxProcess::start(&["--file", line.vault.join("tenant.json").to_str().unwrap()]);
    let mut said: Vec<(String, Said)> = Vec::new();
    let mut call = |arguments: &[&str], input: &str| {
        said.push((arguments.join(" "), line.run(arguments, input)));
    };
    call(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    call(&["draft", "new", "--from", "-"], &bodies());
    // A body that is refused must not be shown either.
    call(&["draft", "new", "--from", "-"], &bodies().replace("\"AUTH_PRIV\"", "7"));
    for json in [&[][..], &["--json"]] {
        for arguments in [
            &["vault", "status"][..],
            &["vault", "doctor"],
            &["vault", "unlock-test"],
            &["draft", "list"],
            &["draft", "list", "--trash"],
            &["env", "list"],
            &["env", "test", "staging"],
            &["status"],
            &["status", "--refresh"],
            &["remote", "list", "staging"],
            &["activity", "--limit", "500"],
            &["completions", "bash"],
        ] {
            call(&[json, arguments].concat(), "");
        }
        for name in NAMES {
            call(&[json, &["draft", "show", name][..]].concat(), "");
            call(&[json, &["plan", name, "--env", "staging"][..]].concat(), "");
            call(&[json, &["publish", name, "--env", "staging", "--yes"][..]].concat(), "");
            call(&[json, &["draft", "show", name][..]].concat(), "");
        }
        call(
            &[json, &["draft", "edit", "login", "--from", "-"][..]].concat(),
            &login(if json.is_empty() { "second" } else { "third" }),
        );
        for name in NAMES {
            call(&[json, &["draft", "history", name][..]].concat(), "");
        }
    }
    call(&["draft", "rm", "token"], "");
    call(&["draft", "list", "--trash"], "");
    call(&["env", "edit", "staging", "--token-from", "-"], &sandbox.token);
    call(&["activity", "--limit", "500"], "");
    let published = line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len();
    assert_eq!(published, NAMES.len() - 1, "every set but one was really sent: {said:#?}");

    let key = key_line();
    let secrets = [PASSWORD, TOKEN, FILE_PASSWORD, AUTHENTICATION, PRIVACY, SECRET_KEY, &key, &sandbox.token];
    let mut leaks: Vec<Leak> = Vec::new();
    for (what, said) in &said {
        leaks.extend(scan_bytes(&format!("output of {what}"), said.stdout.as_bytes(), &secrets));
        leaks.extend(scan_bytes(&format!("messages of {what}"), said.stderr.as_bytes(), &secrets));
    }
    // Lists show the user name; on disk nothing that was typed may stand in clear.
    let typed = [&secrets[..], &[USER]].concat();
    let (files, found) = scan_folder(&line.vault, &typed);
    assert!(files >= 2, "there was something to search");
    leaks.extend(found);
    for place in ["tmp", "run", "data", "config", "cache"] {
        leaks.extend(scan_folder(&folder().join(place), &typed).1);
    }
    assert_eq!(leaks, Vec::new());

    let revealed = line.run(&["draft", "reveal", "login", "password"], "");
    assert_eq!(revealed.stdout.trim(), PASSWORD, "the search would have found it: it is really there");
}
