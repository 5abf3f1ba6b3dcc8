//! `weft compose`: subgraph schemas in, supergraph SDL on stdout, diagnostics on stderr.

use super::{CommandResult, not_available};

/// Options of `weft compose`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("compose")
}
