//! Random graphs, random operations, faults: the gateway's answer is that of one server with all the data, whole or in parts.
//!
//! The one server and the subgraphs are interpreted by another library from the same world, so that values, their
//! order and the way of nulls are judged by code that is not ours.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod chance;
mod deferred;
mod delays;
mod graph;
mod operation;
mod world;

use chance::Chance;
use delays::Delays;
use graph::RandomGraph;
use std::sync::Arc;
use weft_diagnostic::Source;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, MemoScope, coerce_variables,
    execute,
};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;
use world::{Faults, Subgraphs, World};

/// Graphs in one run of the test command; more with `WEFT_RANDOM_GRAPHS`.
const GRAPHS: u64 = 40;
/// Operations for each graph.
const OPERATIONS: u64 = 12;

/// Seeds that once found a difference, with the graph and the operation.
const REGRESSIONS: [(u64, u64); 1] = [(7154, 9)];

#[test]
fn the_answer_is_that_of_one_server() {
    for (graph, operation) in REGRESSIONS {
        check(graph, operation..operation + 1);
    }
    let more = std::env::var("WEFT_RANDOM_GRAPHS").ok();
    let graphs = more.and_then(|text| text.parse().ok()).unwrap_or(GRAPHS);
    let first = std::env::var("WEFT_RANDOM_FIRST").ok();
    let first: u64 = first.and_then(|text| text.parse().ok()).unwrap_or(0);
    for graph in first..first + graphs {
        check(graph, 0..OPERATIONS);
    }
}

fn check(graph_seed: u64, operations: std::ops::Range<u64>) {
    let graph = RandomGraph::new(&mut Chance::new(graph_seed));
    let source = Source::new("supergraph", "supergraph.graphql", graph.sdl.clone());
    let supergraph = Supergraph::parse(&source).unwrap_or_else(|errors| {
        let messages: Vec<_> = errors.iter().map(|error| &error.message).collect();
        panic!("graph {graph_seed}: {messages:?}\n{}", graph.sdl)
    });
    let supergraph = Arc::new(supergraph);
    for operation in operations {
        check_operation(&supergraph, &graph, graph_seed, operation);
        deferred::check(&supergraph, &graph, graph_seed, operation);
    }
}

fn check_operation(supergraph: &Arc<Supergraph>, graph: &RandomGraph, graph_seed: u64, seed: u64) {
    let mut chance = Chance::new(graph_seed * 1_000 + seed + 1);
    let (text, variables) = operation::random(supergraph, &mut chance);
    let case = format!("graph {graph_seed} operation {seed}\n{text}\n{variables}");
    let operation = Operation::parse(supergraph, &text, None)
        .unwrap_or_else(|error| panic!("{error:?}\n{case}"));
    let world = World::new(
        supergraph,
        graph,
        chance.next(),
        Faults::random(graph, &mut chance),
    );

    let expected = world.as_one_server(&text, &variables);
    let plan = weft_planner::plan(supergraph, &operation, &PlanOptions::checked())
        .unwrap_or_else(|error| panic!("{error}\n{case}\n{}", graph.sdl));
    let memo = *chance.pick(&[
        MemoScope::Off,
        MemoScope::EntityCalls,
        MemoScope::RootFields,
    ]);
    let plan = CompiledPlan::new(supergraph, &operation, plan, &CompileOptions { memo });
    let json = bytes::Bytes::from(variables.clone());
    let variables = coerce_variables(supergraph, &operation, Some(&json)).unwrap();
    for delays in [None, Some(chance.next())] {
        let client = Subgraphs::new(&world, Delays::new(delays));
        let options = ExecutionOptions::default();
        let request = ExecutionRequest::new(&variables);
        let response = futures::executor::block_on(execute(&plan, request, &client, &options));
        let found: serde_json::Value = serde_json::from_slice(&response.body.to_bytes())
            .unwrap_or_else(|error| panic!("{error}: {:?}\n{case}", response.body));
        let found_data = serde_json::to_string(&found["data"]).unwrap();
        let details = || {
            format!(
                "{case}\nmemo {memo:?} faults {:?} {delays:?}\nplan {:#?}\nrequests {:#?}\nresponse {found:#}\n{}",
                world.faults,
                plan.plan()
                    .fetches
                    .iter()
                    .map(|fetch| (&fetch.subgraph_name, &fetch.document, &fetch.depends_on))
                    .collect::<Vec<_>>(),
                client.log.lock().unwrap(),
                graph.sdl,
            )
        };
        assert_eq!(found_data, expected.data, "{}", details());
        assert_eq!(response.errors > 0, expected.has_errors, "{}", details());
        let problems = client.problems.lock().unwrap().clone();
        assert!(problems.is_empty(), "{problems:?} {}", details());
    }
}
