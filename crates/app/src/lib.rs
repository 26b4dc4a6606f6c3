//! Sealpost: app.
