//! Reads the value of `@fromContext(field:)`: `$context { selection }`.

use apollo_compiler::ast::Selection;

use crate::ingest::federation_directive::FederationDirective;
use crate::ingest::field_set::FieldSetText;
use crate::ingest::subgraph::{Directives, Subgraph, TypeDefinition};

/// A context and what is selected from the type that sets it.
#[derive(Debug, Clone)]
pub struct ContextValue {
    /// The context's name.
    pub context: String,
    /// The text after the name.
    pub selection_text: String,
    /// The selections of that text; none when it has no selection's syntax.
    pub selections: Vec<Selection>,
}

impl ContextValue {
    /// Reads the text; `None` when it does not begin with `$name` or selects nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix('$')?.trim_start();
        let end = rest
            .find(|character: char| !(character.is_alphanumeric() || character == '_'))
            .unwrap_or(rest.len());
        let (context, selection) = rest.split_at(end);
        if context.is_empty() || selection.trim().is_empty() {
            return None;
        }
        Some(Self {
            context: context.to_owned(),
            selection_text: selection.to_owned(),
            selections: FieldSetText::parse(selection)
                .selections
                .unwrap_or_default(),
        })
    }

    /// The types that set the context.
    pub fn setters<'a>(
        &'a self,
        subgraph: &'a Subgraph,
    ) -> impl Iterator<Item = &'a TypeDefinition> {
        subgraph.types.values().filter(|definition| {
            definition
                .applications(FederationDirective::Context)
                .any(|application| application.string_argument("name") == Some(&self.context))
        })
    }
}
