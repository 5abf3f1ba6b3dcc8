//! Where supergraphs come from: files and running services in, a composed [`Supergraph`] out, again when they change.
//!
//! Change is seen by reading again, not by notification: it works for mounted volumes, links that are swapped and
//! services alike. See `docs/decisions/server.md`.

mod fetch;
mod follow;
mod running;

use std::path::Path;

use futures::future::join_all;
use weft_composition::SubgraphSource;
use weft_diagnostic::{Code, Diagnostic, Source};
use weft_supergraph::Supergraph;

use crate::configuration::{
    Configuration, SchemaOrigin, SubgraphEntry, SupergraphFile, read_source, read_supergraph_file,
};
use crate::transport::Transport;

pub use fetch::{SUBGRAPH_UNREACHABLE, fetch_sdl};
pub use follow::{Change, follow};
pub use running::RunningServices;

/// A schema file cannot be read.
pub const SCHEMA_UNREADABLE: Code = Code::new("SCHEMA_UNREADABLE");

/// Whom to ask for the schemas of subgraphs.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Whatever `schema` says.
    AsWritten,
    /// The service itself where `weft dev` runs it, at its `routing_url`; whatever `schema` says otherwise.
    Running(RunningServices),
}

/// The texts that a supergraph is made from. Equal inputs make equal supergraphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Supergraph SDL.
    Supergraph(Source),
    /// Schemas to compose.
    Subgraphs(Vec<SubgraphText>),
}

/// One subgraph's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubgraphText {
    /// Its name.
    pub name: String,
    /// Where it is served.
    pub routing_url: String,
    /// Its schema.
    pub source: Source,
}

/// A supergraph and what is worth knowing about it.
#[derive(Debug)]
pub struct Loaded {
    /// The graph.
    pub supergraph: Supergraph,
    /// Hints of composition.
    pub hints: Vec<Diagnostic>,
}

/// Reads the inputs that a configuration names.
///
/// # Errors
/// Everything that cannot be read.
pub async fn read_inputs(
    configuration: &Configuration,
    origins: &Origins,
    transport: &Transport,
) -> Result<Inputs, Vec<Diagnostic>> {
    let path = &configuration.supergraph;
    if configuration.composes() {
        let file = read_supergraph_file(path).map_err(|error| vec![*error])?;
        let subgraphs = read_subgraphs(&file, origins, transport).await?;
        return Ok(Inputs::Subgraphs(subgraphs));
    }
    let source = read_source(path).map_err(|error| vec![*error])?;
    Ok(Inputs::Supergraph(source))
}

/// Reads the schemas of all subgraphs, those of running services at the same time.
///
/// # Errors
/// Everything that cannot be read.
pub async fn read_subgraphs(
    file: &SupergraphFile,
    origins: &Origins,
    transport: &Transport,
) -> Result<Vec<SubgraphText>, Vec<Diagnostic>> {
    let reading = file.subgraphs.iter().map(async |(name, entry)| {
        Ok(SubgraphText {
            name: name.clone(),
            routing_url: entry.routing_url.clone(),
            source: read_schema(file, name, entry, origins, transport).await?,
        })
    });
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for read in join_all(reading).await {
        match read {
            Ok(text) => texts.push(text),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(texts)
    } else {
        Err(problems)
    }
}

async fn read_schema(
    file: &SupergraphFile,
    name: &str,
    entry: &SubgraphEntry,
    origins: &Origins,
    transport: &Transport,
) -> Result<Source, Diagnostic> {
    if let Origins::Running(services) = origins
        && entry.dev.is_some()
        && let Ok(url) = entry.routing_url.parse()
    {
        return services.read(name, entry, &url, transport).await;
    }
    match &entry.schema {
        SchemaOrigin::File(path) => read_schema_file(name, path).map_err(|error| *error),
        SchemaOrigin::Url(url) => {
            let sdl = fetch_sdl(transport, name, url).await?;
            Ok(Source::new(name, url.as_str(), sdl))
        }
        SchemaOrigin::Text(text) => {
            let shown = file.path.display().to_string();
            Ok(Source::new(name, shown, text.as_str()))
        }
    }
}

/// Makes the supergraph: reads SDL, or composes. Takes long for large graphs: not for the event loop.
///
/// # Errors
/// All diagnostics of what is wrong with the inputs.
pub fn build(inputs: &Inputs) -> Result<Loaded, Vec<Diagnostic>> {
    match inputs {
        Inputs::Supergraph(source) => Ok(Loaded {
            supergraph: Supergraph::parse(source)?,
            hints: Vec::new(),
        }),
        Inputs::Subgraphs(texts) => {
            let subgraphs = texts.iter().map(SubgraphText::to_subgraph_source).collect();
            let composed = weft_composition::compose(subgraphs)?;
            Ok(Loaded {
                supergraph: composed.supergraph,
                hints: composed.hints,
            })
        }
    }
}

impl SubgraphText {
    /// The form that composition takes.
    pub fn to_subgraph_source(&self) -> SubgraphSource {
        SubgraphSource {
            name: self.name.clone(),
            url: self.routing_url.clone(),
            sdl: self.source.clone(),
        }
    }
}

fn read_schema_file(name: &str, path: &Path) -> Result<Source, Box<Diagnostic>> {
    let shown = path.display().to_string();
    std::fs::read_to_string(path)
        .map(|text| Source::new(name, shown.clone(), text))
        .map_err(|error| {
            let unreadable = Diagnostic::error(
                SCHEMA_UNREADABLE,
                format!("cannot read the schema of subgraph `{name}` from `{shown}`: {error}"),
            );
            let help = match error.kind() {
                std::io::ErrorKind::InvalidData => "save the file as UTF-8".to_owned(),
                std::io::ErrorKind::NotFound => missing_file_help(path),
                _ => "check the path and its permissions".to_owned(),
            };
            Box::new(unreadable.with_subgraph(name).with_help(help))
        })
}

/// Where a path begins, and the schema files that are where the missing one was looked for.
fn missing_file_help(path: &Path) -> String {
    let help = "check the path: it is relative to the file that names it";
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).read_dir().ok();
    let mut there: Vec<String> = folder
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".graphql") || name.ends_with(".graphqls"))
        .map(|name| format!("`{name}`"))
        .collect();
    there.sort();
    there.truncate(8);
    match there.is_empty() {
        true => help.to_owned(),
        false => format!("{help}; its folder has {}", there.join(", ")),
    }
}
