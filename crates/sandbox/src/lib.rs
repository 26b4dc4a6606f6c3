//! Sealpost: sandbox.
