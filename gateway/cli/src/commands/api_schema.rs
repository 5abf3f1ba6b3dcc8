//! `weft api-schema`: a supergraph in, the schema that clients see on stdout.

use super::{CommandResult, not_available};

/// Options of `weft api-schema`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_arguments: Arguments) -> CommandResult {
    not_available("api-schema")
}
