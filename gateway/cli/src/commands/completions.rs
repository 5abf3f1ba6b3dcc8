//! `weft completions`: a shell's name in, its completion script on stdout.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CommandLine, CommandResult, Outcome};

/// Options of `weft completions`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut CommandLine::command(),
        "weft",
        &mut script,
    );
    crate::output::write(&script)?;
    Ok(Outcome::Success)
}
