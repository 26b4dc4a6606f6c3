//! The house rules that can be checked: who may depend on whom, what may stand where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on must fail and say where"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Package → its normal (not dev, not build) dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter()
            .filter(|one| one["kind"].is_null())
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), normal(package))).collect()
}

fn ours(all: &BTreeSet<String>) -> Vec<&str> {
    all.iter().map(String::as_str).filter(|name| name.starts_with("sealpost")).collect()
}

#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    assert_eq!(ours(&all["sealpost-vault"]), Vec::<&str>::new());
    assert_eq!(ours(&all["sealpost-dynatrace"]), Vec::<&str>::new());
    assert_eq!(ours(&all["sealpost-sandbox"]), Vec::<&str>::new(), "it shares no type with the client");
    assert_eq!(ours(&all["sealpost-app"]), ["sealpost-dynatrace", "sealpost-sandbox", "sealpost-vault"]);
    assert_eq!(ours(&all["sealpost"]), ["sealpost-app"]);
    assert_eq!(ours(&all["sealpost-desktop"]), ["sealpost-app"]);
    assert!(all["xtask"].is_empty(), "it builds in seconds on a fresh machine");
}

#[test]
fn dangerous_libraries_stay_in_their_rooms() {
    let all = dependencies();
    let users = |library: &str| -> Vec<&str> {
        all.iter().filter(|(_, needs)| needs.contains(library)).map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(users("rusqlite"), ["sealpost-vault"]);
    assert_eq!(users("keyring-core"), ["sealpost-vault"]);
    assert_eq!(users("reqwest"), ["sealpost-dynatrace"]);
    assert_eq!(users("tauri"), ["sealpost-desktop"]);
    assert_eq!(users("hpke"), ["sealpost-desktop"]);
    assert_eq!(users("ring"), ["sealpost-sandbox", "sealpost-vault"]);
}

/// Our sources with that ending: these files, and all below these folders. A name that is neither fails the test: a rule
/// that looks at nothing would hold for ever.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && !["node_modules", "dist", "target", "gen"].contains(&name.as_str()) {
                walk(&path, endings, out);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    for name in folders {
        let path = root().join(name);
        if path.is_file() {
            paths.push(path);
        } else {
            assert!(path.is_dir(), "{name} is not there: nothing would be looked at");
            walk(&path, endings, &mut paths);
        }
    }
    paths.sort();
    let shown = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    paths.iter().map(|path| (shown(path), fs::read_to_string(path).unwrap())).collect()
}

const RUST: [&str; 4] = ["crates", "src-tauri", "tests", "xtask"];

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn word_in(line: &str, word: &str) -> bool {
    code(line).split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == word)
}

/// Types whose values are secrets.
const SECRET: [&str; 8] = [
    "SecretValue",
    "SecretString",
    "SecretSlice",
    "SecretBox",
    "DraftSecrets",
    "RevealedSecret",
    "ApiToken",
    "Zeroizing",
];

/// Types that can be serialised and hold a secret type, by name.
fn leaky_types(source: &str) -> Vec<String> {
    let is_secret = |text: &str| SECRET.iter().any(|secret| word_in(text, secret));
    let opened =
        |text: &str| text.matches(['{', '(']).count() as i32 - text.matches(['}', ')']).count() as i32;
    let mut found = Vec::new();
    let (mut derives, mut attribute, mut name, mut depth) = (false, false, None::<String>, 0i32);
    for line in source.lines() {
        let text = code(line).trim();
        if let Some(holder) = name.clone() {
            if is_secret(text) {
                found.push(holder);
            }
            depth += opened(text);
            if depth <= 0 {
                name = None;
            }
        } else if attribute || text.starts_with("#[") {
            // An attribute may be wrapped over several lines, and a type may have several.
            derives |= word_in(text, "Serialize");
            attribute = !text.ends_with(']');
        } else if let Some((_, holder)) = text.split_once("Serialize for ") {
            found.extend(is_secret(holder).then(|| holder.trim_end_matches([' ', '{', '}']).to_owned()));
        } else if let Some(at) =
            ["struct ", "enum "].iter().find_map(|kind| text.find(kind).map(|at| at + kind.len()))
        {
            let declared: String =
                text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if derives {
                if is_secret(&text[at + declared.len()..]) {
                    found.push(declared.clone());
                }
                depth = opened(text);
                name = (depth > 0).then_some(declared);
            }
            derives = false;
        }
    }
    found.dedup();
    found
}

