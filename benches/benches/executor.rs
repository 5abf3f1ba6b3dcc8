//! The executor alone: plans are compiled, subgraphs answer at once from prerendered bodies.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may stop")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use weft_bench::{operations, stub};
use weft_diagnostic::Source;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, MemoScope,
    Response, SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables, execute,
};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

struct Client(stub::Stub);

impl SubgraphClient for Client {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        Ok(SubgraphResponse {
            status: 200,
            content_type: None,
            body: self.0.answer(&request.body),
        })
    }
}

struct Prepared {
    supergraph: Arc<Supergraph>,
    operation: Operation,
    plan: CompiledPlan,
}

fn prepare(operation: &str, memo: MemoScope) -> Prepared {
    let source = Source::new("supergraph", "supergraph.graphql", stub::SUPERGRAPH);
    let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
    let operation = Operation::parse(&supergraph, operation, None).unwrap();
    let options = PlanOptions {
        reuses_entities: memo != MemoScope::Off,
        ..PlanOptions::default()
    };
    let plan = weft_planner::plan(&supergraph, &operation, &options).unwrap();
    let plan = CompiledPlan::new(&supergraph, &operation, plan, &CompileOptions { memo });
    Prepared {
        supergraph,
        operation,
        plan,
    }
}

impl Prepared {
    fn run(&self, client: &Client) -> Response {
        let variables = coerce_variables(&self.supergraph, &self.operation, None).unwrap();
        let options = ExecutionOptions::default();
        let request = ExecutionRequest::new(&variables);
        futures::executor::block_on(execute(&self.plan, request, client, &options))
    }
}

fn executor(criterion: &mut Criterion) {
    let client = Client(stub::Stub::new().unwrap());
    for (name, operation) in operations::ALL {
        for memo in [
            MemoScope::Off,
            MemoScope::EntityCalls,
            MemoScope::RootFields,
        ] {
            let prepared = prepare(operation, memo);
            let response = prepared.run(&client);
            assert_eq!(
                response.errors,
                0,
                "{:?}",
                &response.body.to_bytes()[..response.body.len().min(2_000)]
            );
            let mut group = criterion.benchmark_group(name);
            let bytes = u64::try_from(response.body.len()).unwrap();
            group.throughput(Throughput::Bytes(bytes)).sample_size(20);
            let label = format!(
                "{memo:?}, {} calls, {bytes} bytes",
                response.subgraph_requests
            );
            group.bench_function(label, |bencher| bencher.iter(|| prepared.run(&client)));
        }
    }
}

criterion_group!(benches, executor);
criterion_main!(benches);
