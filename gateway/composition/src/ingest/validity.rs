//! Is the text valid GraphQL, once federation's own definitions are added? Out: `INVALID_GRAPHQL` with places.

use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::SchemaBuilder;
use apollo_compiler::validation::{DiagnosticData, DiagnosticList};
use rustc_hash::FxHashSet;
use weft_diagnostic::{Diagnostic, Label, Source};

use crate::codes::INVALID_GRAPHQL;
use crate::ingest::machinery::defined_name;
use crate::suggestion::did_you_mean;

/// What the specification of GraphQL forbids in `document`; `machinery` has the definitions that federation adds.
pub(super) fn check_graphql(
    document: &Document,
    machinery: &Document,
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
        .add_ast(document)
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
        Err(errors) => diagnostics(&errors, source, &known_names(document, &additions)),
    }
}

/// Parser and validation errors as diagnostics.
pub(super) fn diagnostics(
    errors: &DiagnosticList,
    source: &Source,
    known: &[String],
) -> Vec<Diagnostic> {
    errors
        .iter()
        .filter(|diagnostic| !is_tolerated(diagnostic.error))
        .map(|diagnostic| {
            let message = diagnostic.error.to_string();
            let help = near_name(&message, known);
            let mut result = Diagnostic::error(INVALID_GRAPHQL, message);
            result.help = help;
            result.with_label(Label::new(
                source.span(byte_range(diagnostic.error.location())),
                "here",
            ))
        })
        .collect()
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
        _ => is_repeated_value(&error.to_string()),
    }
}

/// A value that an enum (or its extension) repeats is one value.
fn is_repeated_value(message: &str) -> bool {
    message.starts_with("duplicate definitions for the") && message.contains("value of enum type")
}

fn byte_range(location: Option<SourceSpan>) -> std::ops::Range<usize> {
    location.map_or(0..0, |location| location.offset()..location.end_offset())
}

fn known_names(document: &Document, additions: &Document) -> Vec<String> {
    let definitions = document.definitions.iter().chain(&additions.definitions);
    definitions
        .filter_map(|definition| match definition {
            Definition::DirectiveDefinition(directive) => Some(format!("@{}", directive.name)),
            _ => definition.name().map(ToString::to_string),
        })
        .chain(["Int", "Float", "String", "Boolean", "ID"].map(str::to_owned))
        .collect()
}

/// For a message about a name that is not defined: the names near it.
fn near_name(message: &str, known: &[String]) -> Option<String> {
    if !message.starts_with("cannot find") {
        return None;
    }
    let written = message.split('`').nth(1)?;
    did_you_mean(written, known.iter().map(String::as_str))
}
