//! What makes planners slow or large: planned within the budget, soundly, and into few requests. `benches/pathologies.rs` has their curves.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "pathologies/graphs.rs"]
mod graphs;

use weft_planner::{PlanError, PlanOptions, Planner, Price, check, plan};
use weft_query_plan::{Operation, QueryPlan};

fn planned(pathology: &graphs::Pathology) -> QueryPlan {
    let operation = Operation::parse(&pathology.supergraph, &pathology.operation, None).unwrap();
    let options = PlanOptions::default();
    let plan = plan(&pathology.supergraph, &operation, &options).unwrap();
    assert_eq!(
        check(&pathology.supergraph, &operation, &plan, &options),
        Vec::<String>::new()
    );
    plan
}

/// How much the requests ask for, in bytes.
fn asked(plan: &QueryPlan) -> usize {
    plan.fetches.iter().map(|fetch| fetch.document.len()).sum()
}

fn refused(pathology: &graphs::Pathology, memory: usize) -> bool {
    let operation = Operation::parse(&pathology.supergraph, &pathology.operation, None).unwrap();
    let options = PlanOptions {
        memory,
        ..PlanOptions::default()
    };
    plan(&pathology.supergraph, &operation, &options) == Err(PlanError::TooLarge)
}

#[test]
fn an_operation_that_needs_more_memory_than_it_may_take_is_refused() {
    let fragments = graphs::nested_named_fragments(8);
    assert!(!refused(&fragments, 8 << 20));
    assert!(refused(&fragments, 100 << 10));
    assert!(refused(&graphs::everything_shared(3), 100 << 10));
    let twice_too_large = graphs::nested_named_fragments(40);
    assert!(refused(&twice_too_large, PlanOptions::default().memory));
}

#[test]
fn explaining_a_large_operation_takes_no_more_than_a_few_plannings() {
    let pathology = graphs::everything_shared(6);
    let text = &pathology.operation;
    let operation = Operation::parse(&pathology.supergraph, text, None).unwrap();
    let options = PlanOptions {
        evaluations: 0,
        ..PlanOptions::default()
    };
    let explain = || {
        let planner = Planner::new(&pathology.supergraph);
        let explanation = planner.explain(&operation, &options).unwrap();
        assert!(explanation.is_cut_short());
        let alternatives = explanation.alternatives.into_iter().flatten();
        let without = explanation.without.into_iter().map(|(_, price)| price);
        let prices = alternatives.map(|one| one.price).chain(without);
        prices.collect::<Vec<Price>>()
    };
    let prices = explain();
    let is_planned = |price: &&Price| matches!(price, Price::Plan(_));
    let planned = prices.iter().filter(is_planned).count();
    assert!((1..20).contains(&planned), "{planned} of {}", prices.len());
    assert_eq!(prices, explain(), "what is left out differs");
}

#[test]
fn beyond_the_evaluations_the_best_plan_found_is_taken() {
    let mut differing = 0;
    for (_, make, sizes) in graphs::ALL {
        let pathology = make(sizes[0]);
        let text = &pathology.operation;
        let operation = Operation::parse(&pathology.supergraph, text, None).unwrap();
        let options = PlanOptions {
            evaluations: 0,
            ..PlanOptions::default()
        };
        let hasty = plan(&pathology.supergraph, &operation, &options).unwrap();
        let problems = check(&pathology.supergraph, &operation, &hasty, &options);
        assert_eq!(problems, Vec::<String>::new());
        let best = planned(&pathology);
        assert_eq!(hasty.steps().len(), best.steps().len());
        differing += usize::from(asked(&hasty) > asked(&best));
    }
    assert!(differing > 0, "the budget makes no difference");
}

#[test]
fn planning_that_is_stopped_ends_at_once() {
    let pathology = graphs::nested_named_fragments(12);
    let operation = Operation::parse(&pathology.supergraph, &pathology.operation, None).unwrap();
    let options = PlanOptions::default();
    options.stop.stop();
    let stopped = plan(&pathology.supergraph, &operation, &options);
    assert_eq!(stopped, Err(PlanError::Stopped));
}

#[test]
fn what_is_too_large_says_what_to_do() {
    let message = PlanError::TooLarge.to_string();
    assert!(message.contains("split it into several, or raise the memory limit"));
}

fn check_figures(pathology: &graphs::Pathology, steps: usize, requests: usize) {
    let plan = planned(pathology);
    assert_eq!((plan.steps().len(), plan.fetches.len()), (steps, requests));
}

#[test]
fn every_pathology_of_the_smallest_size_has_a_sound_plan() {
    for (_, make, sizes) in graphs::ALL {
        planned(&make(sizes[0]));
    }
}

#[test]
fn one_subgraph_gives_all_shared_fields() {
    check_figures(&graphs::shared_entity_fields(12), 3, 5);
}

#[test]
fn a_hundred_implementations_that_are_alike_are_one_class() {
    check_figures(&graphs::implementations(100), 3, 4);
}

#[test]
fn shareable_roots_are_asked_of_as_few_subgraphs_as_have_the_parts() {
    check_figures(&graphs::shareable_roots(8), 1, 4);
}

#[test]
fn fragments_that_double_at_every_level_are_searched_once_each() {
    check_figures(&graphs::nested_named_fragments(8), 2, 2);
}

#[test]
fn requirements_that_go_to_and_fro_take_a_step_each() {
    check_figures(&graphs::circular_requirements(8), 9, 9);
}

#[test]
fn a_deep_selection_takes_a_step_where_the_subgraph_changes() {
    check_figures(&graphs::deep_recursion(20), 20, 20);
}

#[test]
fn a_chain_of_requirements_over_many_subgraphs_takes_a_step_each() {
    check_figures(&graphs::required_chain(8), 9, 9);
}

#[test]
fn one_request_serves_all_places_that_it_can() {
    check_figures(&graphs::partly_shared(2), 2, 6);
}

#[test]
fn a_nested_key_is_taken_from_one_subgraph() {
    check_figures(&graphs::nested_keys(8), 3, 3);
}

#[test]
fn members_of_a_wide_union_are_fetched_together() {
    check_figures(&graphs::wide_unions(50), 3, 5);
}

#[test]
fn implementations_that_differ_are_fetched_together() {
    check_figures(&graphs::implementations_apart(50), 2, 7);
}