#[test]
fn the_search_for_leaky_types_finds_planted_ones_and_no_others() {
    let leaky = "#[derive(Debug, Serialize)]\n#[serde(tag = \"x\")]\npub struct A {\n    /// doc\n    pub token: Option<SecretValue>,\n}";
    assert_eq!(leaky_types(leaky), ["A"]);
    assert_eq!(leaky_types("#[derive(Serialize)]\nstruct B(SecretString);"), ["B"]);
    assert_eq!(leaky_types("#[derive(Serialize)]\nenum C {\n    X { v: SecretSlice<u8> },\n}"), ["C"]);
    let wrapped = "#[derive(\n    Debug,\n    Serialize,\n)]\nstruct I {\n    token: ApiToken,\n}";
    assert_eq!(leaky_types(wrapped), ["I"]);
    let several = "#[derive(Serialize)]\n#[derive(Debug)]\nstruct J {\n    token: Zeroizing<String>,\n}";
    assert_eq!(leaky_types(several), ["J"]);
    assert_eq!(leaky_types("impl Serialize for RevealedSecret {"), ["RevealedSecret"]);
    assert_eq!(leaky_types("impl serde::Serialize for SecretValue {}"), ["SecretValue"]);
    for clean in [
        "#[derive(Debug)]\nstruct D { token: SecretValue }",
        "#[derive(Serialize)]\nstruct E { name: String }\nstruct F { token: SecretValue }",
        "#[derive(Deserialize)]\nstruct G {\n    token: SecretValue,\n}",
        "#[derive(Serialize)]\nstruct H {\n    // not SecretValue\n    set: bool,\n}",
        "impl<'de> Deserialize<'de> for SecretValue {",
        "impl Serialize for Vault<'_> {",
    ] {
        assert_eq!(leaky_types(clean), Vec::<String>::new(), "{clean}");
    }
}

#[test]
fn no_type_that_holds_a_secret_can_be_serialised() {
    let leaky: Vec<String> = sources(&["crates", "src-tauri"], &[".rs"])
        .iter()
        .flat_map(|(path, source)| leaky_types(source).into_iter().map(move |name| format!("{path}: {name}")))
        .collect();
    assert_eq!(leaky, Vec::<String>::new());
}

/// Does a source use the crate `ring`? `Ordering::`, `Keyring::` and `String::` end in its name and are something else.
fn uses_ring(source: &str) -> bool {
    // `rustls::crypto::ring` names rustls's own provider: the TLS of the client, not a use of the crate.
    let text = |line: &str| code(line).replace("crypto::ring::", "");
    source.lines().any(|line| word_in(&text(line), "ring") && text(line).contains("ring::"))
}

#[test]
fn the_search_for_ring_finds_it_and_not_its_namesakes() {
    for used in ["use ring::aead;", "    let key = ring::digest::digest(x);", "use ::ring::rand;"] {
        assert!(uses_ring(used), "{used}");
    }
    for other in [
        "String::new()",
        "Ordering::Less",
        "MemoryKeyring::new()",
        "// ring::aead",
        "spring::x()",
        "rustls::crypto::ring::default_provider()",
    ] {
        assert!(!uses_ring(other), "{other}");
    }
}

