#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sealpost_fuzz::fuzzed::read("vault_file", bytes));
