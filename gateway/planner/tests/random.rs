//! Random graphs with random operations: whatever composes is planned, and the checker finds nothing wrong with the plan.
//!
//! `RANDOM_GRAPHS=20000 cargo test -p weft-planner --test random --release` looks longer.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "random/beyond_keys.rs"]
mod beyond_keys;
#[path = "random/dice.rs"]
mod dice;
#[path = "random/graph.rs"]
mod graph;
#[path = "random/key_forms.rs"]
mod key_forms;
#[path = "random/operation.rs"]
mod operation;

use dice::Dice;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
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
    let wanted = std::env::var("RANDOM_GRAPHS")
        .ok()
        .and_then(|text| text.parse().ok());
    let first = std::env::var("RANDOM_FIRST")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(FIRST);
    let mut planned = 0;
    let mut failures = Vec::new();
    for seed in first..first + wanted.unwrap_or(GRAPHS) {
        let subgraphs = graph::subgraphs(&mut Dice::new(seed));
        let Some(supergraph) = composed(&subgraphs) else {
            continue;
        };
        for number in 0..2 * OPERATIONS {
            let mut dice = Dice::new(seed * 1000 + number + 1);
            // The second half has deferred fragments.
            dice.defers = number >= OPERATIONS;
            let text = operation::operation(&mut dice, &supergraph);
            let Ok(operation) = Operation::parse_deferring(&supergraph, &text, None, |_| true)
            else {
                panic!("seed {seed}: the test made an invalid operation: {text}");
            };
            planned += 1;
            if let Err(problem) = sound(&supergraph, &operation) {
                failures.push(format!(
                    "seed {seed}: {problem}\n{text}\n{}",
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
        "{} of {planned} failed, such as\n{}",
        failures.len(),
        shortest.unwrap()
    );
}

fn composed(subgraphs: &[String]) -> Option<Supergraph> {
    let sources = subgraphs.iter().enumerate().map(|(index, text)| {
        let name = format!("s{index}");
        let sdl = Source::new(name.as_str(), format!("{name}.graphql"), text.as_str());
        SubgraphSource {
            url: format!("http://{name}.test"),
            name,
            sdl,
        }
    });
    match compose(sources.collect()) {
        Ok(composed) => Some(composed.supergraph),
        Err(errors) => {
            if std::env::var_os("RANDOM_WHY").is_some() {
                eprintln!("{}", errors[0].message);
            }
            None
        }
    }
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
