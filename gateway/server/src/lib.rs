//! The gateway's HTTP edge.

pub mod configuration;
