//! The Sealpost command line.
fn main() {}
