//! Plans of small graphs. A folder of `cases/` has one `.graphql` file for each subgraph, `operations.graphql` with named operations,
//! and `plans.txt` with the plan that each must get. Every plan is also checked. `UPDATE_CASES=1` writes `plans.txt` anew.
//!
//! Override labels that are on stand in an operation's name behind a double underscore: `Prices__next` turns `next` on.
//! Plans of operations whose names start with `Reusing` are for those who ask for no field of an entity twice.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use apollo_compiler::ast::Document;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_planner::{PlanOptions, check, plan};
use weft_query_plan::{Operation, plan_to_text};
use weft_supergraph::Supergraph;

#[test]
fn every_case_gets_the_plan_that_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "there are no cases");
    let failures: Vec<String> = cases.iter().flat_map(|case| run(case)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn run(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let supergraph = match supergraph(case) {
        Ok(supergraph) => supergraph,
        Err(problem) => return vec![format!("{name}: {problem}")],
    };
    let document = std::fs::read_to_string(case.join("operations.graphql")).unwrap();
    let mut failures = Vec::new();
    let mut plans = String::new();
    for operation in operation_names(&document) {
        let (text, problems) = planned(&supergraph, &document, &operation);
        plans.push_str(&format!("# {operation}\n{text}\n"));
        failures.extend(
            problems
                .into_iter()
                .map(|problem| format!("{name}, {operation}: {problem}")),
        );
    }
    let expected = case.join("plans.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&expected, &plans).unwrap();
    }
    if std::fs::read_to_string(&expected).unwrap_or_default() != plans {
        failures.push(format!(
            "{name}: the plans differ from plans.txt, they are\n{plans}"
        ));
    }
    failures
}

fn supergraph(case: &Path) -> Result<Supergraph, String> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(case)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let is_subgraph = |path: &&PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "graphql")
            && !path.ends_with("operations.graphql")
    };
    let sources = files.iter().filter(is_subgraph).map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let sdl = Source::new(name.as_str(), path.display().to_string(), text);
        SubgraphSource {
            url: format!("http://{name}.test"),
            name,
            sdl,
        }
    });
    let composed = compose(sources.collect());
    composed
        .map(|composed| composed.supergraph)
        .map_err(|errors| {
            errors
                .iter()
                .map(|error| error.message.clone())
                .collect::<Vec<_>>()
                .join("; ")
        })
}

fn operation_names(document: &str) -> Vec<String> {
    let document = Document::parse(document, "operations.graphql").unwrap();
    let operations = document
        .definitions
        .iter()
        .filter_map(|one| one.as_operation_definition());
    operations
        .map(|operation| operation.name.clone().unwrap().to_string())
        .collect()
}

/// A plan as text, and what is wrong with it.
fn planned(supergraph: &Supergraph, document: &str, name: &str) -> (String, Vec<String>) {
    let operation = Operation::parse_deferring(supergraph, document, Some(name), |_| true).unwrap();
    let labels: BTreeSet<String> = name.split("__").skip(1).map(str::to_owned).collect();
    let options = PlanOptions {
        override_labels: labels,
        reuses_entities: name.starts_with("Reusing"),
        ..PlanOptions::default()
    };
    match plan(supergraph, &operation, &options) {
        Ok(plan) => {
            let again = weft_planner::plan(supergraph, &operation, &options).unwrap();
            let mut problems = check(supergraph, &operation, &plan, &options);
            if again != plan {
                problems.push("planned again, the plan is another one".to_owned());
            }
            (plan_to_text(&plan), problems)
        }
        Err(error) => (format!("no plan: {error}\n"), Vec::new()),
    }
}
