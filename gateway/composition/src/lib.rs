//! Composes subgraph schemas into a supergraph, or says why they do not fit.

pub mod ingest;
pub mod rules;
