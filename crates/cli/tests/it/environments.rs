//! What `env add` and `env edit` take, and from where.

use std::fs;

use serde_json::Value;

use crate::ways_in::with_passphrase;

const PASSWORD: &str = "zebra-of-the-proxy";

#[test]
fn a_proxys_password_is_no_argument_and_comes_from_where_secrets_come_from() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let path = |name: &str| home.join(name).display().to_string();
    fs::write(path("token"), "dt0c01.PUBLIC.SECRETPARTOFTHETOKEN").unwrap();
    fs::write(path("password"), format!("{PASSWORD}\n")).unwrap();
    assert_eq!(with_passphrase(home, &["vault", "init"]).0, 0);
    let token = path("token");
    let add = |more: &[&str]| {
        let start = [
            "--json",
            "env",
            "add",
            "prod",
            "--url",
            "https://abc12345.live.dynatrace.com",
            "--token-from",
            &token,
        ];
        with_passphrase(home, &[&start[..], more].concat())
    };
    let refused = add(&["--proxy", &format!("http://robot:{PASSWORD}@proxy.example:8080")]);
    assert!(refused.0 != 0 && refused.1.contains("--proxy-password-from"), "{refused:?}");
    assert!(!refused.1.contains(PASSWORD) && !refused.2.contains(PASSWORD), "{refused:?}");
    let nowhere = add(&["--proxy", "none", "--proxy-password-from", &path("password")]);
    assert!(nowhere.0 != 0 && !nowhere.1.contains(PASSWORD), "{nowhere:?}");
    assert_eq!(with_passphrase(home, &["--json", "env", "list"]).1.trim(), "[]", "nothing was stored");

    let (code, stdout, stderr) =
        add(&["--proxy", "http://robot@proxy.example:8080", "--proxy-password-from", &path("password")]);
    assert_eq!(code, 0, "{stderr}");
    let shown = serde_json::from_str::<Value>(&stdout).unwrap()["proxy"].clone();
    assert_eq!(shown, "http://robot:***@proxy.example:8080");
    // What is shown may be given back: it means the stored one, and is no password.
    let same = ["env", "edit", "prod", "--proxy", "http://robot:***@proxy.example:8080"];
    assert_eq!(with_passphrase(home, &same).0, 0);
    let env = ["env", "edit", "prod", "--proxy-password-from", "env:WORDS"];
    assert_eq!(with_passphrase(home, &env).0, 0, "the address is kept");
    let listed = with_passphrase(home, &["--json", "env", "list"]).1;
    assert!(listed.contains("http://robot:***@proxy.example:8080") && !listed.contains("horse"), "{listed}");
}

#[test]
fn two_secrets_never_come_from_one_input() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    assert_eq!(with_passphrase(home, &["vault", "init"]).0, 0);
    let both = [
        "env",
        "add",
        "prod",
        "--url",
        "https://abc12345.live.dynatrace.com",
        "--token-from",
        "-",
        "--proxy",
        "http://robot@proxy.example:8080",
        "--proxy-password-from",
        "-",
    ];
    let (code, _, stderr) = with_passphrase(home, &both);
    assert!(code != 0 && stderr.contains("standard input"), "{stderr}");
    assert_eq!(with_passphrase(home, &["--json", "env", "list"]).1.trim(), "[]");
}
