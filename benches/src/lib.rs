//! What the benchmarks run: a graph of four subgraphs, operations, and subgraphs that answer from prerendered bodies.
//!
//! Each request body is interpreted once and remembered, so that a stub costs a look-up and is not what is measured.

pub mod load;
pub mod operations;
pub mod stub;
