//! Help, completions, wrong arguments.

use crate::run;

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<String> {
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("    "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_of_every_command_ends_with_an_example() {
    let home = tempfile::tempdir().unwrap();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = Vec::new();
    while let Some(command) = open.pop() {
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let (code, stdout, stderr) = run(home.path(), &arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{command:?}");
        assert!(stdout.contains("\nExample:\n  sealpost "), "{command:?}: {stdout}");
        open.extend(listed(&stdout).into_iter().map(|name| {
            let mut inner = command.clone();
            inner.push(name);
            inner
        }));
        seen.push(command.join(" "));
    }
    for name in [
        "vault init",
        "vault status",
        "vault doctor",
        "vault unlock-test",
        "vault recovery",
        "vault passphrase",
        "vault rekey",
        "vault backup",
        "vault restore",
        "draft new",
        "draft list",
        "draft show",
        "draft edit",
        "draft rm",
        "draft restore",
        "draft history",
        "draft reveal",
        "env add",
        "env list",
        "env edit",
        "env rm",
        "env test",
        "plan",
        "publish",
        "status",
        "remote list",
        "remote adopt",
        "unpublish",
        "reconcile",
        "sandbox",
        "activity",
        "completions",
    ] {
        assert!(seen.iter().any(|one| one == name), "scripts depend on {name}: {seen:?}");
    }
}

#[test]
fn completions_are_made_for_every_shell() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, stdout, stderr) = run(home.path(), &["completions", shell]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{shell}");
        assert!(stdout.contains("unlock-test") && !stdout.contains("keyring-probe"), "{shell}");
    }
    assert_eq!(run(home.path(), &["completions", "cmd"]).0, 2);
}

#[test]
fn wrong_arguments_end_with_2_and_write_nothing() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["draft"],
        &["draft", "show"],
        &["draft", "reveal", "shop"],
        &["draft", "reveal", "shop", "user"],
        &["env", "add", "prod"],
        &["env", "add", "prod", "--url", "https://abc12345.live.dynatrace.com", "--colour", "mauve"],
        &["plan", "shop"],
        &["publish", "--env", "prod"],
        &["activity", "--limit", "many"],
        &["sandbox", "--listen", "here"],
        &["--nope"],
    ] {
        let (code, stdout, stderr) = run(home.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(stdout.is_empty() && !stderr.is_empty(), "{arguments:?}: {stdout}");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn no_argument_takes_a_secret() {
    let home = tempfile::tempdir().unwrap();
    for command in [["env", "add"], ["env", "edit"], ["draft", "new"], ["draft", "edit"]] {
        let (_, help, _) = run(home.path(), &[command[0], command[1], "--help"]);
        for flag in ["--token ", "--token=", "--password", "--secret"] {
            assert!(!help.contains(flag), "{command:?} offers {flag}");
        }
    }
}
