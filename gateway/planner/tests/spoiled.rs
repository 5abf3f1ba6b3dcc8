//! Plans of random operations on random graphs, spoiled in one place each: the checker refuses every one.
//!
//! `RANDOM_GRAPHS=2000 cargo test -p weft-planner --test spoiled --release` looks longer.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "random/graphs.rs"]
mod graphs;
#[path = "spoiled/places.rs"]
mod places;
#[path = "spoiled/spoil.rs"]
mod spoil;

use graphs::dice::Dice;
use graphs::{composed, graph, number, operation};
use spoil::SPOILERS;
use std::collections::BTreeMap;
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::{Operation, QueryPlan, document_of, plan_to_text};

/// So many graphs are tried where the environment does not say.
const GRAPHS: u64 = 30;
/// So many operations for each graph.
const OPERATIONS: u64 = 2;
/// So many places of each plan are spoiled in each way.
const PLACES: usize = 4;

#[test]
fn a_plan_that_was_spoiled_is_refused() {
    let first = number("RANDOM_FIRST").unwrap_or(0);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut accepted: Vec<String> = Vec::new();
    for seed in first..first + number("RANDOM_GRAPHS").unwrap_or(GRAPHS) {
        let Some(supergraph) = composed(&graph::subgraphs(&mut Dice::new(seed))) else {
            continue;
        };
        for turn in 0..OPERATIONS {
            let mut dice = Dice::new(seed * 1000 + turn + 1);
            let text = operation::operation(&mut dice, &supergraph);
            let operation = Operation::parse(&supergraph, &text, None).unwrap();
            let options = PlanOptions::default();
            let Ok(plan) = plan(&supergraph, &operation, &options) else {
                continue;
            };
            assert_eq!(check(&supergraph, &operation, &plan, &options), [""; 0]);
            for (name, spoil) in SPOILERS {
                for _ in 0..PLACES {
                    let mut spoiled = plan.clone();
                    let Some(what) = spoil(&mut spoiled, &supergraph, &mut dice) else {
                        continue;
                    };
                    print(&mut spoiled);
                    match check(&supergraph, &operation, &spoiled, &options).is_empty() {
                        false => *refused.entry(name).or_default() += 1,
                        true => accepted.push(told(name, seed, &what, &text, &plan)),
                    }
                }
            }
        }
    }
    let shortest = accepted.iter().min_by_key(|one| one.len());
    assert!(
        shortest.is_none(),
        "{} are accepted, {refused:?} are refused; such as {}",
        accepted.len(),
        shortest.unwrap()
    );
    for (name, _) in SPOILERS {
        let count = refused.get(name).copied().unwrap_or_default();
        assert!(count > 2, "`{name}` hardly ever happens: {refused:?}");
    }
}

fn told(name: &str, seed: u64, what: &str, text: &str, plan: &QueryPlan) -> String {
    let plan = plan_to_text(plan);
    format!("{name}, {what}, in the plan of graph {seed} for\n{text}\n{plan}")
}

/// Prints the documents anew, so that what was spoiled is what would be sent.
fn print(plan: &mut QueryPlan) {
    for fetch in &mut plan.fetches {
        let name = fetch.operation_name.as_ref();
        fetch.document = document_of(&fetch.kind, name, &fetch.variables).into();
    }
}
