#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sealpost_fuzz::fuzzed::read("rekey_stage", bytes));
