//! What is checked, in order: rules that look at one subgraph. One file per rule, one line in the list.
//!
//! A rule's file has the check, its [`Explanation`] (what `weft explain` and `docs/errors.md` show) and its tests.
//! Codes that merging raises have their explanation here too, and no check.

pub mod explanation;

use weft_diagnostic::Diagnostic;

use crate::ingest::subgraph::Subgraph;
pub use crate::rules::explanation::Explanation;

/// A check of one subgraph, in its normal form.
pub type SubgraphRule = fn(&Subgraph, &mut Vec<Diagnostic>);

/// Every rule on a subgraph, in the order in which their findings are reported.
pub const SUBGRAPH_RULES: &[SubgraphRule] = &[];

/// The explanation of every code, sorted by code.
pub const EXPLANATIONS: &[&Explanation] = &[];

/// All findings of all rules on one subgraph.
pub fn check_subgraph(subgraph: &Subgraph) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in SUBGRAPH_RULES {
        rule(subgraph, &mut findings);
    }
    findings
}
