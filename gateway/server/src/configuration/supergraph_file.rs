//! `supergraph.yaml`: which subgraphs there are, where each is served, where its schema comes from and how
//! `weft dev` runs it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use url::Url;
use weft_diagnostic::{Diagnostic, Source};

use super::document;

/// A checked `supergraph.yaml`; paths are absolute or relative to the current folder.
#[derive(Clone, Debug, PartialEq)]
pub struct SupergraphFile {
    /// The file itself.
    pub path: PathBuf,
    /// The subgraphs in the order of the file.
    pub subgraphs: IndexMap<String, SubgraphEntry>,
    /// What `weft dev` prints when it is ready.
    pub welcome: Welcome,
}

/// What `weft dev` prints when it is ready
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Welcome {
    /// Whatever helps at the start, such as demo users
    pub notes: Option<String>,
    /// A file with a first query to paste, relative to this file
    pub query: Option<PathBuf>,
}

/// One subgraph of a `supergraph.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct SubgraphEntry {
    /// Where operations are sent.
    pub routing_url: String,
    /// Where the schema comes from.
    pub schema: SchemaOrigin,
    /// How `weft dev` runs it.
    pub dev: Option<DevProcess>,
}

/// Where a subgraph's schema comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaOrigin {
    /// A file.
    File(PathBuf),
    /// A running service that answers `{ _service { sdl } }`.
    Url(Url),
    /// The text itself.
    Text(String),
}

/// A process that `weft dev` starts.
#[derive(Clone, Debug, PartialEq)]
pub struct DevProcess {
    /// Run once before, such as `cargo build -p users`; rerun when `watch` changes.
    pub build: Option<String>,
    /// The service itself.
    pub command: String,
    /// The folder in which both run.
    pub cwd: PathBuf,
    /// Variables added to the environment.
    pub env: IndexMap<String, String>,
    /// An address that answers 2xx once the service is ready; without it, the GraphQL endpoint is asked.
    pub health: Option<Url>,
    /// Files or folders whose change means a rebuild and a restart.
    pub watch: Vec<PathBuf>,
}

/// Reads and checks a `supergraph.yaml`.
///
/// # Errors
/// One diagnostic that says what is wrong with the file, or that it cannot be read.
pub fn read_supergraph_file(path: &Path) -> Result<SupergraphFile, Box<Diagnostic>> {
    let source = super::read_source(path)?;
    parse_supergraph_file(path, &source)
}

