//! The fuzz targets' one door to Sealpost: the same file that the ordinary tests replay the corpora through.
#![forbid(unsafe_code)]

#[path = "../../tests/src/fuzzed.rs"]
pub mod fuzzed;
