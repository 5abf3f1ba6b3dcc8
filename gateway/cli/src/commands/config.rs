//! `weft config`: checks configuration files, prints their JSON Schema and their reference.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use weft_diagnostic::Diagnostic;
use weft_server::configuration::{read_configuration, read_supergraph_file, reference};

use super::{CommandResult, Outcome};
use crate::{output, render};

/// Options of `weft config`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Check a `weft.yaml` or `supergraph.yaml`, and the files that it names
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print the JSON Schema of a configuration file
    Schema {
        /// Of which file
        #[arg(value_enum, default_value_t)]
        file: FileKind,
    },
    /// Print the reference of all options as Markdown
    Reference,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum FileKind {
    /// The gateway's `weft.yaml`
    #[default]
    Gateway,
    /// The list of subgraphs, `supergraph.yaml`
    Supergraph,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    match arguments.action {
        Action::Check { file } => check(&file),
        Action::Schema { file } => {
            let schema = match file {
                FileKind::Gateway => reference::gateway_schema(),
                FileKind::Supergraph => reference::supergraph_schema(),
            };
            let mut text = serde_json::to_vec_pretty(&schema)?;
            text.push(b'\n');
            output::write(&text)?;
            Ok(Outcome::Success)
        }
        Action::Reference => {
            output::write(reference::markdown().as_bytes())?;
            Ok(Outcome::Success)
        }
    }
}

fn check(file: &Path) -> CommandResult {
    match problem(file) {
        None => {
            output::tell(format_args!("{} is fine", file.display()));
            Ok(Outcome::Success)
        }
        Some(diagnostic) => {
            let errors = [*diagnostic];
            render::diagnostics(&errors);
            Ok(Outcome::of(&errors))
        }
    }
}

fn problem(file: &Path) -> Option<Box<Diagnostic>> {
    let configuration = match read_configuration(file) {
        Ok(configuration) => configuration,
        Err(diagnostic) => return Some(diagnostic),
    };
    if configuration.composes() {
        return read_supergraph_file(&configuration.supergraph).err();
    }
    None
}
