//! `weft compose`: subgraph schemas in, supergraph SDL on stdout, diagnostics on stderr.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use similar::TextDiff;
use weft_composition::contract::Contract;
use weft_composition::fix;
use weft_composition::{SubgraphSource, compose_contract};
use weft_diagnostic::{Diagnostic, Severity};

use super::{CommandResult, Outcome};
use crate::diagnostic_format::DiagnosticFormat;
use crate::{output, supergraph_config};

/// Options of `weft compose`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file that lists the subgraphs
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// How diagnostics are written
    #[arg(long, value_enum, default_value_t)]
    format: DiagnosticFormat,
    /// Write the supergraph to a file instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Which hints are shown: these and graver ones [default: all, with those of level `debug` in one line]
    #[arg(long, value_name = "LEVEL", value_enum)]
    hints: Option<HintLevel>,
    /// Leave out hints: show errors only
    #[arg(long, conflicts_with = "hints")]
    no_hints: bool,
    /// Show only what has this tag (repeatable)
    #[arg(long, value_name = "TAG")]
    include_tag: Vec<String>,
    /// Hide what has this tag (repeatable)
    #[arg(long, value_name = "TAG")]
    exclude_tag: Vec<String>,
    /// Hide types that no visible field leads to
    #[arg(long)]
    hide_unreachable: bool,
    /// Mend in the schema files what can be mended mechanically, after showing the changes
    #[arg(long)]
    fix: bool,
}

/// From which severity on hints are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum HintLevel {
    /// No hints
    None,
    /// What is probably not meant
    Warning,
    /// What is worth knowing too
    Info,
    /// What helps to find a cause too
    Debug,
}

impl HintLevel {
    fn shows(self, severity: Severity) -> bool {
        match self {
            Self::None => false,
            Self::Warning => severity <= Severity::Warning,
            Self::Info => severity <= Severity::Info,
            Self::Debug => true,
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let mut sources = match supergraph_config::read(&arguments.config)? {
        Ok(sources) => sources,
        Err(diagnostics) => {
            arguments.format.write(&diagnostics);
            return Ok(Outcome::of(&diagnostics));
        }
    };
    let contract = Contract {
        include: arguments.include_tag.clone(),
        exclude: arguments.exclude_tag.clone(),
        hide_unreachable: arguments.hide_unreachable,
    };
    let mut outcome = compose_contract(sources.clone(), &contract);
    if arguments.fix && outcome.is_err() {
        sources = mend(&sources, &contract)?;
        outcome = compose_contract(sources, &contract);
    }
    match outcome {
        Ok(composed) => {
            if !arguments.no_hints {
                write_hints(arguments.format, arguments.hints, composed.hints);
            }
            write_supergraph(arguments.output.as_deref(), &composed.sdl)?;
            Ok(Outcome::Success)
        }
        Err(errors) => {
            arguments.format.write(&errors);
            Ok(Outcome::Refused)
        }
    }
}

/// The gravest first. Those of interest only when one looks for a cause are drawn for people who ask for them.
fn write_hints(format: DiagnosticFormat, level: Option<HintLevel>, mut hints: Vec<Diagnostic>) {
    hints.retain(|hint| level.is_none_or(|level| level.shows(hint.severity)));
    hints.sort_by_key(|hint| hint.severity);
    let summed =
        format == DiagnosticFormat::Github || (format == DiagnosticFormat::Text && level.is_none());
    let debug = hints.partition_point(|hint| hint.severity < Severity::Debug);
    let of_level_debug = if summed {
        hints.split_off(debug)
    } else {
        Vec::new()
    };
    format.write(&hints);
    if format == DiagnosticFormat::Text && !of_level_debug.is_empty() {
        output::tell(format_args!("{}", in_one_line(&of_level_debug)));
    }
}

/// How many hints there are of each code.
fn in_one_line(hints: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for hint in hints {
        *counts.entry(hint.code.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(code, count)| format!("{count} [{code}]"))
        .collect();
    format!(
        "hints of level debug: {} (`--hints debug` shows them, `--hints info` leaves them out)",
        counts.join(", ")
    )
}

fn write_supergraph(path: Option<&Path>, sdl: &str) -> anyhow::Result<()> {
    match path {
        Some(path) => {
            std::fs::write(path, sdl).with_context(|| format!("cannot write `{}`", path.display()))
        }
        None => Ok(output::write(sdl.as_bytes())?),
    }
}

/// Shows and writes the mechanical repairs; the sources as they are then.
fn mend(sources: &[SubgraphSource], contract: &Contract) -> anyhow::Result<Vec<SubgraphSource>> {
    let mut mended = fix::mend(sources, contract);
    for (source, better) in sources.iter().zip(&mut mended) {
        let path = Path::new(source.sdl.path());
        let text = better.sdl.text();
        if text == source.sdl.text() {
            continue;
        }
        if !path.is_file() {
            *better = source.clone();
            continue;
        }
        show_changes(source, text);
        std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(mended)
}

fn show_changes(source: &SubgraphSource, text: &str) {
    let diff = TextDiff::from_lines(source.sdl.text(), text);
    let mut unified = diff.unified_diff();
    let path = source.sdl.path();
    output::tell(
        unified
            .context_radius(2)
            .header(path, path)
            .to_string()
            .trim_end(),
    );
}
