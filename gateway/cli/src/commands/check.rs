//! `weft check`: a proposed subgraph schema in, what it breaks on stdout.
//!
//! `inputs` reads both graphs; `verdict` judges them part by part; `settings` says what is off or accepted; `formats`
//! writes the report.

use std::path::PathBuf;

use anyhow::Context;
use weft_schema_check::usage::{UsageFile, UsageIndex};
use weft_schema_check::{Criticality, Profile};

use super::{CommandResult, Outcome};
use crate::{output, render};
use formats::{Format, FormatTarget};
use inputs::Inputs;
use report::{Report, Status};
use settings::Settings;

mod attribution;
mod date;
mod documents;
pub(super) mod formats;
mod inputs;
mod operations;
pub(super) mod report;
pub(super) mod revision;
pub(super) mod schema_file;
mod separate;
pub(super) mod settings;
mod subgraph_schema;
mod verdict;

/// From which criticality on a change is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    /// Breaking changes only
    #[default]
    Breaking,
    /// Dangerous and breaking changes
    Dangerous,
    /// Every change
    Any,
}

impl FailOn {
    /// Whether a change of that criticality is refused.
    pub(crate) fn refuses(self, criticality: Criticality) -> bool {
        match self {
            Self::Breaking => criticality == Criticality::Breaking,
            Self::Dangerous => criticality >= Criticality::Dangerous,
            Self::Any => true,
        }
    }
}

/// By what measure changes are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProfileName {
    /// Breaking is what makes a valid operation invalid, or gives its answer another shape
    #[default]
    Spec,
    /// The levels of GraphQL Inspector
    Inspector,
}

impl ProfileName {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Inspector => "inspector",
        }
    }
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Spec => Self::Spec,
            ProfileName::Inspector => Self::Inspector,
        }
    }
}

/// Options of `weft check`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file that lists the subgraphs, as proposed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["old", "new"])]
    config: Option<PathBuf>,
    /// What the graph was before: `git:REVISION`, or another file that lists subgraphs
    #[arg(long, value_name = "BASE", requires = "config")]
    base: Option<String>,
    /// Take the schema of one subgraph from another file (repeatable)
    #[arg(long, value_name = "NAME=FILE", requires = "config")]
    subgraph: Vec<String>,
    /// The schema or supergraph before: a file, or `git:REVISION:PATH`
    #[arg(long, value_name = "FILE", requires = "new")]
    old: Option<PathBuf>,
    /// The schema or supergraph after
    #[arg(long, value_name = "FILE", requires = "old")]
    new: Option<PathBuf>,
    /// Documents that clients send: GraphQL files, and manifests of persisted documents (`.json`) (repeatable)
    #[arg(long, value_name = "GLOB")]
    operations: Vec<String>,
    /// A usage export of the gateway: what no client used may break
    #[arg(long, value_name = "FILE")]
    usage: Option<PathBuf>,
    /// Rules that are off, accepted changes and contracts
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// By what measure changes are judged
    #[arg(long, value_enum, default_value_t)]
    profile: ProfileName,
    /// How the verdict is written: `FORMAT`, or `FORMAT=FILE` (repeatable)
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<FormatTarget>,
    /// From which criticality on the exit code is 1
    #[arg(long, value_enum, default_value_t)]
    fail_on: FailOn,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let settings = Settings::read(arguments.settings.as_deref())?;
    let usage = usage(&arguments)?;
    let documents = documents::read(&arguments.operations)?;
    let mut report = Report::new(arguments.profile, arguments.fail_on);
    match inputs::read(&arguments)? {
        Ok(Inputs::Schemas(old, new)) => verdict::of_schemas(&mut report, &old, &new, &documents),
        Ok(Inputs::Subgraphs(old, new)) => {
            verdict::of_subgraphs(&mut report, old, new, &documents, &settings.contracts());
        }
        Err(problems) => {
            render::diagnostics(&problems);
            return Ok(Outcome::of(&problems));
        }
    }
    if let Some(config) = &arguments.config {
        report.place_in(&config.display().to_string());
    }
    if let Some(usage) = &usage {
        settings::accept_unused(&mut report, usage);
    }
    for warning in settings.apply(&mut report, &date::today()) {
        output::tell(format_args!("warning: {warning}"));
    }
    report.settle();
    write(&report, &arguments.format)?;
    Ok(match report.status() {
        Status::Fail => Outcome::Refused,
        Status::Pass | Status::Skip => Outcome::Success,
    })
}

fn usage(arguments: &Arguments) -> anyhow::Result<Option<UsageIndex>> {
    let Some(path) = &arguments.usage else {
        return Ok(None);
    };
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
    let file: UsageFile =
        serde_json::from_str(&text).with_context(|| format!("`{shown}` is no usage export"))?;
    anyhow::ensure!(
        file.version == 1,
        "`{shown}` has version {}, not 1",
        file.version
    );
    Ok(Some(UsageIndex::of(&file)))
}

fn write(report: &Report, targets: &[FormatTarget]) -> anyhow::Result<()> {
    if targets.is_empty() {
        return Ok(output::write(
            formats::print(report, Format::Text).as_bytes(),
        )?);
    }
    for target in targets {
        let text = formats::print(report, target.format);
        match &target.file {
            None => output::write(text.as_bytes())?,
            Some(path) => std::fs::write(path, text)
                .with_context(|| format!("cannot write `{}`", path.display()))?,
        }
    }
    Ok(())
}