/// Checks the text of a `supergraph.yaml` that was read from `path`.
///
/// # Errors
/// One diagnostic for the first thing that is wrong.
pub fn parse_supergraph_file(
    path: &Path,
    source: &Source,
) -> Result<SupergraphFile, Box<Diagnostic>> {
    let text: FileText = document::read(source)?;
    if text.subgraphs.is_empty() {
        return Err(Box::new(
            document::invalid("`subgraphs` is empty", None)
                .with_help("add at least one subgraph with a `schema`"),
        ));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let subgraphs = text
        .subgraphs
        .into_iter()
        .map(|(name, entry)| {
            let checked = entry.check(&name, folder, source)?;
            Ok((name, checked))
        })
        .collect::<Result<_, Box<Diagnostic>>>()?;
    let welcome = Welcome {
        query: text.welcome.query.map(|query| folder.join(query)),
        notes: text.welcome.notes,
    };
    Ok(SupergraphFile {
        path: path.to_owned(),
        subgraphs,
        welcome,
    })
}

/// The file as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "supergraph.yaml")]
pub(crate) struct FileText {
    /// Accepted because other tools write it; every subgraph says its own version with `@link`
    #[serde(default)]
    #[allow(dead_code, reason = "accepted, not used")]
    federation_version: Option<serde_json::Value>,
    /// The subgraphs by name
    subgraphs: IndexMap<String, EntryText>,
    /// What `weft dev` prints when it is ready
    #[serde(default)]
    welcome: Welcome,
}

/// One subgraph
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EntryText {
    /// Where operations are sent; `schema.subgraph_url` when absent
    #[serde(default)]
    routing_url: Option<String>,
    /// Where the schema comes from: exactly one of `file`, `subgraph_url` and `sdl`
    #[schemars(with = "SchemaText")]
    schema: Spanned<SchemaText>,
    /// How `weft dev` runs the service, whose schema it then asks the service itself for; without it the service is expected to run already
    #[serde(default)]
    dev: Option<DevText>,
}

/// Where a schema comes from
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SchemaText {
    /// A file, relative to this one
    #[serde(default)]
    file: Option<PathBuf>,
    /// A running service that answers `{ _service { sdl } }`
    #[serde(default)]
    subgraph_url: Option<Url>,
    /// The schema itself
    #[serde(default)]
    sdl: Option<String>,
}

/// A process that `weft dev` starts
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DevText {
    /// A command that runs first and must succeed, such as `cargo build -p users`
    #[serde(default)]
    build: Option<String>,
    /// The command that is the service
    command: String,
    /// The folder in which it runs, relative to this file; this file's folder when absent
    #[serde(default)]
    cwd: Option<PathBuf>,
    /// Variables added to its environment
    #[serde(default)]
    env: IndexMap<String, String>,
    /// An address that answers 2xx once it is ready; the GraphQL endpoint is asked when absent
    #[serde(default)]
    health: Option<Url>,
    /// Files or folders (relative to `cwd`) whose change means a new build and a restart
    #[serde(default)]
    watch: Vec<PathBuf>,
}

impl EntryText {
    fn check(
        self,
        name: &str,
        folder: &Path,
        source: &Source,
    ) -> Result<SubgraphEntry, Box<Diagnostic>> {
        let span = span_of(&self.schema, source);
        let schema = self.schema.value.check(name, folder, span)?;
        let routing_url = match (self.routing_url, &schema) {
            (Some(url), _) => url,
            (None, SchemaOrigin::Url(url)) => url.to_string(),
            (None, _) => String::new(),
        };
        Ok(SubgraphEntry {
            routing_url,
            schema,
            dev: self.dev.map(|dev| dev.resolve(folder)),
        })
    }
}

impl SchemaText {
    fn check(
        self,
        name: &str,
        folder: &Path,
        span: weft_diagnostic::Span,
    ) -> Result<SchemaOrigin, Box<Diagnostic>> {
        match (self.file, self.subgraph_url, self.sdl) {
            (Some(file), None, None) => Ok(SchemaOrigin::File(folder.join(file))),
            (None, Some(url), None) => Ok(SchemaOrigin::Url(url)),
            (None, None, Some(text)) => Ok(SchemaOrigin::Text(text)),
            _ => Err(Box::new(
                document::invalid(
                    format!("the `schema` of subgraph `{name}` needs exactly one origin"),
                    Some(span),
                )
                .with_help("give one of `file`, `subgraph_url` and `sdl`"),
            )),
        }
    }
}

impl DevText {
    fn resolve(self, folder: &Path) -> DevProcess {
        let cwd = match self.cwd {
            Some(cwd) => folder.join(cwd),
            None => folder.to_owned(),
        };
        DevProcess {
            watch: self.watch.iter().map(|path| cwd.join(path)).collect(),
            build: self.build,
            command: self.command,
            cwd,
            env: self.env,
            health: self.health,
        }
    }
}

fn span_of<T>(spanned: &Spanned<T>, source: &Source) -> weft_diagnostic::Span {
    let span = spanned.defined.span();
    let start = span.byte_offset().unwrap_or(0) as usize;
    let length = span.byte_len().unwrap_or(0) as usize;
    source.span(start..start + length.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn parse(text: &str) -> Result<SupergraphFile, Box<Diagnostic>> {
        let source = Source::new("supergraph.yaml", "shop/supergraph.yaml", text);
        parse_supergraph_file(Path::new("shop/supergraph.yaml"), &source)
    }

    #[test]
    fn files_are_relative_to_the_file_that_names_them() {
        let file = parse(
            "federation_version: =2.9.1\nsubgraphs:\n  users:\n    routing_url: http://localhost:4001/graphql\n    schema: {file: ./users.graphql}\n    dev: {command: ./users, cwd: ..}\n",
        )
        .unwrap();
        let users = &file.subgraphs["users"];
        assert_eq!(
            users.schema,
            SchemaOrigin::File("shop/./users.graphql".into())
        );
        assert_eq!(users.dev.as_ref().unwrap().cwd, Path::new("shop/.."));
    }

    #[test]
    fn the_routing_url_is_where_the_schema_is_asked_for_when_not_given() {
        let file =
            parse("federation_version: 2\nsubgraphs: {a: {schema: {subgraph_url: 'http://localhost:9/graphql'}}}")
                .unwrap();
        assert_eq!(
            file.subgraphs["a"].routing_url,
            "http://localhost:9/graphql"
        );
    }

    #[test]
    fn two_origins_of_one_schema_are_refused_at_their_line() {
        let diagnostic =
            parse("subgraphs:\n  a:\n    schema:\n      file: a\n      sdl: b\n").unwrap_err();
        assert_eq!(
            diagnostic.message,
            "the `schema` of subgraph `a` needs exactly one origin"
        );
        assert_eq!(diagnostic.labels[0].span.start().line, 4);
    }

    #[test]
    fn a_misspelt_key_is_refused_with_the_one_that_was_meant() {
        let diagnostic =
            parse("subgraphs:\n  a:\n    routing_ulr: x\n    schema: {file: a}\n").unwrap_err();
        assert_eq!(
            diagnostic.help.as_deref(),
            Some("did you mean `routing_url`?")
        );
        assert_eq!(diagnostic.labels[0].span.start().line, 3);
    }
}
