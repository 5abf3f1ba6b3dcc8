//! The graphs before and after: subgraphs of a `supergraph.yaml` and of a git revision, or two schemas.

use std::path::Path;

use anyhow::Context;
use weft_composition::SubgraphSource;
use weft_diagnostic::{Diagnostic, Source};
use weft_server::configuration::{SchemaOrigin, SubgraphEntry, parse_supergraph_file};

use super::Arguments;
use super::revision;
use super::schema_file::{self, SchemaFile};
use crate::{output, supergraph_config};

/// What is compared.
pub(super) enum Inputs {
    /// Two schemas or supergraphs.
    Schemas(Box<SchemaFile>, Box<SchemaFile>),
    /// The subgraphs of two graphs.
    Subgraphs(Vec<SubgraphSource>, Vec<SubgraphSource>),
}

type Read<T> = anyhow::Result<Result<T, Vec<Diagnostic>>>;

/// Reads both sides.
pub(super) fn read(arguments: &Arguments) -> Read<Inputs> {
    if let (Some(old), Some(new)) = (&arguments.old, &arguments.new) {
        let (old, new) = (schema_file::read(old)?, schema_file::read(new)?);
        return Ok(old.and_then(|old| Ok(Inputs::Schemas(Box::new(old), Box::new(new?)))));
    }
    let config = arguments
        .config
        .as_ref()
        .context("give `--config FILE`, or `--old FILE` and `--new FILE`")?;
    let written = match supergraph_config::read(config)? {
        Ok(written) => written,
        Err(problems) => return Ok(Err(problems)),
    };
    let old = match arguments.base.as_deref() {
        None if arguments.subgraph.is_empty() => {
            anyhow::bail!(
                "nothing to compare with: give `--base git:REVISION`, or `--subgraph NAME=FILE`"
            )
        }
        None => Ok(written.clone()),
        Some(base) => read_base(base, config, &written)?,
    };
    let new = replaced(written, &arguments.subgraph)?;
    Ok(old.map(|old| Inputs::Subgraphs(old, new)))
}

/// The graph before: `git:REVISION`, `git:REVISION:PATH`, or a file.
fn read_base(base: &str, config: &Path, now: &[SubgraphSource]) -> Read<Vec<SubgraphSource>> {
    let Some(name) = base.strip_prefix("git:") else {
        anyhow::ensure!(
            Path::new(base).exists(),
            "there is no file `{base}`; for a git revision write `--base git:{base}`"
        );
        return supergraph_config::read(Path::new(base));
    };
    let (revision, config) = match name.split_once(':') {
        Some((revision, path)) => (revision, Path::new(path)),
        None => (name, config),
    };
    anyhow::ensure!(
        !revision.is_empty(),
        "`--base {base}` names no revision: write it as `git:origin/main`"
    );
    at_revision(revision, config, now)
}

/// The subgraphs with some of their texts from other files.
fn replaced(
    mut subgraphs: Vec<SubgraphSource>,
    replacements: &[String],
) -> anyhow::Result<Vec<SubgraphSource>> {
    for replacement in replacements {
        let (name, path) = replacement
            .split_once('=')
            .with_context(|| format!("`--subgraph {replacement}`: write `NAME=FILE`"))?;
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{path}`"))?;
        let sdl = Source::new(name, path, text);
        match subgraphs.iter_mut().find(|one| one.name == name) {
            Some(subgraph) => subgraph.sdl = sdl,
            None => {
                output::tell(format_args!(
                    "warning: there is no subgraph `{name}` yet: it is taken for a new one"
                ));
                subgraphs.push(SubgraphSource {
                    name: name.to_owned(),
                    url: String::new(),
                    sdl,
                });
            }
        }
    }
    Ok(subgraphs)
}

/// The graph that the configuration described in a git revision.
fn at_revision(revision: &str, config: &Path, now: &[SubgraphSource]) -> Read<Vec<SubgraphSource>> {
    let shown = config.display().to_string();
    let text = revision::show(revision, &shown)?;
    let file = match parse_supergraph_file(config, &Source::new("supergraph.yaml", shown, text)) {
        Ok(file) => file,
        Err(problem) => return Ok(Err(vec![*problem])),
    };
    let subgraphs = file.subgraphs.iter().map(|(name, entry)| {
        Ok(SubgraphSource {
            name: name.clone(),
            url: entry.routing_url.clone(),
            sdl: source_at(revision, name, entry, now)?,
        })
    });
    let subgraphs: anyhow::Result<Vec<SubgraphSource>> = subgraphs.collect();
    Ok(Ok(subgraphs?))
}

fn source_at(
    revision: &str,
    name: &str,
    entry: &SubgraphEntry,
    now: &[SubgraphSource],
) -> anyhow::Result<Source> {
    match &entry.schema {
        SchemaOrigin::File(path) => {
            let path = path.display().to_string();
            let text = revision::show(revision, &path)?;
            Ok(Source::new(name, path, text))
        }
        SchemaOrigin::Text(text) => Ok(Source::new(name, "", text.as_str())),
        // A running service has no past: it is taken as it is now.
        SchemaOrigin::Url(url) => now
            .iter()
            .find(|one| one.name == name)
            .map(|one| one.sdl.clone())
            .with_context(|| {
                format!("the schema of `{name}` in `{revision}` is at `{url}`, which has no past")
            }),
    }
}
