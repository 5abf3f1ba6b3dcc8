//! `weft diff`: two schemas in, their differences on stdout.

use std::path::PathBuf;

use weft_schema_check::{Change, Criticality, diff};

use super::check::formats::{Format, print};
use super::check::report::{Report, Status};
use super::check::{FailOn, ProfileName, schema_file};
use super::{CommandResult, Outcome};
use crate::{output, render};

/// Options of `weft diff`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The schema before: a file, or `git:REVISION:PATH`; of a supergraph, what clients see is compared
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
    let changes = diff(&old.schema, &new.schema, arguments.profile.into());
    let failing = fails(&changes, arguments.fail_on);
    let mut report = Report::new(arguments.profile, arguments.fail_on);
    let located = changes.into_iter().map(|change| {
        let place = new.place(&change.path).or_else(|| old.place(&change.path));
        (change, place)
    });
    report.add_changes("api", Status::of(failing), located);
    output::write(print(&report, arguments.format).as_bytes())?;
    Ok(if failing {
        Outcome::Refused
    } else {
        Outcome::Success
    })
}

fn fails(changes: &[Change], fail_on: FailOn) -> bool {
    let gravest = changes.iter().map(|change| change.criticality).max();
    gravest.is_some_and(|criticality: Criticality| fail_on.refuses(criticality))
}
