//! The checker finds what is wrong with arguments from contexts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use apollo_compiler::Name;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::{
    ContextVariable, EntityCall, FetchField, FetchKind, FetchSelection, FetchSelectionSet,
    Operation,
};

/// What is wrong with a sound plan after `spoil` had its call with contexts.
fn check_spoiled(spoil: impl FnOnce(&mut EntityCall)) -> Vec<String> {
    let names = ["a", "b"];
    check_case(
        "contexts",
        &names,
        "{ shops { items { parts { cost } } } }",
        spoil,
    )
}

/// The same, where the call takes the value along for a field below its entities.
fn check_spoiled_along(operation: &str, spoil: impl FnOnce(&mut EntityCall)) -> Vec<String> {
    check_case("contexts_along", &["a", "b", "c"], operation, spoil)
}

fn check_case(
    case: &str,
    names: &[&str],
    text: &str,
    spoil: impl FnOnce(&mut EntityCall),
) -> Vec<String> {
    let folder = format!("{}/tests/cases/{case}", env!("CARGO_MANIFEST_DIR"));
    let sources = names.iter().map(|name| {
        let path = format!("{folder}/{name}.graphql");
        let text = std::fs::read_to_string(&path).unwrap();
        SubgraphSource {
            name: (*name).to_owned(),
            url: format!("http://{name}.test"),
            sdl: Source::new(*name, path, text),
        }
    });
    let supergraph = compose(sources.collect()).unwrap().supergraph;
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

fn has(problems: &[String], expected: &str) {
    let expected = format!("fetch 1 to {expected}");
    assert!(problems.contains(&expected), "{problems:?}");
}

/// The field to which the first of all selections lead.
fn innermost(set: &mut FetchSelectionSet) -> &mut FetchField {
    match &mut set.items[0] {
        FetchSelection::Fragment(fragment) => innermost(&mut fragment.selection),
        FetchSelection::Field(field) => match field.selection.items.is_empty() {
            true => field,
            false => innermost(&mut field.selection),
        },
    }
}

fn context(call: &mut EntityCall) -> &mut ContextVariable {
    &mut call.context_variables[0]
}

#[test]
fn a_value_from_a_farther_ancestor_is_found() {
    let problems = check_spoiled(|call| context(call).sources[0].distance += 2);
    has(
        &problems,
        "`a`: `Part.cost(currency:)` is not taken from `Item`",
    );
}

#[test]
fn a_value_of_another_field_is_found() {
    let problems = check_spoiled(|call| context(call).sources[0].value.clear());
    has(
        &problems,
        "`a`: `Part.cost(currency:)` takes another value from `Item`",
    );
}

#[test]
fn a_variable_that_the_call_does_not_have_is_found() {
    let problems = check_spoiled(|call| call.context_variables.clear());
    has(
        &problems,
        "`a`: `cost(currency:)` is asked without its context",
    );
}

#[test]
fn a_value_that_is_taken_along_from_a_farther_ancestor_is_found() {
    let spoil = |call: &mut EntityCall| context(call).sources[0].distance += 1;
    let problems = check_spoiled_along("{ users { accounts { fee } } }", spoil);
    has(
        &problems,
        "`b`: `Account.fee(region:)` is not taken from `User`",
    );
}

#[test]
fn a_value_of_another_field_that_is_taken_along_is_found() {
    let spoil = |call: &mut EntityCall| context(call).sources[0].value.clear();
    let problems = check_spoiled_along("{ users { accounts { fee } } }", spoil);
    has(
        &problems,
        "`b`: `Account.fee(region:)` takes another value from `User`",
    );
}

#[test]
fn a_variable_that_is_not_taken_along_is_found() {
    let spoil = |call: &mut EntityCall| call.context_variables.clear();
    let problems = check_spoiled_along("{ users { best { entries { sum } } } }", spoil);
    has(
        &problems,
        "`b`: `sum(region:)` is asked without its context",
    );
}

#[test]
fn a_value_that_is_taken_past_an_object_with_a_nearer_one_is_found() {
    let spoil = |call: &mut EntityCall| {
        let field = innermost(&mut call.selection);
        field.name = Name::new_unchecked("text");
        field.arguments[0].make_mut().name = Name::new_unchecked("label");
    };
    let problems = check_spoiled_along("{ users { best { entries { sum } } } }", spoil);
    has(
        &problems,
        "`b`: `Entry.sum(region:)` is not taken from `Account`",
    );
}

#[test]
fn a_source_that_does_not_fit_the_type_of_the_entity_is_found() {
    let operation = "{ place { ... on Shop { stall { rent } } ... on Market { stall { rent } } } }";
    let spoil = |call: &mut EntityCall| {
        context(call).sources[0].type_condition = Name::new_unchecked("Shop");
    };
    let problems = check_spoiled_along(operation, spoil);
    has(
        &problems,
        "`b`: `Stall.rent(rate:)` is not taken from `Market`",
    );
}
