//! Text to [`FieldSet`]: `id organization { id }`, with or without braces around it.

use super::{FieldSelection, FieldSet, FieldSetItem, FragmentSelection};
use apollo_compiler::ast::{Definition, DirectiveList, Document, Selection};
use apollo_compiler::diagnostic::ToCliReport;
use std::ops::Range;

/// Why a text is no field set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSetError {
    /// What is wrong, as a diagnostic says it.
    pub message: String,
    /// Where, in bytes of the text.
    pub range: Range<usize>,
}

impl FieldSet {
    /// Parses the text of a `FieldSet` scalar.
    ///
    /// # Errors
    /// When it is no selection, selects nothing, or uses an alias, a named fragment or a directive. Whether
    /// the fields exist is not looked at.
    pub fn parse(text: &str) -> Result<Self, FieldSetError> {
        let braced = text.trim_start().starts_with('{');
        let document = if braced {
            Document::parse(text, "")
        } else {
            Document::parse(format!("{{{text}\n}}"), "")
        };
        let shift = usize::from(!braced);
        let document = document.map_err(|with_errors| {
            let first = with_errors.errors.iter().next();
            let span = first.as_ref().and_then(|error| error.error.location());
            let message = first.map_or_else(String::new, |error| error.error.to_string());
            error(
                format!("the field set is no selection: {message}"),
                span,
                text,
                shift,
            )
        })?;
        let [Definition::OperationDefinition(operation)] = document.definitions.as_slice() else {
            return Err(error("the field set is empty", None, text, shift));
        };
        convert(&operation.selection_set, text, shift)
    }
}

fn error(
    message: impl Into<String>,
    span: Option<apollo_compiler::parser::SourceSpan>,
    text: &str,
    shift: usize,
) -> FieldSetError {
    let range = span.map_or(0..text.len(), |span| {
        let start = span.offset().saturating_sub(shift).min(text.len());
        start
            ..span
                .end_offset()
                .saturating_sub(shift)
                .clamp(start, text.len())
    });
    FieldSetError {
        message: message.into(),
        range,
    }
}

fn directives(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::InlineFragment(fragment) => &fragment.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
    }
}

fn convert(selections: &[Selection], text: &str, shift: usize) -> Result<FieldSet, FieldSetError> {
    let mut set = FieldSet::default();
    for selection in selections {
        let refuse = |message: String| error(message, selection.location(), text, shift);
        if !directives(selection).is_empty() {
            return Err(refuse("a field set takes no directives".to_owned()));
        }
        match selection {
            Selection::Field(field) if field.alias.is_some() => {
                return Err(refuse(format!(
                    "a field set takes no aliases: select `{}` by its name",
                    field.name
                )));
            }
            Selection::Field(field) => set.insert(FieldSetItem::Field(FieldSelection {
                name: field.name.clone(),
                arguments: field.arguments.clone(),
                selection: convert(&field.selection_set, text, shift)?,
            })),
            Selection::InlineFragment(fragment) => {
                let inner = convert(&fragment.selection_set, text, shift)?;
                match &fragment.type_condition {
                    Some(type_condition) => set.insert(FieldSetItem::Fragment(FragmentSelection {
                        type_condition: type_condition.clone(),
                        selection: inner,
                    })),
                    None => inner.items.into_iter().for_each(|item| set.insert(item)),
                }
            }
            Selection::FragmentSpread(spread) => {
                return Err(refuse(format!(
                    "a field set takes no named fragments: write the fields of `{}` instead",
                    spread.fragment_name
                )));
            }
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn check(text: &str, printed: &str) {
        assert_eq!(FieldSet::parse(text).unwrap().to_string(), printed);
    }

    fn check_error(text: &str, part: &str, range: Range<usize>) {
        let error = FieldSet::parse(text).unwrap_err();
        assert!(error.message.contains(part), "{}", error.message);
        assert_eq!(error.range, range);
    }

    #[test]
    fn braces_around_it_are_optional() {
        check("id", "id");
        check("{ id }", "id");
    }

    #[test]
    fn nested_fields_fragments_and_arguments_are_kept() {
        check(
            "id organization { id } ... on Book { title } price(currency: \"USD\")",
            "id organization { id } ... on Book { title } price(currency: \"USD\")",
        );
    }

    #[test]
    fn fields_with_equal_arguments_are_merged() {
        check("a { b } a { c b } a(x: 1) { d }", "a { b c } a(x: 1) { d }");
    }

    #[test]
    fn fragments_without_a_condition_dissolve() {
        check("... { id }", "id");
    }

    #[test]
    fn what_a_field_set_cannot_hold_is_refused_with_its_place() {
        check_error("x: id", "aliases", 0..5);
        check_error("id ...Named", "named fragments", 3..11);
        check_error("id @skip(if: true)", "directives", 0..18);
    }

    #[test]
    fn garbage_is_refused() {
        assert!(FieldSet::parse("").is_err());
        assert!(FieldSet::parse("{").is_err());
        assert!(FieldSet::parse("id }{").is_err());
        assert!(FieldSet::parse("a b {").is_err());
        assert!(FieldSet::parse("} query { a").is_err());
    }
}
