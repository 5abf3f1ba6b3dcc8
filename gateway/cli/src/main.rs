//! The binary `weft`: reads the command line, hands it to the command's own file, turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser;

mod commands;
mod dev;
mod diagnostic_format;
mod logging;
mod output;
mod render;
mod signals;
mod supergraph_config;

/// Steadier and faster under load than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command_line = commands::CommandLine::parse();
    match commands::run(command_line) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::tell(format_args!("error: {error:#}"));
            commands::Outcome::Failure.into()
        }
    }
}
