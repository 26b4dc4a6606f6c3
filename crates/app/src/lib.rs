//! What Sealpost does.

pub mod problem;
pub mod registry;
pub mod views;

#[cfg(test)]
mod bindings;
