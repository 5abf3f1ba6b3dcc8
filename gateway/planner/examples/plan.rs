//! Plans an operation: `plan SUPERGRAPH OPERATION [NAME] [LABELS]` prints the plan as JSON.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::process::ExitCode;
use weft_diagnostic::Source;
use weft_planner::{PlanOptions, plan};
use weft_query_plan::{Operation, plan_to_json};
use weft_supergraph::Supergraph;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let [supergraph, operation, rest @ ..] = arguments else {
        return Err("usage: plan SUPERGRAPH OPERATION [NAME] [LABELS]".to_owned());
    };
    let text = std::fs::read_to_string(supergraph).map_err(|error| error.to_string())?;
    let source = Source::new("supergraph", supergraph.as_str(), text);
    let supergraph = Supergraph::parse(&source).map_err(|errors| format!("{errors:?}"))?;
    let text = std::fs::read_to_string(operation).map_err(|error| error.to_string())?;
    let name = rest
        .first()
        .map(String::as_str)
        .filter(|name| !name.is_empty());
    let operation =
        Operation::parse(&supergraph, &text, name).map_err(|error| format!("{error:?}"))?;
    let labels = rest
        .get(1)
        .map_or("", String::as_str)
        .split(',')
        .map(str::to_owned);
    let options = PlanOptions {
        override_labels: labels.collect(),
        ..PlanOptions::default()
    };
    let plan = plan(&supergraph, &operation, &options).map_err(|error| error.to_string())?;
    Ok(plan_to_json(&plan).to_string())
}
