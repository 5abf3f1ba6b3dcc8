//! The checker finds what is wrong with arguments from contexts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::{ContextVariable, EntityCall, FetchKind, Operation};

/// What is wrong with a sound plan after `spoil` had its call with contexts.
fn check_spoiled(spoil: impl FnOnce(&mut EntityCall)) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/contexts");
    let sources = ["a", "b"].map(|name| {
        let path = format!("{folder}/{name}.graphql");
        let text = std::fs::read_to_string(&path).unwrap();
        SubgraphSource {
            name: name.to_owned(),
            url: format!("http://{name}.test"),
            sdl: Source::new(name, path, text),
        }
    });
    let supergraph = compose(sources.into()).unwrap().supergraph;
    let text = "{ shops { items { parts { cost } } } }";
    let operation = Operation::parse(&supergraph, text, None).unwrap();
    let options = PlanOptions::default();
    let mut plan = plan(&supergraph, &operation, &options).unwrap();
    assert_eq!(check(&supergraph, &operation, &plan, &options), [""; 0]);
    let calls = plan
        .fetches
        .iter_mut()
        .find_map(|fetch| match &mut fetch.kind {
            FetchKind::Entities(calls) => Some(calls),
            FetchKind::Root { .. } => None,
        });
    spoil(&mut calls.unwrap()[0]);
    check(&supergraph, &operation, &plan, &options)
}

fn context(call: &mut EntityCall) -> &mut ContextVariable {
    &mut call.context_variables[0]
}

#[test]
fn a_value_from_a_farther_ancestor_is_found() {
    let problems = check_spoiled(|call| context(call).sources[0].distance += 2);
    let expected = "fetch 1 to `a`: `Part.cost(currency:)` is not taken from `Item`";
    assert!(problems.contains(&expected.to_owned()), "{problems:?}");
}

#[test]
fn a_value_of_another_field_is_found() {
    let problems = check_spoiled(|call| context(call).sources[0].value.clear());
    let expected = "fetch 1 to `a`: `Part.cost(currency:)` takes another value from `Item`";
    assert!(problems.contains(&expected.to_owned()), "{problems:?}");
}

#[test]
fn a_variable_that_the_call_does_not_have_is_found() {
    let problems = check_spoiled(|call| call.context_variables.clear());
    let expected = "fetch 1 to `a`: `cost(currency:)` is asked without its context";
    assert!(problems.contains(&expected.to_owned()), "{problems:?}");
}
