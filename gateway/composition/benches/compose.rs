//! How long composing takes for generated graphs of 10 to 500 subgraphs; `cargo bench -p weft-composition`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark fails by panicking"
)]

use std::fmt::Write;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;

/// The one that `weft` has: with the system's, time grows faster than the graph.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Types that a subgraph owns; with their 9 fields and what is extended that makes 133 fields per subgraph.
const OWN_TYPES: usize = 11;

fn compose_generated(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compose");
    group.sample_size(10);
    for subgraphs in [10, 50, 150, 500] {
        let sources = generate(subgraphs);
        let fields: usize = sources
            .iter()
            .map(|source| source.sdl.text().matches(':').count())
            .sum();
        group.throughput(Throughput::Elements(fields as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(subgraphs),
            &sources,
            |bencher, sources| {
                bencher.iter_batched(
                    || sources.clone(),
                    |sources| compose(sources).map(|composed| composed.sdl.len()).unwrap(),
                    BatchSize::PerIteration,
                );
            },
        );
    }
    group.finish();
}

/// Subgraphs that own entities, extend those of others, point at them, and share value types, enums and inputs.
fn generate(count: usize) -> Vec<SubgraphSource> {
    (0..count)
        .map(|index| {
            let name = format!("service{index}");
            SubgraphSource {
                url: format!("http://{name}.example"),
                sdl: Source::new(&name, format!("{name}.graphql"), schema(index, count)),
                name,
            }
        })
        .collect()
}

fn schema(index: usize, count: usize) -> String {
    let mut text = String::from(
        "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.9\", \
         import: [\"@key\", \"@shareable\", \"@external\", \"@requires\", \"@tag\"])\n\
         type Money @shareable { amount: Int! currency: Currency! }\n\
         enum Currency { EUR USD }\n\
         input Page { first: Int = 10 after: String }\n\
         interface Node { id: ID! }\n",
    );
    let mut queries = String::new();
    for own in 0..OWN_TYPES {
        let (other, position) = ((index * 7 + own + 1) % count, own % OWN_TYPES);
        write!(
            text,
            "\"An entity\" type T{index}x{own} implements Node @key(fields: \"id\") {{\n  id: ID!\n  name: String! @tag(name: \"public\")\n  \
             price: Money\n  weight: Float\n  size: Int\n  created: String @deprecated(reason: \"old\")\n  \
             list(page: Page): [T{index}x{own}!]!\n  other: T{other}x{position}\n}}\n"
        )
        .unwrap();
        if other != index {
            writeln!(
                text,
                "type T{other}x{position} @key(fields: \"id\") {{ id: ID! weight: Float @external from{index}x{own}: String @requires(fields: \"weight\") }}"
            )
            .unwrap();
        }
        writeln!(queries, "  t{index}x{own}(id: ID!): T{index}x{own}").unwrap();
    }
    write!(text, "type Query {{\n{queries}}}\n").unwrap();
    text
}

criterion_group!(benches, compose_generated);
criterion_main!(benches);
