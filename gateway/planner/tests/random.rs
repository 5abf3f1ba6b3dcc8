//! Random graphs with random operations: whatever composes is planned, and the checker finds nothing wrong with the plan.
//!
//! `RANDOM_GRAPHS=20000 cargo test -p weft-planner --test random --release` looks longer, `RANDOM_FIRST` says from which seed on, and
//! with `RANDOM_SHRINK=1` what fails is made small.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "random/graphs.rs"]
mod graphs;
#[path = "random/shrink.rs"]
mod shrink;

use graphs::dice::Dice;
use graphs::{composed, graph, number, operation};
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// The seed of the first graph where the environment does not say.
const FIRST: u64 = 0;
/// So many graphs are tried where the environment does not say.
const GRAPHS: u64 = 80;
/// So many operations for each graph.
const OPERATIONS: u64 = 4;

#[test]
fn plans_of_random_operations_on_random_graphs_are_sound() {
    let wanted = number("RANDOM_GRAPHS");
    let first = number("RANDOM_FIRST").unwrap_or(FIRST);
    let mut planned = 0;
    let mut failures = Vec::new();
    for seed in first..first + wanted.unwrap_or(GRAPHS) {
        let subgraphs = graph::subgraphs(&mut Dice::new(seed));
        let Some(supergraph) = composed(&subgraphs) else {
            continue;
        };
        for turn in 0..2 * OPERATIONS {
            let mut dice = Dice::new(seed * 1000 + turn + 1);
            // The second half has deferred fragments.
            dice.defers = turn >= OPERATIONS;
            let text = operation::operation(&mut dice, &supergraph);
            let Ok(operation) = Operation::parse_deferring(&supergraph, &text, None, |_| true)
            else {
                panic!("seed {seed}: the test made an invalid operation: {text}");
            };
            planned += 1;
            if let Err(problem) = sound(&supergraph, &operation) {
                let (subgraphs, text) = match std::env::var_os("RANDOM_SHRINK") {
                    Some(_) => shrink::smallest(&subgraphs, &text, &failure),
                    None => (subgraphs.clone(), text),
                };
                let problem = failure(&subgraphs, &text).unwrap_or(problem);
                failures.push(format!(
                    "seed {seed}.{turn}: {problem}\n{text}\n{}",
                    subgraphs.join("\n---\n")
                ));
            }
        }
    }
    assert!(
        planned > 100 || wanted.is_some(),
        "hardly any random graph composes: {planned} operations were planned"
    );
    let shortest = failures.iter().min_by_key(|failure| failure.len());
    assert!(
        shortest.is_none(),
        "{} of {planned} failed:\n{}\nthe shortest is\n{}",
        failures.len(),
        heads(&failures),
        shortest.unwrap()
    );
}

/// What goes wrong with an operation on subgraphs, if they compose and it is valid.
fn failure(subgraphs: &[String], text: &str) -> Option<String> {
    let supergraph = composed(subgraphs)?;
    let operation = Operation::parse_deferring(&supergraph, text, None, |_| true).ok()?;
    sound(&supergraph, &operation).err()
}

/// The first line of each failure, which says how to repeat it.
fn heads(failures: &[String]) -> String {
    let heads = failures.iter().filter_map(|failure| failure.lines().next());
    heads.collect::<Vec<_>>().join("\n")
}

fn sound(supergraph: &Supergraph, operation: &Operation) -> Result<(), String> {
    let labels = supergraph.query_graph().labels().iter();
    let options = PlanOptions {
        override_labels: labels.step_by(2).cloned().collect(),
        ..PlanOptions::default()
    };
    let plan = plan(supergraph, operation, &options).map_err(|error| error.to_string())?;
    let problems = check(supergraph, operation, &plan, &options);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\n{}",
        problems.join("\n"),
        weft_query_plan::plan_to_text(&plan)
    ))
}
