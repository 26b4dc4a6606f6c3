//! Sets that are somebody else's.

use sealpost_tests::cli::SandboxProcess;

use crate::created;

#[test]
fn a_set_is_ignored_by_its_id_until_it_is_not_and_one_that_is_not_there_never() {
    let sandbox = SandboxProcess::start(&[]);
    let (line, other) = (created("ignoring"), created("ignoring-other"));
    for one in [&line, &other] {
        one.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    }
    let theirs = r#"{"type":"TOKEN","name":"theirs","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"not-a-real-one"}"#;
    other.ok(&["draft", "new", "--from", "-"], theirs);
    other.ok(&["publish", "theirs", "--env", "staging", "--yes"], "");
    let sets = line.ok(&["remote", "list", "staging"], "");
    let id = sets[0]["id"].as_str().unwrap();
    let unmanaged = || line.ok(&["status", "--matrix", "--refresh"], "")["total"].clone();
    assert_eq!(unmanaged(), 1);
    let ignored = line.ok(&["remote", "ignore", "staging", id], "");
    assert_eq!((ignored[0]["id"].as_str(), ignored[0]["name"].as_str()), (Some(id), Some("theirs")));
    assert_eq!(unmanaged(), 0);
    let unknown = line.run(&["remote", "ignore", "staging", "CREDENTIALS_VAULT-0000000000000000"], "");
    assert!(unknown.code != 0 && unknown.stderr.contains("No such set"), "{unknown:?}");
    assert_eq!(line.ok(&["remote", "ignore", "staging", id, "--stop"], ""), serde_json::json!([]));
    assert_eq!(unmanaged(), 1);
}
