//! A folder of operations in, a table out: dependent steps, fetches, subgraphs and planning time of each operation.

use crate::commands::{CommandResult, Outcome};
use crate::output;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use weft_planner::{PlanOptions, Planner};
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

const HEAD: [&str; 5] = ["operation", "steps", "fetches", "subgraphs", "planning"];

/// Plans every operation of every `.graphql` file in the folder.
pub(super) fn run(
    planner: &Planner<&Supergraph>,
    folder: &Path,
    options: &PlanOptions,
) -> CommandResult {
    let mut rows = vec![HEAD.map(str::to_owned)];
    let mut outcome = Outcome::Success;
    for path in documents(folder)? {
        let text = super::read(&path)?;
        for name in operation_names(&text) {
            match row(planner, &path, &text, name.as_deref(), options) {
                Ok(row) => rows.push(row),
                Err(problems) => {
                    problems
                        .iter()
                        .for_each(|problem| eprintln!("error: {}{problem}", path.display()));
                    outcome = Outcome::Refused;
                }
            }
        }
    }
    output::write(aligned(&rows).as_bytes())?;
    Ok(outcome)
}

fn documents(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let pattern = folder.join("**/*.graphql");
    let paths = glob::glob(&pattern.to_string_lossy())?;
    Ok(paths.collect::<Result<Vec<_>, _>>()?)
}

/// The names of a document's operations; one `None` where it has a single one, or does not parse.
fn operation_names(text: &str) -> Vec<Option<String>> {
    let Ok(document) = apollo_compiler::ast::Document::parse(text, "operation.graphql") else {
        return vec![None];
    };
    let names: Vec<Option<String>> = document
        .definitions
        .iter()
        .filter(|definition| definition.as_operation_definition().is_some())
        .map(|definition| definition.name().map(ToString::to_string))
        .collect();
    if names.len() > 1 { names } else { vec![None] }
}

fn row(
    planner: &Planner<&Supergraph>,
    path: &Path,
    text: &str,
    name: Option<&str>,
    options: &PlanOptions,
) -> Result<[String; 5], Vec<String>> {
    let operation =
        Operation::parse(planner.supergraph(), text, name).map_err(|error| super::lines(&error))?;
    let start = Instant::now();
    let plan = planner
        .plan(&operation, options)
        .map_err(|error| vec![format!(": {error}")])?;
    let planning = start.elapsed();
    let file = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok([
        name.map_or(file, str::to_owned),
        plan.steps().len().to_string(),
        plan.fetches.len().to_string(),
        subgraphs(&plan),
        format!("{:.2} ms", planning.as_secs_f64() * 1000.0),
    ])
}

fn subgraphs(plan: &QueryPlan) -> String {
    let names: BTreeSet<&str> = plan
        .fetches
        .iter()
        .map(|fetch| &*fetch.subgraph_name)
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
