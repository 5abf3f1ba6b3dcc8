//! Supergraph SDL to [`Supergraph`]: the `join` specification from v0.1 (Federation 1) to v0.5.

mod complete;
mod context;
mod features;
mod fields;
mod graphs;
mod roots;
mod types;

use apollo_compiler::Schema;
use apollo_compiler::ast::Document;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;
use weft_diagnostic::{Code, Diagnostic, Label, Source};

use crate::Supergraph;
use crate::api_schema::api_schema;
use fields::FieldReader;

pub(crate) use features::Features;

/// The text is no GraphQL schema.
pub const INVALID_GRAPHQL: Code = Code::new("INVALID_GRAPHQL");
/// The schema is no supergraph, or contradicts itself.
pub const INVALID_SUPERGRAPH: Code = Code::new("INVALID_SUPERGRAPH");
/// The supergraph needs a feature, or a version of one, that is not known.
pub const UNSUPPORTED_LINKED_FEATURE: Code = Code::new("UNSUPPORTED_LINKED_FEATURE");

impl Supergraph {
    /// Reads supergraph SDL.
    ///
    /// # Errors
    /// Everything that keeps the text from being a supergraph, with places in it.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        match Schema::parse(source.text(), source.path()) {
            Ok(schema) => Self::from_schema(schema),
            Err(with_errors) => Err(graphql_diagnostics(
                &with_errors.partial,
                &with_errors.errors,
            )),
        }
    }

    /// Reads a document with `join` directives, as composition makes it.
    ///
    /// # Errors
    /// Everything that keeps the document from being a supergraph.
    pub fn from_document(document: &Document) -> Result<Self, Vec<Diagnostic>> {
        match document.to_schema() {
            Ok(schema) => Self::from_schema(schema),
            Err(with_errors) => Err(graphql_diagnostics(
                &with_errors.partial,
                &with_errors.errors,
            )),
        }
    }

    /// Reads a schema with `join` directives.
    ///
    /// # Errors
    /// Everything that keeps the schema from being a supergraph, with places where the schema was parsed
    /// from a text.
    pub fn from_schema(mut schema: Schema) -> Result<Self, Vec<Diagnostic>> {
        roots::add_unstated(&mut schema);
        let mut diagnostics = Vec::new();
        let features = Features::read(&schema, &mut diagnostics);
        let schema = match schema.validate() {
            Ok(schema) => schema,
            Err(with_errors) => {
                let invalid = graphql_diagnostics(&with_errors.partial, &with_errors.errors);
                return Err([diagnostics, invalid].concat());
            }
        };
        fail_with(&mut diagnostics)?;

        let mut subgraphs = graphs::read(&schema, &features, &mut diagnostics);
        let mut reader = FieldReader::new(&schema, &features, &mut diagnostics);
        types::read(&mut reader, &mut subgraphs);
        complete::complete(&mut reader, &mut subgraphs);
        fail_with(&mut diagnostics)?;

        let api_schema = api_schema(&schema, &features)?;
        Ok(Self::new(schema, api_schema, subgraphs))
    }
}

fn fail_with(diagnostics: &mut Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(std::mem::take(diagnostics))
}

/// What apollo-compiler found, as ours.
pub(crate) fn graphql_diagnostics(schema: &Schema, errors: &DiagnosticList) -> Vec<Diagnostic> {
    let one = |error: &apollo_compiler::diagnostic::Diagnostic<'_, _>| -> Diagnostic {
        let error: &apollo_compiler::validation::DiagnosticData = error.error;
        let label = span_of(schema, error.location(), "here");
        let diagnostic = Diagnostic::error(INVALID_GRAPHQL, error.to_string());
        label.into_iter().fold(diagnostic, Diagnostic::with_label)
    };
    errors.iter().map(|error| one(&error)).collect()
}

/// A label for a place in one of the texts that the schema was parsed from.
fn span_of(schema: &Schema, location: Option<SourceSpan>, message: &str) -> Option<Label> {
    let location = location?;
    let file = schema.sources.get(&location.file_id())?;
    let source = Source::new(
        "supergraph",
        file.path().to_string_lossy(),
        file.source_text(),
    );
    let span = source.span(location.offset()..location.end_offset());
    Some(Label::new(span, message))
}

#[cfg(test)]
mod tests;
