//! A plan depends on the graph and on the operation: not on the thread, and not on the order of the subgraphs in the supergraph.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "pathologies/graphs.rs"]
mod graphs;

use weft_diagnostic::Source;
use weft_planner::{PlanOptions, Planner};
use weft_query_plan::{Operation, plan_to_text};
use weft_supergraph::Supergraph;

fn planned(planner: &Planner<&Supergraph>, operation: &str) -> String {
    let operation = Operation::parse(planner.supergraph(), operation, None).unwrap();
    let plan = planner.plan(&operation, &PlanOptions::default());
    plan_to_text(&plan.unwrap())
}

#[test]
fn subgraphs_in_another_order_give_the_same_plan() {
    for (name, make, sizes) in graphs::ALL {
        let pathology = make(sizes[0]);
        let reversed = with_subgraphs_reversed(&pathology.supergraph.to_sdl());
        let reversed = Supergraph::parse(&Source::new("supergraph", "reversed.graphql", reversed));
        assert_eq!(
            planned(&Planner::new(&reversed.unwrap()), &pathology.operation),
            planned(&Planner::new(&pathology.supergraph), &pathology.operation),
            "{name}"
        );
    }
}

#[test]
fn threads_that_plan_at_once_make_the_same_plan() {
    let pathology = graphs::everything_shared(1);
    let planner = Planner::new(&pathology.supergraph);
    let alone = planned(&planner, &pathology.operation);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| planned(&planner, &pathology.operation)))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

/// The text with the values of `join__Graph` the other way round.
fn with_subgraphs_reversed(sdl: &str) -> String {
    let (before, rest) = sdl.split_once("enum join__Graph {").unwrap();
    let (values, after) = rest.split_once('}').unwrap();
    let mut values: Vec<&str> = values
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert!(values.len() > 1, "{sdl}");
    values.reverse();
    format!(
        "{before}enum join__Graph {{\n{}\n}}{after}",
        values.join("\n")
    )
}
