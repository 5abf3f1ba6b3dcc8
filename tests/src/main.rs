//! The test command: makes sure that what the tests need is on the machine, then runs all of them.
//!
//! In: nothing but a Rust toolchain and (for installing) the right to run `apt-get`. Out: the output of `cargo test` and
//! its verdict as the exit code. The tests need PostgreSQL, Node.js and Chromium; each that is missing is installed from
//! Debian's packages, or named with the command that installs it.
#![allow(clippy::print_stdout, reason = "this is a command line program")]

use std::process::{Command, ExitCode};
use weft_tests::harness::tools;

fn main() -> ExitCode {
    for tool in tools::NEEDED {
        if let Err(message) = tool.ensure() {
            println!("error: {message}");
            return ExitCode::from(2);
        }
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let status = Command::new(env!("CARGO"))
        .args(["test", "--workspace"])
        .args(&arguments)
        .current_dir(weft_tests::harness::root())
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: cannot run `cargo test`: {error}");
            ExitCode::from(2)
        }
    }
}
