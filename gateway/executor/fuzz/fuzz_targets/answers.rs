//! Any bytes as the answers of subgraphs.
#![no_main]
#![allow(dead_code, reason = "each target uses a part")]

#[path = "../../tests/executor/graph.rs"]
mod graph;
#[path = "../../tests/executor/hand_plan.rs"]
mod hand_plan;
#[path = "../harness.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::answers(bytes));
