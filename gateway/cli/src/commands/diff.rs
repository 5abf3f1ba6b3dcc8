//! `weft diff`: two schemas in, their differences on stdout.

use std::path::PathBuf;

use super::check::formats::{Format, print};
use super::check::report::{Report, Status};
use super::check::{FailOn, ProfileName, schema_file};
use super::{CommandResult, Outcome};
use crate::{output, render};

/// Options of `weft diff`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The schema before: a plain schema, a supergraph (what clients see of it) or a subgraph's schema; a file, or
    /// `git:REVISION:PATH`
    old: PathBuf,
    /// The schema after
    new: PathBuf,
    /// By what measure changes are judged
    #[arg(long, value_enum, default_value_t)]
    profile: ProfileName,
    /// How the differences are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// From which criticality on the exit code is 1
    #[arg(long, value_enum, default_value_t)]
    fail_on: FailOn,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let (old, new) = (
        schema_file::read(&arguments.old)?,
        schema_file::read(&arguments.new)?,
    );
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            let problems = [old.err(), new.err()].into_iter().flatten().flatten();
            render::diagnostics(&problems.collect::<Vec<_>>());
            return Ok(Outcome::Refused);
        }
    };
    for (path, schema) in [(&arguments.old, &old), (&arguments.new, &new)] {
        output::tell(format_args!(
            "`{}` is taken for {}",
            path.display(),
            schema.described()
        ));
    }
    let mut report = Report::new(arguments.profile, arguments.fail_on);
    let located = schema_file::compare(&old, &new, arguments.profile.into());
    report.add_changes("api", Status::Pass, located);
    report.settle();
    output::write(print(&report, arguments.format).as_bytes())?;
    Ok(match report.status() {
        Status::Fail => Outcome::Refused,
        Status::Pass | Status::Skip => Outcome::Success,
    })
}
