//! Random subgraphs are composed; random operations on the result are planned, checked and run: the answer is that of one server
//! that has the whole graph.
//!
//! The graphs are those of the planner's own random test: keys of all forms, requirements, what paths provide, overrides, interface
//! objects, values without keys, mutations and subgraphs of Federation 1. A resolver's value depends on the inputs that it requires, and it says so where they are not what the
//! graph has there.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod context;
#[path = "../random_graph/delays.rs"]
mod delays;
mod fault;
#[path = "../../../planner/tests/random/graphs.rs"]
mod graphs;
#[path = "../../../planner/tests/random/shrink.rs"]
mod shrink;
mod thing;
mod value;
mod world;

use delays::Delays;
use graphs::dice::Dice;
use graphs::{composed, graph, number, operation};
use std::collections::BTreeSet;
use std::sync::Arc;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, MemoScope, coerce_variables,
    execute,
};
use weft_planner::{PlanOptions, Planner, check};
use weft_query_plan::{Operation, plan_to_text};
use weft_supergraph::Supergraph;
use world::{Subgraphs, World};

/// Graphs in one run of the test command; more with `WEFT_RANDOM_GRAPHS`.
const GRAPHS: u64 = 40;
/// Operations for each graph.
const OPERATIONS: u64 = 4;
/// What a client sends for the variables of a random operation.
const VARIABLES: &str = r#"{"yes":true,"no":false,"number":5}"#;

#[test]
fn the_answer_of_composed_subgraphs_is_that_of_one_server() {
    let first = number("WEFT_RANDOM_FIRST").unwrap_or(0);
    let graphs = number("WEFT_RANDOM_GRAPHS").unwrap_or(GRAPHS);
    let mut answered = 0;
    let mut failures: Vec<String> = Vec::new();
    for seed in first..first + graphs {
        let texts = graph::subgraphs(&mut Dice::new(seed));
        let Some(supergraph) = composed(&texts) else {
            continue;
        };
        let planner = Planner::new(Arc::new(supergraph));
        for turn in 0..OPERATIONS {
            let case = Case {
                seed: seed * 1000 + turn + 1,
                texts: &texts,
            };
            answered += 1;
            if let Err(failure) = case.run(&planner) {
                failures.push(format!("graph {seed} operation {turn}: {failure}"));
            }
        }
    }
    assert!(
        answered > graphs / 2,
        "hardly any random graph composes: {answered} answers"
    );
    let shortest = failures.iter().min_by_key(|failure| failure.len());
    assert!(
        shortest.is_none(),
        "{} of {answered} failed: {}; such as\n{}",
        failures.len(),
        heads(&failures),
        shortest.unwrap()
    );
}

/// The first words of each failure, which say how to repeat it.
fn heads(failures: &[String]) -> String {
    let heads = failures
        .iter()
        .filter_map(|failure| failure.split(':').next());
    heads.collect::<Vec<_>>().join(", ")
}

/// One operation on one graph.
struct Case<'t> {
    seed: u64,
    texts: &'t [String],
}

impl Case<'_> {
    fn run(&self, planner: &Planner<Arc<Supergraph>>) -> Result<(), String> {
        let mut dice = Dice::new(self.seed);
        let text = operation::operation(&mut dice, planner.supergraph());
        let Err(problem) = self.run_operation(planner, &text, dice.clone()) else {
            return Ok(());
        };
        if std::env::var_os("RANDOM_SHRINK").is_none() {
            return Err(format!("{problem}\n{}", self.texts.join("\n---\n")));
        }
        let again = |texts: &[String], text: &str| {
            let planner = Planner::new(Arc::new(composed(texts)?));
            Operation::parse(planner.supergraph(), text, None).ok()?;
            let case = Case {
                seed: self.seed,
                texts,
            };
            case.run_operation(&planner, text, dice.clone()).err()
        };
        let (texts, text) = shrink::smallest(self.texts, &text, &again);
        let problem = again(&texts, &text).unwrap_or(problem);
        Err(format!("{problem}\n{}", texts.join("\n---\n")))
    }

    fn run_operation(
        &self,
        planner: &Planner<Arc<Supergraph>>,
        text: &str,
        mut dice: Dice,
    ) -> Result<(), String> {
        let supergraph = planner.supergraph();
        let operation = Operation::parse(supergraph, text, None)
            .map_err(|error| format!("{error:?}\n{text}"))?;
        let options = PlanOptions {
            override_labels: labels(supergraph, &mut dice),
            ..PlanOptions::default()
        };
        let plan = planner
            .plan(&operation, &options)
            .map_err(|error| format!("{error}\n{text}"))?;
        let printed = plan_to_text(&plan);
        let problems = check(supergraph, &operation, &plan, &options);
        let told = |problem: String| format!("{problem}\n{text}\n{printed}");
        if !problems.is_empty() {
            return Err(told(problems.join("\n")));
        }
        let world = World::new(supergraph, self.texts, self.seed);
        let plan = CompiledPlan::new(
            supergraph,
            &operation,
            plan,
            &CompileOptions {
                memo: [
                    MemoScope::Off,
                    MemoScope::EntityCalls,
                    MemoScope::RootFields,
                ][dice.below(3)],
            },
        );
        for delays in [None, Some(self.seed)] {
            answers_agree(&world, &plan, &operation, text, delays).map_err(told)?;
        }
        Ok(())
    }
}

fn labels(supergraph: &Supergraph, dice: &mut Dice) -> BTreeSet<String> {
    let all = supergraph.query_graph().labels().iter();
    all.filter(|_| dice.percent(50)).cloned().collect()
}

fn answers_agree(
    world: &World<'_>,
    plan: &CompiledPlan,
    operation: &Operation,
    text: &str,
    delays: Option<u64>,
) -> Result<(), String> {
    let expected = world.as_one_server(text, VARIABLES);
    let in_order = std::mem::take(&mut *world.mutated.lock().unwrap());
    let json = bytes::Bytes::from_static(VARIABLES.as_bytes());
    let variables = coerce_variables(world.supergraph, operation, Some(&json))
        .map_err(|errors| format!("{errors:?}"))?;
    let client = Subgraphs::new(world, Delays::new(delays));
    let options = ExecutionOptions::default();
    let request = ExecutionRequest::new(&variables);
    let response = futures::executor::block_on(execute(plan, request, &client, &options));
    let found: serde_json::Value =
        serde_json::from_slice(&response.body.to_bytes()).map_err(|error| error.to_string())?;
    let data = serde_json::to_string(&found["data"]).unwrap();
    // Of an object whose type nobody tells, fields that all its types have can be in the order of another.
    let is_untold = world.has_interface_objects();
    let is_same = data == expected.data || (is_untold && found["data"] == expected.value());
    let problems = client.problems.lock().unwrap().clone();
    let mutated = std::mem::take(&mut *world.mutated.lock().unwrap());
    if mutated != in_order {
        return Err(format!("mutations ran as {mutated:?}, not as {in_order:?}"));
    }
    let has_errors = response.errors > 0;
    if problems.is_empty() && is_same && has_errors == expected.has_errors {
        return Ok(());
    }
    let log = client.log.lock().unwrap().join("\n");
    Err(format!(
        "{problems:?} {delays:?}\nexpected {} {}\nfound    {data}\nerrors {}\n{log}",
        expected.data, expected.has_errors, found["errors"]
    ))
}
