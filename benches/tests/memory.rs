//! What a document takes that is kept ready to run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a failed unwrap is a failed test; sizes are told where it fails"
)]

use std::alloc::System;
use std::sync::Arc;

use cap::Cap;
use weft_bench::{operations, stub};
use weft_diagnostic::Source;
use weft_executor::{CompileOptions, CompiledPlan};
use weft_planner::{PlanOptions, Planner};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// How many bytes an operation takes that is ready to run: parsed, planned and compiled.
fn kept(text: &str) -> usize {
    let source = Source::new("supergraph", "supergraph.graphql", stub::SUPERGRAPH);
    let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
    let planner = Planner::new(Arc::clone(&supergraph));
    let before = ALLOCATOR.allocated();
    let operation = Operation::parse(&supergraph, text, None).unwrap();
    let parsed = ALLOCATOR.allocated();
    let plan = planner.plan(&operation, &PlanOptions::default()).unwrap();
    let mut plan = CompiledPlan::new(&supergraph, &operation, plan, &CompileOptions::default());
    let compiled = ALLOCATOR.allocated();
    check_estimate(plan.memory(), compiled - parsed);
    plan.keep_outline();
    let outline = ALLOCATOR.allocated();
    check_estimate(plan.memory(), outline - parsed);
    println!(
        "document {}, plan {}, its outline {}",
        parsed - before,
        compiled - parsed,
        outline - parsed
    );
    drop(operation);
    outline - before
}

/// What a plan says that it takes is not far from the truth.
fn check_estimate(estimate: usize, truth: usize) {
    let ratio = 100 * estimate / truth;
    assert!(
        (70..=140).contains(&ratio),
        "{estimate} bytes, in truth {truth}"
    );
}

#[test]
fn documents_that_are_ready_to_run_are_small() {
    // The cache has a thousand of them.
    assert!(kept(operations::HEAVY) < 42_000);
    assert!(kept(operations::SMALL) < 7_000);
}
