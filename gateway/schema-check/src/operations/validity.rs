//! Whether a document is valid for a schema: a text in, a document or its errors out, without those that only follow
//! from others.

use apollo_compiler::parser::{SourceMap, SourceSpan};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Schema};

use super::{TextPlace, one_of};

/// One error.
pub(super) struct Error {
    pub(super) message: String,
    pub(super) place: Option<TextPlace>,
}

/// Validates a document; `@oneOf` included, of which the compiler knows nothing.
pub(super) fn check(
    schema: &Valid<Schema>,
    text: &str,
    path: &str,
) -> Result<Valid<ExecutableDocument>, Vec<Error>> {
    let document = ExecutableDocument::parse_and_validate(schema, text, path)
        .map_err(|invalid| errors(&invalid.errors))?;
    let violations = one_of::check(schema, &document);
    if violations.is_empty() {
        Ok(document)
    } else {
        Err(violations)
    }
}

/// A parent without a selection is no error of its own when what it selected is: the compiler drops what is wrong.
fn errors(list: &DiagnosticList) -> Vec<Error> {
    let all: Vec<_> = list
        .iter()
        .map(|error| {
            let data: &apollo_compiler::validation::DiagnosticData = error.error;
            let emptied = data.unstable_error_name() == Some("MissingSubselection");
            let span = apollo_compiler::diagnostic::ToCliReport::location(data);
            let place = TextPlace::of(span, error.sources);
            (emptied, span, place, error.to_json().message)
        })
        .collect();
    let follows = |outer: SourceSpan| {
        let mut inner = all.iter().filter_map(|(_, span, ..)| *span);
        inner.any(|inner| is_inside(inner, outer))
    };
    all.iter()
        .filter(|(emptied, span, ..)| !(*emptied && span.is_some_and(follows)))
        .map(|(.., place, message)| Error {
            message: message.clone(),
            place: *place,
        })
        .collect()
}

fn is_inside(inner: SourceSpan, outer: SourceSpan) -> bool {
    inner.file_id() == outer.file_id()
        && inner.offset() > outer.offset()
        && inner.end_offset() <= outer.end_offset()
}

impl TextPlace {
    pub(super) fn of(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Self> {
        let start = span?.line_column(sources)?;
        Some(Self {
            line: start.line,
            column: start.column,
        })
    }
}
