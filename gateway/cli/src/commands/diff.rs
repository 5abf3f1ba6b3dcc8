//! `weft diff`: two schemas in, their differences on stdout.

use super::{CommandResult, not_available};

/// Options of `weft diff`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("diff")
}
