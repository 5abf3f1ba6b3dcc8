//! The executor against subgraphs that answer from a table, well or badly.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod case;
mod composed;
mod contexts;
mod contexts_along;
mod data_flow;
mod deferred;
mod entities;
mod failure_kinds;
mod failures;
mod fuzz;
mod graph;
mod hand_plan;
mod key_on_type;
mod mutations;
mod own_names;
mod reuse;
mod schedule;
mod stub;
mod values;
mod variables;
mod verbatim;
