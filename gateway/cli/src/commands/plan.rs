//! `weft plan`: a supergraph and an operation in, the query plan on stdout; for a folder of operations, a table.

mod explanation;
mod table;

use super::{CommandResult, Outcome};
use crate::{output, render};
use anyhow::Context;
use std::path::{Path, PathBuf};
use weft_diagnostic::Source;
use weft_planner::{PlanError, PlanOptions, Planner};
use weft_query_plan::{
    Operation, OperationError, QueryPlan, plan_to_dot, plan_to_json, plan_to_mermaid, plan_to_text,
};
use weft_server::configuration::ByteSize;
use weft_supergraph::Supergraph;

/// Options of `weft plan`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The supergraph's SDL
    #[arg(long, value_name = "FILE")]
    supergraph: PathBuf,
    /// The operation's document, or a folder of them for a table
    #[arg(long, value_name = "FILE")]
    operation: PathBuf,
    /// Which operation of the document, where it has several
    #[arg(long, value_name = "NAME")]
    operation_name: Option<String>,
    /// The labels of progressive overrides that are on
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    override_labels: Vec<String>,
    /// Plan for a client that takes an answer in parts: what stands below `@defer` comes later
    #[arg(long)]
    defer: bool,
    /// Prove the plan, and refuse with what is wrong where it is not sound
    #[arg(long)]
    check: bool,
    /// Say why each fetch is there, what its alternatives and the plan without each subgraph would cost, and whether it is proven the best
    #[arg(long)]
    explain: bool,
    /// The memory that planning an operation may take, such as `64MB`; an operation that needs more is refused
    #[arg(long, value_name = "SIZE")]
    memory_limit: Option<ByteSize>,
    /// How many choices are weighed for an operation; beyond them the best plan found is taken
    #[arg(long, value_name = "NUMBER")]
    evaluation_limit: Option<u64>,
    /// How the plan is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a plan is printed.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Indented text
    Text,
    /// The JSON format that GraphQL tools read
    Json,
    /// A Mermaid flow chart
    Mermaid,
    /// A Graphviz graph
    Dot,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let text = read(&arguments.supergraph)?;
    let path = arguments.supergraph.display().to_string();
    let supergraph = match Supergraph::parse(&Source::new("supergraph", path, text)) {
        Ok(supergraph) => supergraph,
        Err(errors) => {
            render::diagnostics(&errors);
            return Ok(Outcome::Refused);
        }
    };
    let options = options(&arguments);
    let planner = Planner::new(&supergraph);
    if arguments.operation.is_dir() {
        return table::run(&planner, &arguments.operation, &options);
    }
    let Some(operation) = operation(&supergraph, &arguments)? else {
        return Ok(Outcome::Refused);
    };
    if arguments.explain {
        return explanation::run(&planner, &arguments.operation, &operation, &options);
    }
    let plan = match planner.plan(&operation, &options) {
        Ok(plan) => plan,
        Err(error) => return Ok(refuse(&arguments.operation, &error)),
    };
    output::write(print(&plan, arguments.format).as_bytes())?;
    Ok(Outcome::Success)
}

fn options(arguments: &Arguments) -> PlanOptions {
    let labels = arguments
        .override_labels
        .iter()
        .filter(|label| !label.is_empty());
    let default = PlanOptions::default();
    PlanOptions {
        override_labels: labels.cloned().collect(),
        memory: arguments.memory_limit.map_or(default.memory, |it| it.0),
        evaluations: arguments.evaluation_limit.unwrap_or(default.evaluations),
        check: arguments.check,
        ..default
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// The operation; `None` where it is not valid, after its problems were told.
fn operation(supergraph: &Supergraph, arguments: &Arguments) -> anyhow::Result<Option<Operation>> {
    let text = read(&arguments.operation)?;
    let name = arguments
        .operation_name
        .as_deref()
        .filter(|name| !name.is_empty());
    let parsed = match arguments.defer {
        true => Operation::parse_deferring(supergraph, &text, name, |_| true),
        false => Operation::parse(supergraph, &text, name),
    };
    match parsed {
        Ok(operation) => Ok(Some(operation)),
        Err(error) => {
            tell(&arguments.operation, &error);
            Ok(None)
        }
    }
}

fn refuse(path: &Path, error: &PlanError) -> Outcome {
    let flag = match error {
        PlanError::TooLarge => " (`--memory-limit`)",
        _ => "",
    };
    eprintln!("error: {}: {error}{flag}", path.display());
    Outcome::Refused
}

fn tell(path: &Path, error: &OperationError) {
    for line in lines(error) {
        eprintln!("error: {}{line}", path.display());
    }
}

/// One line for each problem, to go behind the file's name.
fn lines(error: &OperationError) -> Vec<String> {
    match error {
        OperationError::NoSuchOperation { message } => vec![format!(": {message}")],
        OperationError::Invalid { errors, .. } => errors
            .iter()
            .map(|error| match error.locations.first() {
                Some(at) => format!(":{}:{}: {}", at.line, at.column, error.message),
                None => format!(": {}", error.message),
            })
            .collect(),
    }
}

fn print(plan: &QueryPlan, format: Format) -> String {
    match format {
        Format::Text => plan_to_text(plan),
        Format::Json => format!("{:#}\n", plan_to_json(plan)),
        Format::Mermaid => plan_to_mermaid(plan),
        Format::Dot => plan_to_dot(plan),
    }
}
