//! The end-to-end harness: builders for the gateway, the three services and the tools that tests need.

pub mod harness;
