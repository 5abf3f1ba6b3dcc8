//! `weft check`: a proposed subgraph schema in, what it breaks on stdout.

use super::{CommandResult, not_available};

/// Options of `weft check`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("check")
}