#[test]
fn ring_is_used_in_one_module_of_the_vault() {
    let users: Vec<String> = sources(&["crates", "src-tauri"], &[".rs"])
        .into_iter()
        .filter(|(path, source)| uses_ring(source) && !path.starts_with("crates/sandbox/"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(users, ["crates/vault/src/seal/hazmat.rs"]);
}

/// Lines, counted from 1, that hold what nobody may write here, and why.
fn offences(source: &str) -> Vec<(usize, &'static str)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let text = code(line);
        if word_in(line, "unsafe") {
            found.push((at + 1, "is unsafe"));
        }
        if text.contains("todo!(") || text.contains("unimplemented!(") {
            found.push((at + 1, "is left to do"));
        }
        // The attribute may be wrapped over several lines.
        let attribute = || lines[at..].iter().take(6).copied().collect::<Vec<_>>().join(" ");
        let instrumented = ["#[instrument", "#[tracing::instrument"].iter().any(|start| text.contains(start));
        if instrumented && !attribute().split(")]").next().unwrap_or_default().contains("skip_all") {
            found.push((at + 1, "records arguments"));
        }
    }
    found
}

#[test]
fn the_search_for_offences_finds_planted_ones_and_no_others() {
    assert_eq!(offences("fn a() {\n    unsafe { b() }\n}"), [(2, "is unsafe")]);
    assert_eq!(offences("todo!()"), [(1, "is left to do")]);
    assert_eq!(offences("unimplemented!(\"later\")"), [(1, "is left to do")]);
    assert_eq!(offences("#[instrument]\nfn a() {}"), [(1, "records arguments")]);
    assert_eq!(offences("#[tracing::instrument(\n    level = \"debug\"\n)]"), [(1, "records arguments")]);
    for clean in [
        "// unsafe, todo!()",
        "#![forbid(unsafe_code)]",
        "#[instrument(\n    skip_all,\n    fields(id)\n)]\nfn a() {}",
        "#[tracing::instrument(level = \"debug\", skip_all)]",
    ] {
        assert_eq!(offences(clean), Vec::new(), "{clean}");
    }
}

#[test]
fn nothing_is_unsafe_and_nothing_is_left_to_do() {
    // This file plants what it looks for.
    let others =
        sources(&RUST, &[".rs"]).into_iter().filter(|(path, _)| path != "tests/tests/architecture.rs");
    let found: Vec<String> = others
        .flat_map(|(path, source)| {
            offences(&source).into_iter().map(move |(line, what)| format!("{path}:{line} {what}"))
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn only_the_host_of_the_window_knows_tauri() {
    let users: Vec<String> = sources(&["ui/src"], &[".ts", ".svelte"])
        .into_iter()
        .filter(|(_, source)| source.contains("@tauri-apps/"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(users, ["ui/src/host/tauri.ts"]);
}

#[test]
fn the_window_may_call_exactly_the_commands_of_the_registry() {
    // Lists, not sets: each command is named once, everywhere.
    let sorted = |mut names: Vec<String>| -> Vec<String> {
        names.sort();
        names
    };
    let registry =
        sorted(sealpost_app::registry::COMMANDS.iter().map(|command| command.name.to_owned()).collect());
    assert_eq!(registry.iter().collect::<BTreeSet<_>>().len(), registry.len(), "named once");
    let shell = fs::read_to_string(root().join("src-tauri/src/commands/mod.rs")).unwrap();
    let list = shell.split("generate_handler![").nth(1).unwrap().split(']').next().unwrap();
    // `area::name`
    let last = |path: &str| path.trim().rsplit("::").next().unwrap_or_default().to_owned();
    let named = list.split(',').map(last).filter(|name| !name.is_empty());
    let handled = sorted(named.collect());
    assert_eq!(handled, registry);

    let capability: Value =
        serde_json::from_str(&fs::read_to_string(root().join("src-tauri/capabilities/main.json")).unwrap())
            .unwrap();
    assert_eq!(capability["windows"], serde_json::json!(["main"]), "one window");
    let permissions: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let own = permissions.iter().filter_map(|name| name.strip_prefix("allow-"));
    let allowed = sorted(own.map(|name| name.replace('-', "_")).collect());
    assert_eq!(allowed, registry, "one permission per command");
    for forbidden in ["fs:", "shell:", "http:", "clipboard", "opener:", "dialog:"] {
        assert!(!permissions.iter().any(|name| name.starts_with(forbidden)), "{forbidden} is not given");
    }
}

/// Names of types from outside that carry a secret, or a type that does.
fn types_that_carry_secrets(views: &[(String, String)]) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = ["SecretValue", "SecretEdit"].map(str::to_owned).into();
    loop {
        let before = found.len();
        for text in views.iter().map(|(_, text)| text) {
            for (at, _) in text.match_indices("\npub struct ").chain(text.match_indices("\npub enum ")) {
                let body = text[at..].split("\n}").next().unwrap_or_default();
                let name = body.split_whitespace().nth(2).unwrap_or_default();
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                let lines =
                    || body.lines().skip(2).map(code).filter(|line| !line.trim_start().starts_with("#["));
                if lines().any(|line| found.iter().any(|secret| word_in(line, secret))) {
                    found.insert(name);
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The arguments of a command of the shell and its answer, as they stand in the source.
fn signature(shell: &str, name: &str) -> (String, String) {
    let after = shell.split(&format!("fn {name}(")).nth(1).unwrap_or_else(|| panic!("{name} is nowhere"));
    let (arguments, answer) = after.split_once(") -> ").unwrap();
    (arguments.to_owned(), answer.split_once(" {").unwrap().0.to_owned())
}

#[test]
fn what_is_secret_passes_the_webviews_library_encrypted_and_only_what_the_registry_says() {
    let shell: String =
        sources(&["src-tauri/src/commands"], &["rs"]).into_iter().map(|(_, text)| text).collect();
    let secret = types_that_carry_secrets(&sources(&["crates/app/src/views"], &["rs"]));
    for known in ["SecretValue", "DraftSave", "UnsavedSave", "EnvironmentSave", "RotationStart"] {
        assert!(secret.contains(known), "{known} is among {secret:?}");
    }
    assert!(!secret.contains("DraftView") && !secret.contains("EnvironmentView"), "{secret:?}");
    for command in sealpost_app::registry::COMMANDS {
        let (arguments, answer) = signature(&shell, command.name);
        let decrypted: Vec<String> = arguments
            .split(": Decrypted<")
            .map(|before| before.rsplit([' ', ',', '(', '\n']).next().unwrap_or_default().to_owned())
            .take(arguments.matches(": Decrypted<").count())
            .collect();
        assert_eq!(decrypted, command.encrypted, "{}: {arguments}", command.name);
        // Ids and names: what else is a bare text could be a secret.
        let texts = ["encryption_key", "unsaved_keep"];
        assert!(answer != "Answer<String>" || texts.contains(&command.name), "{}: {answer}", command.name);
        for argument in arguments.split(',').filter(|one| secret.iter().any(|secret| word_in(one, secret))) {
            assert!(argument.contains("Decrypted<"), "{}: {argument}", command.name);
        }
        let encrypted = answer == "Answer<EncryptedText>" && arguments.contains("page: PageKey");
        assert_eq!(encrypted, command.encrypts_answer, "{}: {answer}", command.name);
    }
    assert!(!shell.contains("expose"), "no command hands out what is in clear");
}

#[test]
fn the_content_policy_allows_nothing_inline_and_nothing_from_outside() {
    let config: Value =
        serde_json::from_str(&fs::read_to_string(root().join("src-tauri/tauri.conf.json")).unwrap()).unwrap();
    let policy = config["app"]["security"]["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    for (directive, value) in policy {
        let text = value.as_str().unwrap();
        assert!(!text.contains("unsafe"), "{directive}: {text}");
        assert!(!text.contains("https:") && !text.contains('*'), "{directive}: {text}");
    }
    let inline: Vec<String> = sources(&["ui/src", "ui/index.html"], &[".svelte", ".html"])
        .into_iter()
        .filter(|(_, source)| source.contains(" style=\""))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(inline, Vec::<String>::new(), "inline styles would be dropped by the policy");
}

#[test]
fn lock_files_name_no_private_addresses() {
    let npm = fs::read_to_string(root().join("ui/package-lock.json")).unwrap();
    assert!(!npm.contains("\"resolved\": \"http"), "ui/package-lock.json");
    let cargo = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let registries: BTreeSet<&str> = cargo.lines().filter(|line| line.starts_with("source = ")).collect();
    assert_eq!(registries.len(), 1, "{registries:?}");
}
