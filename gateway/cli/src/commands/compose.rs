//! `weft compose`: subgraph schemas in, supergraph SDL on stdout, diagnostics on stderr.

use std::path::PathBuf;

use weft_diagnostic::Severity;

use super::{CommandResult, Outcome};
use crate::{output, render, supergraph_config};

/// Options of `weft compose`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file that lists the subgraphs
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let sources = match supergraph_config::read(&arguments.config)? {
        Ok(sources) => sources,
        Err(diagnostics) => {
            render::diagnostics(&diagnostics);
            return Ok(Outcome::Refused);
        }
    };
    match weft_composition::compose(sources) {
        Ok(composed) => {
            let mut hints = composed.hints;
            hints.sort_by_key(|hint| hint.severity);
            render::diagnostics(&hints);
            output::write(composed.sdl.as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(errors) => {
            debug_assert!(errors.iter().all(|error| error.severity == Severity::Error));
            render::diagnostics(&errors);
            Ok(Outcome::Refused)
        }
    }
}
