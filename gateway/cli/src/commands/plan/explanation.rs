//! `weft plan --explain`: why each fetch is there, what the plan would cost without each subgraph, and whether it is the best.

use crate::commands::{CommandResult, Outcome};
use crate::output;
use std::fmt::Write;
use weft_planner::{Explanation, PlanCost, PlanOptions, Planner};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// Plans the operation and prints the reasons.
pub(super) fn run(
    planner: &Planner<&Supergraph>,
    operation: &Operation,
    options: &PlanOptions,
) -> CommandResult {
    match planner.explain(operation, options) {
        Ok(explanation) => {
            output::write(text(&explanation).as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(error) => {
            eprintln!("error: {error}");
            Ok(Outcome::Refused)
        }
    }
}

fn text(explanation: &Explanation) -> String {
    let mut text = format!("{}: {}\n", cost(explanation.cost), verdict(explanation));
    for (index, (fetch, reason)) in explanation
        .plan
        .fetches
        .iter()
        .zip(&explanation.reasons)
        .enumerate()
    {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "fetch {index} to `{}` {reason}", fetch.subgraph_name);
    }
    for (subgraph, other) in &explanation.without {
        let other = other.map_or_else(|| "no plan".to_owned(), cost);
        let _ = writeln!(text, "without `{subgraph}`: {other}");
    }
    text
}

fn verdict(explanation: &Explanation) -> String {
    if explanation.is_proven() {
        return "proven, no plan has fewer steps, and none with as few steps has fewer requests"
            .to_owned();
    }
    format!(
        "no plan has fewer steps; with as few steps at least {} requests are needed, whether so few are enough is not proven",
        explanation.bound.requests
    )
}

fn cost(cost: PlanCost) -> String {
    format!(
        "{} and {}",
        counted(cost.steps, "step"),
        counted(cost.requests, "request")
    )
}

fn counted(number: usize, word: &str) -> String {
    if number == 1 {
        format!("1 {word}")
    } else {
        format!("{number} {word}s")
    }
}
