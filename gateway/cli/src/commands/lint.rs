//! `weft lint`: subgraph schemas in, their weak spots on stdout.

use std::path::PathBuf;

use anyhow::Context;
use weft_diagnostic::{Diagnostic, Source};
use weft_schema_check::lint::{RULES, lint};
use weft_schema_check::places::Places;

use super::check::revision;
use super::check::schema_file;
use super::check::settings::Settings;
use super::{CommandResult, Outcome};
use crate::diagnostic_format::DiagnosticFormat;
use crate::{output, render, supergraph_config};

/// Options of `weft lint`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Schema files
    files: Vec<PathBuf>,
    /// The file that lists the subgraphs, all of which are linted
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Rules that are off (`off: [CODE, …]`)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Only what is not written as in this git revision
    #[arg(long, value_name = "REVISION")]
    only_changed: Option<String>,
    /// How warnings are written
    #[arg(long, value_enum, default_value_t)]
    format: DiagnosticFormat,
    /// Print the rules and what they are for
    #[arg(long)]
    rules: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if arguments.rules {
        let line = |rule: &weft_schema_check::lint::Rule| {
            format!("{}\n    {}\n", rule.code, rule.documentation)
        };
        let text: String = RULES.iter().map(line).collect();
        output::write(text.as_bytes())?;
        return Ok(Outcome::Success);
    }
    let settings = Settings::read(arguments.settings.as_deref())?;
    let sources = match sources(&arguments)? {
        Ok(sources) => sources,
        Err(problems) => {
            render::diagnostics(&problems);
            return Ok(Outcome::of(&problems));
        }
    };
    let mut warnings = Vec::new();
    for source in &sources {
        warnings.extend(schema_file::syntax_errors(source));
        let found = lint(source, &settings.off);
        warnings.extend(match &arguments.only_changed {
            Some(name) => changed(found, source, name.trim_start_matches("git:"))?,
            None => found,
        });
    }
    output::write(arguments.format.to_text(&warnings).as_bytes())?;
    Ok(if warnings.is_empty() {
        Outcome::Success
    } else {
        Outcome::Refused
    })
}

fn sources(arguments: &Arguments) -> anyhow::Result<Result<Vec<Source>, Vec<Diagnostic>>> {
    let mut sources = Vec::new();
    if let Some(config) = &arguments.config {
        match supergraph_config::read(config)? {
            Ok(subgraphs) => sources.extend(subgraphs.into_iter().map(|one| one.sdl)),
            Err(problems) => return Ok(Err(problems)),
        }
    }
    for path in &arguments.files {
        let shown = path.display().to_string();
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
        sources.push(Source::new(shown.clone(), shown, text));
    }
    anyhow::ensure!(
        !sources.is_empty(),
        "nothing to lint: give files, or `--config FILE`"
    );
    Ok(Ok(sources))
}

/// The warnings about elements that are not written as in the revision; a file that was not there is all new.
fn changed(
    warnings: Vec<Diagnostic>,
    source: &Source,
    name: &str,
) -> anyhow::Result<Vec<Diagnostic>> {
    let Some(text) = revision::show_if_there(name, source.path())? else {
        return Ok(warnings);
    };
    let before = Places::of(&Source::new(source.name(), source.path(), text));
    let after = Places::of(source);
    let is_new = |warning: &Diagnostic| {
        let path = warning.coordinate.as_deref().unwrap_or_default();
        after.heading(path) != before.heading(path)
    };
    Ok(warnings.into_iter().filter(is_new).collect())
}
