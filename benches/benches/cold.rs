//! The way of a document that was never seen: parsed and validated, planned, compiled. What a document that was seen costs is
//! in `executor`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may stop")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::sync::Arc;
use weft_bench::{operations, stub};
use weft_diagnostic::Source;
use weft_executor::{CompileOptions, CompiledPlan};
use weft_planner::{PlanOptions, Planner};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

fn cold(criterion: &mut Criterion) {
    let source = Source::new("supergraph", "supergraph.graphql", stub::SUPERGRAPH);
    let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
    let planner = Planner::new(Arc::clone(&supergraph));
    let parse = |text: &str| Operation::parse(&supergraph, text, None).unwrap();
    let plan = |operation: &Operation| planner.plan(operation, &PlanOptions::default()).unwrap();
    let options = CompileOptions::default();
    for (name, text) in operations::ALL {
        let operation = parse(text);
        let planned = plan(&operation);
        let compile = |plan| CompiledPlan::new(&supergraph, &operation, plan, &options);
        let mut group = criterion.benchmark_group(name);
        group.bench_function("parse and validate", |bencher| bencher.iter(|| parse(text)));
        group.bench_function("plan", |bencher| bencher.iter(|| plan(&operation)));
        group.bench_function("compile", |bencher| {
            bencher.iter(|| compile(planned.clone()));
        });
    }
}

criterion_group!(benches, cold);
criterion_main!(benches);
