//! Reads the text of a field set (`id organization { id }`) into selections.

use apollo_compiler::ast::{Definition, DirectiveList, Field, Selection};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Name, Node};

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

    /// Like [`Self::parse`], much faster for the usual texts of names and braces; its nodes have no places then.
    pub fn parse_without_places(text: &str) -> Self {
        match plain_selections(text) {
            Some(selections) => Self {
                text: text.to_owned(),
                selections: Ok(selections),
            },
            None => Self::parse(text),
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

/// Deeper texts go to the parser, which limits them.
const DEEPEST: usize = 32;

/// Selections of a text that consists of names and braces; `None` for any other, and for what is wrong.
fn plain_selections(text: &str) -> Option<Vec<Selection>> {
    let mut levels: Vec<Vec<Selection>> = vec![Vec::new()];
    let mut rest = text.trim_matches([' ', '\n', '\t', '\r', ',']);
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner.strip_suffix('}')?;
    }
    while let Some(first) = rest.chars().next() {
        match first {
            ' ' | '\n' | '\t' | '\r' | ',' => rest = &rest[1..],
            '{' if levels.len() > DEEPEST => return None,
            '{' => {
                levels.push(Vec::new());
                rest = &rest[1..];
            }
            '}' => {
                let inner = levels.pop().filter(|inner| !inner.is_empty())?;
                match levels.last_mut()?.last_mut()? {
                    Selection::Field(field) if field.selection_set.is_empty() => {
                        field.make_mut().selection_set = inner;
                    }
                    _ => return None,
                }
                rest = &rest[1..];
            }
            _ => {
                let is_name =
                    |character: char| character.is_ascii_alphanumeric() || character == '_';
                let end = rest.find(|next| !is_name(next)).unwrap_or(rest.len());
                levels.last_mut()?.push(plain_field(&rest[..end])?);
                rest = &rest[end..];
            }
        }
    }
    levels
        .pop()
        .filter(|all| levels.is_empty() && !all.is_empty())
}

fn plain_field(name: &str) -> Option<Selection> {
    Some(Selection::Field(Node::new(Field {
        alias: None,
        name: Name::new(name).ok()?,
        arguments: Vec::new(),
        directives: DirectiveList::default(),
        selection_set: Vec::new(),
    })))
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
    fn both_ways_of_reading_agree() {
        for text in [
            "id",
            " id, name ",
            "{ id organization { id owner { name } } sku }",
            "price(currency: \"EUR\") id",
            "... on Book { title }",
            "a: b",
            "id { ",
            "id } name",
            "{ id } { x }",
            "a { } b",
            "a { b } { c }",
            "{ b }",
            "",
        ] {
            let quick = FieldSetText::parse_without_places(text).selections.ok();
            assert_eq!(quick, FieldSetText::parse(text).selections.ok(), "{text}");
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
