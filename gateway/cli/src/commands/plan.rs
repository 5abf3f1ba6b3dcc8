//! `weft plan`: a supergraph and an operation in, the query plan on stdout; for a folder of operations, a table.

mod explanation;
mod table;

use super::{CommandResult, Outcome};
use crate::{output, render};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use weft_diagnostic::Source;
use weft_planner::{PlanError, PlanOptions, Planner};
use weft_query_plan::{
    Operation, OperationError, QueryPlan, plan_to_dot, plan_to_json, plan_to_mermaid, plan_to_text,
};
use weft_server::configuration::ByteSize;
use weft_supergraph::Supergraph;

/// Of a document with more problems than this, the others are counted.
const MOST_PROBLEMS: usize = 20;

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
    let of_a_folder = arguments.operation.is_dir();
    refuse_what_does_not_go_together(&arguments, of_a_folder)?;
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
    warn_of_unknown_labels(&supergraph, &options);
    let planner = Planner::new(&supergraph);
    if of_a_folder {
        return table::run(&planner, &arguments.operation, &options, arguments.defer);
    }
    let text = read(&arguments.operation)?;
    let name = arguments.operation_name.as_deref();
    let name = name.filter(|name| !name.is_empty());
    let operation = match parse(&supergraph, &text, name, arguments.defer) {
        Ok(operation) => operation,
        Err(error) => {
            tell(&arguments.operation, problems(&error, &text));
            return Ok(Outcome::Refused);
        }
    };
    let printed = match arguments.explain {
        true => planner
            .explain(&operation, &options)
            .map(|explanation| explanation::text(&explanation)),
        false => planner
            .plan(&operation, &options)
            .map(|plan| print(&plan, arguments.format)),
    };
    match printed {
        Ok(text) => {
            output::write(text.as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(error) => {
            tell(&arguments.operation, [problem(&error)]);
            Ok(Outcome::Refused)
        }
    }
}

/// A table is text, and an explanation is text of one operation: what asks for anything else is refused, not passed over.
fn refuse_what_does_not_go_together(
    arguments: &Arguments,
    of_a_folder: bool,
) -> anyhow::Result<()> {
    let is_text = matches!(arguments.format, Format::Text);
    if of_a_folder {
        let for_one = [
            (arguments.explain, "--explain"),
            (!is_text, "--format"),
            (arguments.operation_name.is_some(), "--operation-name"),
        ];
        if let Some((_, flag)) = for_one.iter().find(|(is_given, _)| *is_given) {
            let folder = arguments.operation.display();
            bail!("`{flag}` is for one operation, and `{folder}` is a folder: name a file in it");
        }
    }
    if arguments.explain && !is_text {
        bail!(
            "`--explain` prints text: leave out `--format`, or `--explain` to get the plan in that format"
        );
    }
    Ok(())
}

fn warn_of_unknown_labels(supergraph: &Supergraph, options: &PlanOptions) {
    let known = supergraph.query_graph().labels();
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let given = options.override_labels.iter();
    for label in given.filter(|label| !known.contains(label.as_str())) {
        let quoted: Vec<String> = known.iter().map(|label| format!("`{label}`")).collect();
        let known = match quoted.as_slice() {
            [] => "it has none".to_owned(),
            several => format!("it has {}", several.join(", ")),
        };
        output::tell(format_args!(
            "warning: the supergraph has no override with the label `{label}`: {known}"
        ));
    }
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

fn parse(
    supergraph: &Supergraph,
    text: &str,
    name: Option<&str>,
    defer: bool,
) -> Result<Operation, OperationError> {
    match defer {
        true => Operation::parse_deferring(supergraph, text, name, |_| true),
        false => Operation::parse(supergraph, text, name),
    }
}

/// Tells what is wrong with an operation: a line for each problem, behind the file's name.
fn tell(path: &Path, problems: impl IntoIterator<Item = String>) {
    for problem in problems {
        output::tell(format_args!("error: {}{problem}", path.display()));
    }
}

/// Why there is no plan, to go behind the file's name.
fn problem(error: &PlanError) -> String {
    let flag = match error {
        PlanError::TooLarge => " (`--memory-limit`)",
        _ => "",
    };
    format!(": {error}{flag}")
}

/// What is wrong with a document, each to go behind the file's name.
fn problems(error: &OperationError, text: &str) -> Vec<String> {
    match error {
        OperationError::NoSuchOperation { message } => {
            let names = operation_names(text).into_iter().flatten();
            let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            vec![match names.is_empty() {
                true => format!(": {message}"),
                false => format!(
                    ": {}: `--operation-name` takes {}",
                    message.split(':').next().unwrap_or(message),
                    names.join(" or ")
                ),
            }]
        }
        OperationError::Invalid { errors, .. } => {
            let shown = errors.iter().take(MOST_PROBLEMS);
            let shown = shown.map(|error| match error.locations.first() {
                Some(at) => format!(":{}:{}: {}", at.line, at.column, error.message),
                None => format!(": {}", error.message),
            });
            let more = errors.len().saturating_sub(MOST_PROBLEMS);
            let more = (more > 0).then(|| format!(": and {more} more of its kind"));
            shown.chain(more).collect()
        }
    }
}

/// The names of a document's operations; `None` for one without a name, and nothing of what does not parse.
fn operation_names(text: &str) -> Vec<Option<String>> {
    let Ok(document) = apollo_compiler::ast::Document::parse(text, "operation.graphql") else {
        return Vec::new();
    };
    let definitions = document.definitions.iter();
    definitions
        .filter(|definition| definition.as_operation_definition().is_some())
        .map(|definition| definition.name().map(ToString::to_string))
        .collect()
}

fn print(plan: &QueryPlan, format: Format) -> String {
    match format {
        Format::Text => plan_to_text(plan),
        Format::Json => format!("{:#}\n", plan_to_json(plan)),
        Format::Mermaid => plan_to_mermaid(plan),
        Format::Dot => plan_to_dot(plan),
    }
}
