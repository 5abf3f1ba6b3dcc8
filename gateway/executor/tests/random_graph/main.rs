//! Random graphs, random operations, faults: the gateway's answer is that of one server with all the data, whole or in parts.
//!
//! The one server and the subgraphs are interpreted by another library from the same world, so that values, their
//! order and the way of nulls are judged by code that is not ours.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod above;
mod case;
mod chance;
mod contexts;
mod deferred;
mod delays;
mod graph;
mod operation;
mod world;

use case::{Case, Graph};
use delays::Delays;
use weft_executor::{CompileOptions, ExecutionOptions, ExecutionRequest, MemoScope, execute};
use world::Subgraphs;

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
    let graph = Graph::new(graph_seed);
    for operation in operations {
        check_operation(&graph, operation);
        deferred::check(&graph, operation);
    }
}

fn check_operation(graph: &Graph, number: u64) {
    let mut case = Case::new(graph, number + 1, |text, _| text.to_owned());
    let expected = case.expected();
    let memo = *case.chance.pick(&[
        MemoScope::Off,
        MemoScope::EntityCalls,
        MemoScope::RootFields,
    ]);
    let (plan, variables) = case.prepared(&CompileOptions { memo });
    for delays in [None, Some(case.chance.next())] {
        let client = Subgraphs::new(&case.world, Delays::new(delays));
        let options = ExecutionOptions::default();
        let request = ExecutionRequest::new(&variables);
        let response = futures::executor::block_on(execute(&plan, request, &client, &options));
        let found: serde_json::Value = serde_json::from_slice(&response.body.to_bytes())
            .unwrap_or_else(|error| panic!("{error}: {:?}\n{}", response.body, case.told));
        let found_data = serde_json::to_string(&found["data"]).unwrap();
        let details = || {
            format!(
                "{}\nmemo {memo:?} faults {:?} {delays:?}\nplan {:#?}\nrequests {:#?}\nresponse {found:#}\n{}",
                case.told,
                case.world.faults,
                plan.plan()
                    .fetches
                    .iter()
                    .map(|fetch| (&fetch.subgraph_name, &fetch.document, &fetch.depends_on))
                    .collect::<Vec<_>>(),
                client.log.lock().unwrap(),
                graph.drawn.sdl,
            )
        };
        assert_eq!(found_data, expected.data, "{}", details());
        assert_eq!(response.errors > 0, expected.has_errors, "{}", details());
        let problems = client.problems.lock().unwrap().clone();
        assert!(problems.is_empty(), "{problems:?} {}", details());
    }
}
