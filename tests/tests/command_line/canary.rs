//! Marker secrets in every secret field of every type, through every command: then no trace anywhere.

use sealpost_tests::cli::{Said, SandboxProcess};
use sealpost_tests::scan::{Leak, scan_bytes, scan_folder};
use sealpost_tests::session::folder;

use crate::created;

const MARKERS: [&str; 7] = [
    "canary-password-zebra-01",
    "canary-token-zebra-02",
    "canary-file-password-zebra-03",
    "canary-authentication-zebra-04",
    "canary-privacy-zebra-05",
    "canary-secret-key-zebra-06",
    "canary-user-zebra-07",
];

fn bodies() -> String {
    let certificate = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/certs/rsa.pem"))
        .or_else(|_| first_pem())
        .unwrap();
    let file = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(certificate)
    };
    format!(
        r#"[{{"type":"USERNAME_PASSWORD","name":"login","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"{user}","password":"{password}"}},
        {{"type":"TOKEN","name":"token","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"{token}"}},
        {{"type":"CERTIFICATE","name":"certificate","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"certificate":"{file}","certificateFormat":"PEM","password":""}},
        {{"type":"PUBLIC_CERTIFICATE","name":"public","scopes":["EXTENSION"],"ownerAccessOnly":true,"certificate":"{file}","certificateFormat":"PEM","password":""}},
        {{"type":"SNMPV3","name":"snmp","scopes":["EXTENSION_AUTHENTICATION"],"ownerAccessOnly":true,"securityLevel":"AUTH_PRIV","username":"monitor",
          "authenticationProtocol":"SHA256","authenticationPassword":"{authentication}","privacyProtocol":"AES256","privacyPassword":"{privacy}"}},
        {{"type":"AWS_MONITORING_KEY_BASED","name":"aws key","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accessKeyID":"AKIAEXAMPLEEXAMPLE00","secretKey":"{key}","awsPartition":"DEFAULT"}},
        {{"type":"AWS_MONITORING_ROLE_BASED","name":"aws role","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accountID":"012345678901","iamRole":"role"}}]"#,
        user = MARKERS[6],
        password = MARKERS[0],
        token = MARKERS[1],
        authentication = MARKERS[3],
        privacy = MARKERS[4],
        key = MARKERS[5],
    )
}

/// Any PEM certificate of the fixtures.
fn first_pem() -> std::io::Result<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/certs");
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let pem = paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "pem"));
    for path in pem {
        let bytes = std::fs::read(path)?;
        if bytes.starts_with(b"-----BEGIN CERTIFICATE") {
            return Ok(bytes);
        }
    }
    Err(std::io::ErrorKind::NotFound.into())
}

#[test]
fn no_secret_leaves_a_trace_in_files_or_answers() {
    let line = created("canary");
    let sandbox = SandboxProcess::start(&["--file", line.vault.join("tenant.json").to_str().unwrap()]);
    line.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    let stored = line.run(&["draft", "new", "--from", "-"], &bodies());
    assert_eq!(stored.code, 0, "{stored:?}");

    let names = ["login", "token", "certificate", "public", "snmp", "aws key", "aws role"];
    let mut said: Vec<(String, Said)> = vec![("draft new".into(), stored)];
    let mut call = |arguments: &[&str]| said.push((arguments.join(" "), line.run(arguments, "")));
    for json in [&[][..], &["--json"]] {
        for arguments in [
            &["vault", "status"][..],
            &["vault", "doctor"],
            &["vault", "unlock-test"],
            &["draft", "list"],
            &["env", "list"],
            &["env", "test", "staging"],
            &["status"],
            &["remote", "list", "staging"],
            &["activity"],
        ] {
            call(&[json, arguments].concat());
        }
        for name in names {
            call(&[json, &["draft", "show", name][..]].concat());
            call(&[json, &["draft", "history", name][..]].concat());
            call(&[json, &["plan", name, "--env", "staging"][..]].concat());
        }
    }
    for name in names {
        call(&["publish", name, "--env", "staging", "--yes"]);
        call(&["--json", "draft", "show", name]);
    }
    call(&["--json", "activity", "--limit", "500"]);
    let published = line.ok(&["remote", "list", "staging"], "").as_array().unwrap().len();
    assert!(published >= 6, "{published} sets were really sent: {said:?}");

    // The user name is no secret here: lists show it. Everything else must be nowhere.
    let secrets = &MARKERS[..6];
    let mut leaks: Vec<Leak> = Vec::new();
    for (what, said) in &said {
        leaks.extend(scan_bytes(&format!("output of {what}"), said.stdout.as_bytes(), secrets));
        leaks.extend(scan_bytes(&format!("messages of {what}"), said.stderr.as_bytes(), secrets));
    }
    // On disk, nothing that was typed may stand in clear, the user name included.
    let (files, found) = scan_folder(&line.vault, &MARKERS);
    assert!(files >= 2, "there was something to search");
    leaks.extend(found);
    let (_, found) = scan_folder(&folder().join("tmp"), &MARKERS);
    leaks.extend(found);
    assert_eq!(leaks, Vec::new());

    let revealed = line.run(&["draft", "reveal", "login", "password"], "");
    assert_eq!(revealed.stdout.trim(), MARKERS[0], "the search would have found it: it is really there");
}
