//! `weft api-schema`: a supergraph (or the subgraphs of one) in, the schema that clients see on stdout.

use std::path::{Path, PathBuf};

use anyhow::Context;
use weft_composition::compose;
use weft_diagnostic::{Diagnostic, Source};
use weft_supergraph::Supergraph;

use super::{CommandResult, Outcome};
use crate::{output, render, supergraph_config};

/// Options of `weft api-schema`.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// A supergraph's SDL
    #[arg(long, value_name = "FILE")]
    supergraph: Option<PathBuf>,
    /// The file that lists the subgraphs, which are composed first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let supergraph = match (arguments.supergraph, arguments.config) {
        (Some(path), _) => read(&path)?,
        (None, Some(config)) => composed(&config)?,
        (None, None) => anyhow::bail!("give `--supergraph` or `--config`"),
    };
    match supergraph {
        Ok(supergraph) => {
            output::write(supergraph.to_api_sdl().as_bytes())?;
            Ok(Outcome::Success)
        }
        Err(errors) => {
            render::diagnostics(&errors);
            Ok(Outcome::of(&errors))
        }
    }
}

type Read = Result<Supergraph, Vec<Diagnostic>>;

fn read(path: &Path) -> anyhow::Result<Read> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let name = path.display().to_string();
    Ok(Supergraph::parse(&Source::new("supergraph", name, text)))
}

fn composed(config: &Path) -> anyhow::Result<Read> {
    Ok(supergraph_config::read(config)?
        .and_then(compose)
        .map(|composed| composed.supergraph))
}
