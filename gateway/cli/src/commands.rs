//! The list of commands: one line here and one file in `commands/` for each.
//!
//! Every file offers `Arguments` (clap) and `run(Arguments) -> CommandResult`. Data goes to stdout, all else to stderr.
//! `Ok(Outcome::Refused)` when the user's schema is wrong (after its diagnostics were rendered), `Err` when we failed.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use weft_diagnostic::{Code, Diagnostic};
use weft_server::configuration::CONFIGURATION_UNREADABLE;
use weft_server::supergraph_source::{SCHEMA_UNREADABLE, SUBGRAPH_UNREACHABLE};

mod api_schema;
mod check;
mod completions;
mod compose;
mod config;
mod dev;
mod diff;
mod explain;
mod health;
mod lint;
mod plan;
mod serve;
mod supervise;

/// What a command came to; the exit code follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Success,
    /// Exit code 1: the user's schema or operation is wrong, or a change breaks something.
    Refused,
    /// Exit code 2: we failed, something cannot be read, or the command line asks for what cannot be done.
    Failure,
}

impl Outcome {
    /// What errors come to: a file or service that cannot be read says nothing about the schema.
    pub(crate) fn of(errors: &[Diagnostic]) -> Self {
        const UNREAD: [Code; 3] = [
            CONFIGURATION_UNREADABLE,
            SCHEMA_UNREADABLE,
            SUBGRAPH_UNREACHABLE,
        ];
        match errors.iter().any(|error| UNREAD.contains(&error.code)) {
            true => Self::Failure,
            false => Self::Refused,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => ExitCode::SUCCESS,
            Outcome::Refused => ExitCode::from(1),
            Outcome::Failure => ExitCode::from(2),
        }
    }
}

/// What every command returns; an `Err` is printed by `main` and ends with exit code 2.
pub(crate) type CommandResult = anyhow::Result<Outcome>;

/// Weft, a GraphQL federation gateway.
#[derive(Parser)]
#[command(name = "weft", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 fine, 1 the schema is wrong or a change breaks, 2 weft itself failed or could not read something"
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build, start and watch all subgraphs of a graph, and serve it with a playground
    Dev(dev::Arguments),
    /// Serve a supergraph
    Serve(serve::Arguments),
    /// Compose subgraph schemas and print the supergraph SDL
    Compose(compose::Arguments),
    /// Explain a diagnostic code
    Explain(explain::Arguments),
    /// Print the schema that clients see
    ApiSchema(api_schema::Arguments),
    /// Print the query plan of an operation
    Plan(plan::Arguments),
    /// Say what a schema change breaks
    Check(check::Arguments),
    /// List the differences between two schemas
    Diff(diff::Arguments),
    /// Look for weak spots in subgraph schemas
    Lint(lint::Arguments),
    /// Check configuration files, print their JSON Schema or reference
    Config(config::Arguments),
    /// Ask an address whether it is well
    Health(health::Arguments),
    /// Print the completion script of a shell
    Completions(completions::Arguments),
    /// Run a command for `weft dev`
    // Named so that no mistyped command is like it.
    #[command(name = "__supervise", hide = true)]
    Supervise(supervise::Arguments),
}

/// Runs the command that the command line names.
pub(crate) fn run(command_line: CommandLine) -> CommandResult {
    match command_line.command {
        Command::Dev(arguments) => dev::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Compose(arguments) => compose::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::ApiSchema(arguments) => api_schema::run(arguments),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Config(arguments) => config::run(arguments),
        Command::Health(arguments) => health::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Supervise(arguments) => supervise::run(arguments),
    }
}

/// The value of `--listen`.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let numbers = text.replacen("localhost:", "127.0.0.1:", 1);
    numbers
        .parse()
        .map_err(|_| "give an IP address and a port, such as `127.0.0.1:4000`".to_owned())
}
