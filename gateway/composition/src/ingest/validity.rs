//! Is the text valid GraphQL, once federation's own definitions are added? Out: `INVALID_GRAPHQL` with places.

use std::ops::Range;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::SchemaBuilder;
use apollo_compiler::validation::{DiagnosticData, DiagnosticList};
use rustc_hash::FxHashSet;
use weft_diagnostic::{Diagnostic, Label, Source};

use crate::codes::INVALID_GRAPHQL;
use crate::ingest::graphql_advice::Advice;
use crate::ingest::links::Links;
use crate::ingest::machinery::defined_name;

/// What the specification of GraphQL forbids in `document`; `machinery` has the definitions that federation adds.
pub(super) fn check_graphql(
    document: &Document,
    machinery: &Document,
    links: &Links,
    source: &Source,
) -> Vec<Diagnostic> {
    let mut additions = machinery.clone();
    let defined: FxHashSet<_> = document
        .definitions
        .iter()
        .filter_map(defined_name)
        .collect();
    additions
        .definitions
        .retain(|definition| defined_name(definition).is_none_or(|name| !defined.contains(&name)));
    let built = SchemaBuilder::new()
        .adopt_orphan_extensions()
        .ignore_builtin_redefinitions()
        .add_ast(&without_repeated_values(document))
        .add_ast(&additions)
        .build();
    let validated = match built {
        Ok(schema) => schema
            .validate()
            .map(|_| ())
            .map_err(|errors| errors.errors),
        Err(errors) => Err(errors.errors),
    };
    match validated {
        Ok(()) => Vec::new(),
        Err(errors) => {
            let advice = Advice::new(document, &additions, links, source);
            let found = diagnostics(&errors, source);
            found
                .into_iter()
                .map(|error| advice.add_to(error))
                .collect()
        }
    }
}

/// Parser and validation errors as diagnostics.
pub(super) fn diagnostics(errors: &DiagnosticList, source: &Source) -> Vec<Diagnostic> {
    errors
        .iter()
        .filter(|diagnostic| !is_tolerated(diagnostic.error))
        .map(|diagnostic| {
            let bytes = without_trailing_space(byte_range(diagnostic.error.location()), source);
            let message = in_our_words(diagnostic.error.to_string());
            Diagnostic::error(INVALID_GRAPHQL, message)
                .with_label(Label::new(source.span(bytes), "here"))
        })
        .collect()
}

/// Whether an error says that a name means nothing: no consequence of a definition that is wrong.
pub(super) fn is_about_unknown_name(error: &Diagnostic) -> bool {
    error.message.starts_with("cannot find ")
}

/// Names in backticks, also where the parser's messages have none.
fn in_our_words(message: String) -> String {
    match message.split_once(" directive is not supported for ") {
        Some((name, rest)) => {
            let location = rest.trim_end_matches(" location");
            format!("`@{name}` is not allowed on `{location}`")
        }
        None => message,
    }
}

/// A subgraph needs no query type, and may have an empty one; a directive may get a string without quotes.
fn is_tolerated(error: &DiagnosticData) -> bool {
    match error.unstable_error_name() {
        Some("QueryRootOperationType") => true,
        Some("EmptyFieldSet") => error.to_string().contains("`Query`"),
        Some("UnsupportedValueType") => {
            let message = error.to_string();
            message.contains("type String") && message.ends_with("found an enum")
        }
        _ => false,
    }
}

/// A value that an enum (or its extension) repeats is one value; the parser's builder would stop at the second.
fn without_repeated_values(document: &Document) -> Document {
    let mut document = document.clone();
    let mut known: FxHashSet<(Name, Name)> = FxHashSet::default();
    for definition in &mut document.definitions {
        let (name, values) = match definition {
            Definition::EnumTypeDefinition(node) => {
                let node = node.make_mut();
                (node.name.clone(), &mut node.values)
            }
            Definition::EnumTypeExtension(node) => {
                let node = node.make_mut();
                (node.name.clone(), &mut node.values)
            }
            _ => continue,
        };
        values.retain(|value| known.insert((name.clone(), value.value.clone())));
    }
    document
}

/// The parser's places of whole definitions reach to the next one.
fn without_trailing_space(bytes: Range<usize>, source: &Source) -> Range<usize> {
    let marked = source.text().get(bytes.clone()).unwrap_or_default();
    match marked.trim_end().len() {
        0 => bytes,
        length => bytes.start..bytes.start + length,
    }
}

fn byte_range(location: Option<SourceSpan>) -> Range<usize> {
    location.map_or(0..0, |location| location.offset()..location.end_offset())
}
