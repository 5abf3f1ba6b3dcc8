//! Planning time of each pathology over its size. `PATHOLOGIES_TO=FOLDER` also writes their supergraphs and operations there, for
//! other planners.
//!
//! And what it takes to plan little on a large graph, without and with the proof.

#![allow(missing_docs, reason = "criterion's macros make public items")]

#[path = "../tests/pathologies/graphs.rs"]
mod graphs;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use weft_planner::{PlanOptions, Planner};
use weft_query_plan::Operation;

fn pathologies(criterion: &mut Criterion) {
    let options = PlanOptions::default();
    for (name, make, sizes) in graphs::ALL {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for size in sizes {
            let pathology = make(size);
            write(name, size, &pathology);
            let operation = Operation::parse(&pathology.supergraph, &pathology.operation, None);
            let Ok(operation) = operation else {
                panic!("the operation of `{name}` is not valid")
            };
            let planner = Planner::new(&pathology.supergraph);
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| black_box(planner.plan(&operation, &options).is_ok()));
            });
        }
        group.finish();
    }
}

/// Writes a pathology where the environment says so.
fn write(name: &str, size: usize, pathology: &graphs::Pathology) {
    let Some(folder) = std::env::var_os("PATHOLOGIES_TO").map(std::path::PathBuf::from) else {
        return;
    };
    let files = [
        ("supergraph", pathology.supergraph.to_sdl()),
        ("operation", pathology.operation.clone()),
    ];
    for (what, text) in files {
        let file = folder.join(format!("{name}-{size}.{what}.graphql"));
        if let Err(error) = std::fs::write(&file, text) {
            panic!("cannot write `{}`: {error}", file.display());
        }
    }
}

/// An operation that asks for one field, on the largest of the graphs.
fn small_operation(criterion: &mut Criterion) {
    let supergraph = graphs::implementations(100).supergraph;
    let Ok(operation) = Operation::parse(&supergraph, "{ nodes { a } }", None) else {
        panic!("the small operation is not valid")
    };
    let planner = Planner::new(&supergraph);
    let mut group = criterion.benchmark_group("small_operation");
    for (name, options) in [
        ("planned", PlanOptions::default()),
        ("planned and proven", PlanOptions::checked()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(planner.plan(&operation, &options).is_ok()));
        });
    }
    group.finish();
}

criterion_group!(benches, pathologies, small_operation);
criterion_main!(benches);
