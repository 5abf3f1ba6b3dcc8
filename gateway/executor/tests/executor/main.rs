//! The executor against subgraphs that answer from a table, well or badly.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod contexts;
mod deferred;
mod entities;
mod failures;
mod fuzz;
mod graph;
mod hand_plan;
mod reuse;
mod schedule;
mod stub;
mod values;
mod variables;
mod verbatim;
