//! A folder of operations in, a table out: dependent steps, fetches, subgraphs and planning time of each operation.

use crate::commands::{CommandResult, Outcome};
use crate::output;
use anyhow::bail;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
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
    defer: bool,
) -> CommandResult {
    let paths = documents(folder)?;
    if paths.is_empty() {
        bail!("there is no `.graphql` file in `{}`", folder.display());
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    let mut outcome = Outcome::Success;
    for path in paths {
        let text = match super::read(&path) {
            Ok(text) => text,
            Err(error) => {
                output::tell(format_args!("error: {error:#}"));
                outcome = Outcome::Failure;
                continue;
            }
        };
        let mut names = super::operation_names(&text);
        if names.len() < 2 {
            names = vec![None];
        }
        for name in names {
            let operation = super::parse(planner.supergraph(), &text, name.as_deref(), defer);
            let operation = operation.map_err(|error| super::problems(&error, &text));
            let row = operation.and_then(|operation| {
                let name = name.as_deref().or_else(|| path.file_stem()?.to_str());
                row(planner, &operation, name.unwrap_or_default(), options)
            });
            match row {
                Ok(row) => rows.push(row),
                Err(problems) => {
                    super::tell(&path, problems);
                    if outcome == Outcome::Success {
                        outcome = Outcome::Refused;
                    }
                }
            }
        }
    }
    if rows.len() > 1 {
        output::write(aligned(&rows).as_bytes())?;
    }
    Ok(outcome)
}

fn documents(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let pattern = Path::new(&glob::Pattern::escape(&folder.to_string_lossy())).join("**/*.graphql");
    let paths = glob::glob(&pattern.to_string_lossy())?;
    Ok(paths.collect::<Result<Vec<_>, _>>()?)
}

fn row(
    planner: &Planner<&Supergraph>,
    operation: &Operation,
    name: &str,
    options: &PlanOptions,
) -> Result<[String; 5], Vec<String>> {
    let start = Instant::now();
    let plan = planner.plan(operation, options);
    let planning = start.elapsed();
    let plan = plan.map_err(|error| vec![super::problem(&error)])?;
    Ok([
        name.to_owned(),
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
