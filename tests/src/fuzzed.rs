//! Every reader of bytes from outside, by name: what `cargo xtask fuzz` gives random bytes, and what the ordinary tests give
//! the kept corpora (`fuzz/corpus/NAME/`). This file is compiled into both, so that both call the same functions.

use std::fmt::Debug;

use sealpost_app::fuzzed as app;
use sealpost_app::views::PlanView;
use sealpost_dynatrace::fuzzed as dynatrace;
use sealpost_sandbox::{Fault, fuzzed as sandbox};
use sealpost_vault::fuzzed as vault;

/// A reader, and what it promises of what it reads: it panics where a promise does not hold.
#[derive(Clone, Copy)]
pub struct Target {
    /// Name of the fuzz target and of its corpus.
    pub name: &'static str,
    /// Reads and checks.
    pub read: fn(&[u8]),
}

impl Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn of(name: &'static str, read: fn(&[u8])) -> Target {
    Target { name, read }
}

/// All of them.
pub const TARGETS: &[Target] = &[
    of("sealed_blob", vault::sealed_blob),
    of("key_slot", vault::key_slot),
    of("sealed_json", vault::sealed_json),
    of("secrets_layout", vault::secrets_layout),
    of("ledger", vault::ledger),
    of("vault_file", vault::vault_file),
    of("activity_rows", vault::activity_rows),
    of("rekey_stage", vault::rekey_stage),
    of("recovery_code", vault::recovery_code),
    of("age_import", vault::age_import),
    of("export_json", vault::export_json),
    of("draft_json", vault::draft_json),
    of("pem", vault::pem),
    of("pkcs12", vault::pkcs12),
    of("hex_and_ids", vault::hex_and_ids),
    of("endpoint", dynatrace::endpoint),
    of("token", dynatrace::token),
    of("retry_after", dynatrace::retry_after_and_dates),
    of("api_answer", dynatrace::api_answer),
    of("ca_file", dynatrace::ca_file),
    of("sandbox_file", sandbox::sandbox_file),
    of("sandbox_request", sandbox::sandbox_request),
    of("stored_setting", app::stored_setting),
    of("plan_file", plan_file),
    of("words", words),
];

/// Reads the bytes with the target of that name.
///
/// # Panics
/// If there is none, or a promise does not hold.
pub fn read(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    assert!(target.is_some(), "no target is called {name}");
    if let Some(target) = target {
        (target.read)(bytes);
    }
}

/// A plan in a file, to be published: written and read again it is the same plan.
fn plan_file(bytes: &[u8]) {
    let Ok(plan) = serde_json::from_slice::<PlanView>(bytes) else { return };
    let written = serde_json::to_vec(&plan).unwrap_or_default();
    assert_eq!(serde_json::from_slice::<PlanView>(&written).ok(), Some(plan));
}

/// Short words of the command line: the fault of a sandbox, the first day of a report.
fn words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(fault) = Fault::parse(text) {
        assert_eq!(Fault::parse(&fault.to_string()).ok(), Some(fault), "as it is written it reads back");
        assert!(!text.contains('+'), "no number has a sign: {text:?}");
    }
    if let Some(day) = sealpost_app::start_of_day(text) {
        let begins = sealpost_app::moment(day);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        assert!(digits && begins.ends_with(" 00:00:00"), "{text:?} is {begins}");
    }
}
