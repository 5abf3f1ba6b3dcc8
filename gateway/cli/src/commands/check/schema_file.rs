//! A schema in a file or in a git revision: which kind it is, what clients see of it, and the places of its elements.

use std::path::Path;

use anyhow::Context;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::validation::{DiagnosticList, Valid};
use weft_diagnostic::{Code, Diagnostic, Label, Source, Span};
use weft_schema_check::places::{Places, around};
use weft_schema_check::{Change, Profile, diff};
use weft_supergraph::Supergraph;

use super::revision;
use super::subgraph_schema::{self, Problem};

const INVALID_GRAPHQL: Code = Code::new("INVALID_GRAPHQL");

/// A schema that was read.
pub(crate) struct SchemaFile {
    /// What clients see; of a subgraph, what its service serves.
    pub(crate) schema: Valid<Schema>,
    kind: Kind,
    places: Places,
}

/// What a text is taken for.
enum Kind {
    Plain,
    Supergraph(Box<Supergraph>),
    /// With the names that federation puts into it.
    Subgraph(Vec<String>),
}

impl SchemaFile {
    /// Where an element stands in the text.
    pub(crate) fn place(&self, coordinate: &str) -> Option<Span> {
        self.places.exact(coordinate)
    }

    /// Where an element stands, or what is around it.
    pub(crate) fn nearest_place(&self, coordinate: &str) -> Option<Span> {
        self.places.nearest(coordinate)
    }

    /// The graph, where the text is a supergraph.
    pub(crate) fn supergraph(&self) -> Option<&Supergraph> {
        match &self.kind {
            Kind::Supergraph(supergraph) => Some(supergraph),
            Kind::Plain | Kind::Subgraph(_) => None,
        }
    }

    /// What the text is taken for, with its article.
    pub(crate) fn described(&self) -> &'static str {
        match self.kind {
            Kind::Plain => "a schema",
            Kind::Supergraph(_) => "a supergraph, of which what clients see is compared",
            Kind::Subgraph(_) => "a subgraph's schema",
        }
    }

    /// Whether a change is of what federation defines in a subgraph, and not of the schema itself.
    pub(crate) fn is_machinery(&self, path: &str) -> bool {
        match &self.kind {
            Kind::Subgraph(names) => subgraph_schema::is_machinery(names, path),
            Kind::Plain | Kind::Supergraph(_) => false,
        }
    }
}

/// The differences between two schemas, each with its place: where it is now, else where it was.
pub(crate) fn compare(
    old: &SchemaFile,
    new: &SchemaFile,
    profile: Profile,
) -> Vec<(Change, Option<Span>)> {
    let place = |path: &str| {
        let exact = new
            .place(path)
            .or_else(|| around(path).and_then(|path| new.nearest_place(path)));
        exact.or_else(|| old.place(path))
    };
    diff(&old.schema, &new.schema, profile)
        .into_iter()
        .filter(|change| !old.is_machinery(&change.path) && !new.is_machinery(&change.path))
        .map(|change| {
            let place = place(&change.path);
            (change, place)
        })
        .collect()
}

/// Reads `FILE` or `git:REVISION:PATH`.
pub(crate) fn read(path: &Path) -> anyhow::Result<Result<SchemaFile, Vec<Diagnostic>>> {
    let shown = path.display().to_string();
    let text = match shown.strip_prefix("git:") {
        Some(name) => {
            let (name, path) = name
                .split_once(':')
                .with_context(|| format!("`{shown}`: write `git:REVISION:PATH`"))?;
            revision::show(name, path)?
        }
        None => std::fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?,
    };
    Ok(parse(&Source::new(shown.clone(), shown, text)))
}

fn parse(source: &Source) -> Result<SchemaFile, Vec<Diagnostic>> {
    let places = Places::of(source);
    let document = Document::parse(source.text(), source.path())
        .map_err(|invalid| diagnostics(source, &invalid.errors))?;
    let is_graph = |one: &Definition| matches!(one, Definition::EnumTypeDefinition(node) if node.name == "join__Graph");
    if document.definitions.iter().any(is_graph) {
        let supergraph = Supergraph::parse(source)?;
        return Ok(SchemaFile {
            schema: supergraph.api_schema().clone(),
            kind: Kind::Supergraph(Box::new(supergraph)),
            places,
        });
    }
    if subgraph_schema::is_subgraph(&document, source) {
        let subgraph =
            subgraph_schema::build(document, source).map_err(|problem| match problem {
                Problem::Links(problems) => problems,
                Problem::Graphql(errors) => diagnostics(source, &errors),
            })?;
        return Ok(SchemaFile {
            schema: subgraph.schema,
            kind: Kind::Subgraph(subgraph.machinery),
            places,
        });
    }
    let mut text = source.text().to_owned();
    if text.contains("@oneOf") && !text.contains("directive @oneOf") {
        text.push_str("\ndirective @oneOf on INPUT_OBJECT\n");
    }
    let schema = Schema::parse_and_validate(text, source.path())
        .map_err(|invalid| diagnostics(source, &invalid.errors))?;
    Ok(SchemaFile {
        schema,
        kind: Kind::Plain,
        places,
    })
}

/// Why a text is no GraphQL.
pub(crate) fn syntax_errors(source: &Source) -> Vec<Diagnostic> {
    match Document::parse(source.text(), source.path()) {
        Ok(_) => Vec::new(),
        Err(invalid) => diagnostics(source, &invalid.errors),
    }
}

/// What is wrong with a text, as ours.
fn diagnostics(source: &Source, errors: &DiagnosticList) -> Vec<Diagnostic> {
    let one = |error: apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        let error: &apollo_compiler::validation::DiagnosticData = error.error;
        let diagnostic = Diagnostic::error(INVALID_GRAPHQL, error.to_string());
        match apollo_compiler::diagnostic::ToCliReport::location(error) {
            Some(at) => {
                let span = source.span(at.offset()..at.end_offset());
                diagnostic.with_label(Label::new(span, "here"))
            }
            None => diagnostic,
        }
    };
    errors.iter().map(one).collect()
}
