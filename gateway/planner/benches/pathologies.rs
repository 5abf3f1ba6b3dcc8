//! Planning time of each pathology over its size.

#![allow(missing_docs, reason = "criterion's macros make public items")]

#[path = "../tests/pathologies/graphs.rs"]
mod graphs;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use weft_planner::{PlanOptions, plan};
use weft_query_plan::Operation;

fn pathologies(criterion: &mut Criterion) {
    let options = PlanOptions::default();
    for (name, make, sizes) in graphs::ALL {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for size in sizes {
            let pathology = make(size);
            let operation = Operation::parse(&pathology.supergraph, &pathology.operation, None);
            let Ok(operation) = operation else {
                panic!("the operation of `{name}` is not valid")
            };
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher
                    .iter(|| black_box(plan(&pathology.supergraph, &operation, &options).is_ok()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, pathologies);
criterion_main!(benches);
