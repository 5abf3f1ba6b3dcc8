//! `weft plan --explain`: why each fetch is there, what its alternatives and the plan without each subgraph cost, and whether it is the best.

use crate::commands::{CommandResult, Outcome};
use crate::output;
use std::fmt::Write;
use std::path::Path;
use weft_planner::{Alternative, Explanation, PlanCost, PlanOptions, Planner};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// Plans the operation and prints the reasons.
pub(super) fn run(
    planner: &Planner<&Supergraph>,
    path: &Path,
    operation: &Operation,
    options: &PlanOptions,
) -> CommandResult {
    match planner.explain(operation, options) {
        Ok(explanation) => {
            output::write(text(&explanation).as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(error) => Ok(super::refuse(path, &error)),
    }
}

fn text(explanation: &Explanation) -> String {
    let mut text = format!("{}: {}\n", cost(explanation.cost), verdict(explanation));
    for (index, fetch) in explanation.plan.fetches.iter().enumerate() {
        let (name, reason) = (&fetch.subgraph_name, &explanation.reasons[index]);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "fetch {index} to `{name}` {reason}");
        for Alternative {
            instead,
            cost: other,
        } in &explanation.alternatives[index]
        {
            let other = match other {
                Ok(other) => cost(*other),
                Err(why) => format!("no plan, {why}"),
            };
            let _ = writeln!(text, "  {instead} instead: {other}");
        }
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
