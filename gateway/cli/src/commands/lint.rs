//! `weft lint`: subgraph schemas in, their weak spots on stdout.

use super::{CommandResult, not_available};

/// Options of `weft lint`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("lint")
}
