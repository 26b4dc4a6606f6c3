//! Sealpost: vault.
