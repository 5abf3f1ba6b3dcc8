//! `weft plan`: a supergraph and an operation in, the query plan on stdout.

use super::{CommandResult, not_available};

/// Options of `weft plan`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("plan")
}
