//! `weft plan --explain`: why each fetch is there, what its alternatives and the plan without each subgraph cost, and whether it is the best.

use std::fmt::Write;
use weft_planner::{Alternative, Explanation, PlanCost, Price};

/// An explanation as text.
pub(super) fn text(explanation: &Explanation) -> String {
    let mut text = format!(
        "{}: {}\n",
        cost(explanation.cost),
        verdict(explanation.cost, explanation.bound)
    );
    for (index, fetch) in explanation.plan.fetches.iter().enumerate() {
        let (name, reason) = (&fetch.subgraph_name, &explanation.reasons[index]);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "fetch {index} to `{name}` {reason}");
        write_alternatives(&explanation.alternatives[index], &mut text);
    }
    for (subgraph, other) in &explanation.without {
        let _ = writeln!(text, "without `{subgraph}`: {}", price(other));
    }
    if explanation.is_cut_short() {
        text.push_str("not all was planned that could be done instead, because it would take long; a higher `--evaluation-limit` allows more\n");
    }
    text
}

fn write_alternatives(alternatives: &[Alternative], text: &mut String) {
    let (left_out, planned): (Vec<_>, Vec<_>) = alternatives
        .iter()
        .partition(|one| one.price == Price::NotPlanned);
    for one in planned {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} instead: {}", one.instead, price(&one.price));
    }
    if !left_out.is_empty() {
        let count = counted(left_out.len(), "alternative");
        let _ = writeln!(text, "  {count} not planned");
    }
}

fn price(price: &Price) -> String {
    match price {
        Price::Plan(other) => cost(*other),
        Price::NoPlan(why) => format!("no plan, {why}"),
        Price::NotPlanned => "not planned".to_owned(),
    }
}

fn verdict(own: PlanCost, bound: PlanCost) -> String {
    let PlanCost { steps, requests } = bound;
    if own == bound {
        return "proven, no plan has fewer steps, and none with as few steps has fewer requests"
            .to_owned();
    }
    if steps < own.steps {
        return format!(
            "at least {} are needed, whether so few are enough is not proven",
            counted(steps, "step")
        );
    }
    format!(
        "no plan has fewer steps; with as few steps at least {} are needed, whether so few are enough is not proven",
        counted(requests, "request")
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

#[cfg(test)]
mod tests {
    use super::{PlanCost, verdict};

    fn verdict_of(own: (usize, usize), bound: (usize, usize)) -> String {
        let cost = |(steps, requests)| PlanCost { steps, requests };
        verdict(cost(own), cost(bound))
    }

    #[test]
    fn what_is_not_proven_is_not_claimed() {
        assert!(verdict_of((3, 4), (3, 4)).starts_with("proven"));
        let fewer_requests = "no plan has fewer steps; with as few steps at least 3 requests";
        assert!(verdict_of((3, 4), (3, 3)).starts_with(fewer_requests));
        assert!(verdict_of((3, 4), (2, 3)).starts_with("at least 2 steps are needed"));
    }
}
