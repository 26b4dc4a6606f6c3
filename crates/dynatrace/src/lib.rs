//! Sealpost: dynatrace.
