//! `weft explain`: a diagnostic code in, its explanation on stdout.

use super::{CommandResult, not_available};

/// Options of `weft explain`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("explain")
}
