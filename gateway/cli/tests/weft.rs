//! The binary as its users meet it: what it prints, how it ends, what it leaves behind.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "weft/check.rs"]
mod check;
#[path = "weft/check_inputs.rs"]
mod check_inputs;
#[path = "weft/check_outputs.rs"]
mod check_outputs;
#[path = "weft/check_scale.rs"]
mod check_scale;
#[path = "weft/command_line.rs"]
mod command_line;
#[path = "weft/compose.rs"]
mod compose;
#[path = "weft/dev.rs"]
mod dev;
#[path = "weft/plan.rs"]
mod plan;
#[path = "weft/stub_subgraph.rs"]
mod stub_subgraph;
#[path = "weft/usage.rs"]
mod usage;
