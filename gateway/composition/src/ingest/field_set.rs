//! Reads the text of a field set (`id organization { id }`) into selections.

use apollo_compiler::ast::{Definition, Selection};
use apollo_compiler::parser::Parser;

/// A field set as written, and its selections.
#[derive(Debug, Clone)]
pub struct FieldSetText {
    /// The text.
    pub text: String,
    /// The selections; or, when the text has no field set's syntax, what is wrong with it.
    pub selections: Result<Vec<Selection>, String>,
}

impl FieldSetText {
    /// Reads `text`; outer braces are optional.
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            selections: parse_selections(text),
        }
    }

    /// The selections, none when the text is wrong.
    pub fn selections(&self) -> &[Selection] {
        self.selections.as_deref().unwrap_or_default()
    }
}

fn parse_selections(text: &str) -> Result<Vec<Selection>, String> {
    let braced = text.trim_start().starts_with('{');
    let document = if braced {
        text.to_owned()
    } else {
        format!("{{{text}}}")
    };
    let parsed = Parser::new()
        .parse_ast(document, "field set")
        .map_err(|errors| first_message(&errors.errors))?;
    match parsed.definitions.as_slice() {
        [Definition::OperationDefinition(operation)] if !operation.selection_set.is_empty() => {
            Ok(operation.selection_set.clone())
        }
        [Definition::OperationDefinition(_)] => Err("it selects nothing".to_owned()),
        _ => Err("it is more than one selection set".to_owned()),
    }
}

fn first_message(errors: &apollo_compiler::validation::DiagnosticList) -> String {
    errors
        .iter()
        .next()
        .map_or_else(String::new, |diagnostic| diagnostic.error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_selections_are_read_with_or_without_braces() {
        for text in ["id organization { id }", "{ id organization { id } }"] {
            assert_eq!(FieldSetText::parse(text).selections().len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_no_field_set_says_why() {
        for text in ["", "id {", "{ id } { x }", "fragment", "{id}}"] {
            let outcome = FieldSetText::parse(text).selections;
            assert_eq!(outcome.is_err(), text != "fragment", "{text}: {outcome:?}");
        }
    }
}
