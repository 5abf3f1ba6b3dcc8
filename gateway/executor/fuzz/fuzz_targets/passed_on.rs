//! Any bytes as an answer that clients get as it is, beside the same answer read value by value.
#![no_main]
#![allow(dead_code, reason = "each target uses a part")]

#[path = "../../tests/executor/graph.rs"]
mod graph;
#[path = "../../tests/executor/hand_plan.rs"]
mod hand_plan;
#[path = "../harness.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::passed_on(bytes));
