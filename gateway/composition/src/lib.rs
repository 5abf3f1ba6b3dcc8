//! Composes subgraph schemas into a supergraph, or says why they do not fit.

pub mod codes;
pub mod ingest;
pub mod rules;
pub mod satisfiability;
mod suggestion;

use weft_diagnostic::Source;

/// A subgraph as its owners publish it.
#[derive(Debug, Clone)]
pub struct SubgraphSource {
    /// Its name.
    pub name: String,
    /// Where it is served.
    pub url: String,
    /// Its schema.
    pub sdl: Source,
}
