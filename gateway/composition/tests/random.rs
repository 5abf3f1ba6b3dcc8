//! Random graphs, split at random over subgraphs: they compose to the graph that was split, and every query of it can be
//! planned. Broken in one or two places, they fail with the codes of the earliest stage that has a break, and of nothing
//! else.
//!
//! `RANDOM_GRAPHS=2000 cargo test -p weft-composition --test random` looks longer.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "random/breaks.rs"]
mod breaks;
#[path = "random/graph.rs"]
mod graph;
#[path = "random/queries.rs"]
mod queries;

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use proptest::prelude::*;
use weft_composition::compose;
use weft_diagnostic::{Diagnostic, Source};
use weft_planner::{PlanOptions, Planner, check};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

use breaks::{BREAKS, Break, Stage};
use graph::{COMMON_FIELDS, Graph, graphs, sources, split};

/// So many graphs, unless the environment wants another number.
fn cases(count: u32) -> ProptestConfig {
    let wanted = std::env::var("RANDOM_GRAPHS").ok();
    ProptestConfig {
        cases: wanted.and_then(|text| text.parse().ok()).unwrap_or(count),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_graph_that_was_split_composes_to_itself_and_answers_its_queries(graph in graphs()) {
        let composed = compose(sources(&split(&graph)));
        prop_assert!(composed.is_ok(), "{:?}", composed.err());
        let sdl = composed.unwrap().sdl;
        check_fields(&graph, &sdl)?;
        let read = Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", &sdl));
        prop_assert!(read.is_ok(), "{:?}", read.err());
        check_queries(&read.unwrap())?;
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_broken_graph_fails_with_the_code_of_its_break(
        graph in graphs(),
        choice in 0..BREAKS.len(),
        entity in 0..2usize,
    ) {
        check_breaks(&graph, &[(choice, entity)])?;
    }

    #[test]
    fn a_graph_broken_twice_fails_with_the_codes_of_the_earliest_stage(
        graph in graphs(),
        first in 0..BREAKS.len(),
        second in 0..BREAKS.len(),
    ) {
        check_breaks(&graph, &[(first, 0), (second, 1)])?;
    }
}

fn check_fields(graph: &Graph, sdl: &str) -> Result<(), TestCaseError> {
    let schema = Schema::parse(sdl, "supergraph.graphql").unwrap();
    for (index, entity) in graph.entities.iter().enumerate() {
        let ty = schema.get_object(&format!("E{index}")).unwrap();
        let extended = usize::from(graph.legacy && index == 0);
        prop_assert_eq!(
            ty.fields.len(),
            COMMON_FIELDS + entity.fields.len() + extended
        );
        for (number, (_, target)) in entity.fields.iter().enumerate() {
            let field = &ty.fields[format!("f{number}").as_str()];
            prop_assert_eq!(field.ty.to_string(), format!("E{target}"));
        }
    }
    let book = schema.get_object("Book");
    prop_assert_eq!(book.is_some(), graph.rated);
    prop_assert!(book.is_none_or(|book| book.fields.contains_key("stars")));
    Ok(())
}

/// Every field, from every root field, has a plan that the planner's own checker finds nothing wrong with.
fn check_queries(supergraph: &Supergraph) -> Result<(), TestCaseError> {
    let (planner, options) = (Planner::new(supergraph), PlanOptions::default());
    for text in queries::operations(supergraph.api_schema()) {
        let operation = Operation::parse(supergraph, &text, None);
        prop_assert!(operation.is_ok(), "{text}: {:?}", operation.err());
        let operation = operation.unwrap();
        let plan = planner.plan(&operation, &options);
        prop_assert!(plan.is_ok(), "{text}: {:?}", plan.err());
        let problems = check(supergraph, &operation, &plan.unwrap(), &options);
        prop_assert!(problems.is_empty(), "{text}: {problems:?}");
    }
    Ok(())
}

fn check_breaks(graph: &Graph, chosen: &[(usize, usize)]) -> Result<(), TestCaseError> {
    let mut texts = split(graph);
    let mut breaks = Vec::new();
    for (choice, entity) in chosen {
        let homes = &graph.entities[*entity].homes;
        let (low, high) = texts.split_at_mut(homes[1]);
        let breaking = &BREAKS[*choice];
        (breaking.apply)(&mut low[homes[0]], &mut high[0], *entity);
        breaks.push((breaking, homes[0]));
    }
    let errors = compose(sources(&texts)).err().unwrap_or_default();
    let found: BTreeSet<&str> = errors.iter().map(|error| error.code.as_str()).collect();
    let expected = expected_codes(&breaks);
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    prop_assert_eq!(found, expected, "{:?}", shown);
    prop_assert!(errors.iter().all(is_complete), "{:?}", errors);
    Ok(())
}

/// The codes of the earliest stage; while subgraphs are built, of the earliest stage in each.
fn expected_codes(breaks: &[(&Break, usize)]) -> BTreeSet<&'static str> {
    let building = breaks
        .iter()
        .any(|(breaking, _)| breaking.stage <= Stage::Rules);
    let is_first = |breaking: &Break, subgraph: usize| {
        breaks.iter().all(|(other, where_other)| {
            let hides = if building {
                *where_other == subgraph || breaking.stage > Stage::Rules
            } else {
                true
            };
            !hides || breaking.stage <= other.stage
        })
    };
    breaks
        .iter()
        .filter(|(breaking, subgraph)| is_first(breaking, *subgraph))
        .map(|(breaking, _)| breaking.code)
        .collect()
}

/// An error names a subgraph, and a place in it unless it is about the way to a field.
fn is_complete(error: &Diagnostic) -> bool {
    let by_way = error.code.as_str() == "SATISFIABILITY_ERROR";
    !error.message.is_empty() && (by_way || !error.labels.is_empty())
}
