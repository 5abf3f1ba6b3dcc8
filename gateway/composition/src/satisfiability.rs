//! Satisfiability: every field of the API schema can be resolved on every way that a client can take to it.
//!
//! In: a merged [`Supergraph`] and the subgraphs it came from. Out: an error for each field that some operation
//! reaches and no subgraph can then resolve, with the shortest such operation, what keeps each subgraph from it, and
//! repairs that were tried out; and hints about shared fields whose subgraphs disagree on types.
//! `docs/decisions/satisfiability.md` explains the search.

mod operation;
mod reasons;
pub mod repairs;
mod report;
mod runtime_types;
mod shared_mutations;
mod walk;
mod way_back;

use weft_diagnostic::Diagnostic;
use weft_supergraph::Supergraph;

use crate::SubgraphSource;
use crate::ingest::subgraph::Subgraph;
use repairs::Repair;
use walk::{Order, Walk};

/// Composes other texts, without looking for repairs: how repairs are tried out.
pub type Recompose<'a> = &'a dyn Fn(&[SubgraphSource]) -> Result<(), Vec<Diagnostic>>;

/// What a graph was composed from; everything here only makes the messages better.
#[derive(Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The subgraphs, for places in their texts.
    pub subgraphs: &'a [Subgraph],
    /// The texts, to try repairs on.
    pub sources: &'a [SubgraphSource],
    /// Tries them; without it no repairs are looked for.
    pub recompose: Option<Recompose<'a>>,
}

/// What keeps operations from being answered, and what would help.
#[derive(Debug)]
pub struct Unsatisfiable {
    /// An error for each field that cannot be resolved.
    pub errors: Vec<Diagnostic>,
    /// Repairs that were composed with and work, at most one for an error.
    pub repairs: Vec<Repair>,
}

/// Checks a merged graph, and gives hints.
///
/// # Errors
/// Every field of a type that a client can reach where no subgraph resolves it, once, with the shortest operation; and
/// shared fields whose subgraphs cannot return the same object.
pub fn check(
    supergraph: &Supergraph,
    origin: Origin<'_>,
) -> Result<Vec<Diagnostic>, Unsatisfiable> {
    let mut walk = Walk::new(supergraph, Order::SmallestFirst);
    walk.run();
    if !walk.failures.is_empty() {
        let mut shortest = Walk::new(supergraph, Order::ShortestFirst);
        if shortest.run() {
            walk = shortest;
        }
    }
    let mut walks = vec![walk];
    if walks[0].failures.is_empty() {
        let failed = shared_mutations::unanswerable(supergraph, &mut walks[0]);
        walks.extend(failed);
    }
    let findings = report::report(&mut walks, supergraph, origin);
    if findings.errors.is_empty() {
        return Ok(findings.hints);
    }
    Err(Unsatisfiable {
        errors: findings.errors,
        repairs: findings.repairs,
    })
}
