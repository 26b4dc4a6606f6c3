//! What uses a published set is printed with its id, and never with a secret.

use sealpost_tests::cli::SandboxProcess;

use crate::created;

const LOGIN: &str = r#"{"type":"USERNAME_PASSWORD","name":"shop","scopes":["SYNTHETIC","APP_ENGINE"],"user":"robot","password":"zebra-password"}"#;

#[test]
fn a_published_set_is_used_by_its_id_and_its_secret_is_in_no_text() {
    let line = created("uses");
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], LOGIN);

    let early = line.run(&["use", "shop", "--env", "there"], "");
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.stderr.contains("no ID in there yet") && early.stderr.contains("Publish"), "{early:?}");

    let run = line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    let id = run["items"][0]["remoteId"].as_str().unwrap();
    let uses = line.ok(&["use", "shop", "--env", "there"], "");
    let keys: Vec<&str> = uses.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["httpMonitor", "terraform", "curl", "sdk"]);
    for one in uses.as_array().unwrap() {
        let text = one["text"].as_str().unwrap();
        assert!(text.contains(id), "{one}");
        assert!(!text.contains("zebra") && !text.contains(&sandbox.token), "{one}");
    }

    let alone = line.run(&["use", "shop", "--env", "there", "--as", "curl"], "");
    assert!(alone.stdout.starts_with("curl ") && alone.stdout.contains(&sandbox.url), "{alone:?}");
    let refused = line.run(&["use", "shop", "--env", "there", "--as", "extension"], "");
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{refused:?}");
    assert_eq!(line.run(&["use", "shop", "--env", "there", "--as", "spell"], "").code, 2);
}

#[test]
fn the_report_names_who_wrote_what_where_and_holds_no_secret() {
    let line = created("report");
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["env", "add", "there", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], LOGIN);
    let run = line.ok(&["publish", "shop", "--env", "there", "--yes"], "");
    let id = run["items"][0]["remoteId"].as_str().unwrap();

    let report = line.ok(&["report"], "");
    let one = &report["attempts"][0];
    assert_eq!(
        (&one["action"], &one["state"], &one["name"]),
        (&"create".into(), &"done".into(), &"shop".into())
    );
    assert_eq!((&one["remoteId"], &one["environment"]), (&id.into(), &"there".into()));
    assert!(one["ownerAfter"].as_str().is_some_and(|owner| !owner.is_empty()), "{one}");
    assert!(one["tokenOwner"] == one["ownerAfter"] && one["tookMs"].is_u64(), "{one}");
    assert_eq!(one["status"], 201, "of a success too");

    let text = line.run(&["report", "--since", "1970-01-01"], "");
    assert!(
        text.stdout.starts_with("# Sealpost") && text.stdout.contains("| create | done (201) | shop |"),
        "{text:?}"
    );
    for secret in ["zebra", &sandbox.token] {
        assert!(!text.stdout.contains(secret) && !report.to_string().contains(secret));
    }
    assert_eq!(line.ok(&["report", "--since", "9999-01-01"], "")["attempts"].as_array().unwrap().len(), 0);
    assert_eq!(line.run(&["report", "--since", "yesterday"], "").code, 2);
}
