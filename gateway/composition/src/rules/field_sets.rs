//! Every field set of a subgraph (`@key`, `@requires`, `@provides`), resolved once for all the rules about them.

mod argument_value;
mod fault;
mod resolve;

use std::ops::Range;

use apollo_compiler::ast::DirectiveList;
use weft_diagnostic::{Code, Diagnostic, Label};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::field_set::FieldSetText;
use crate::ingest::subgraph::{Application, Directives, FieldDefinition, Subgraph, TypeDefinition};
use crate::rules::code_of_field_set;
pub use crate::rules::field_sets::fault::{Fault, FaultKind};
pub(crate) use crate::rules::field_sets::resolve::{Purpose, resolve};

/// One application of a directive that has a field set.
#[derive(Debug)]
pub struct FieldSet<'a> {
    /// `Key`, `Requires` or `Provides`.
    pub directive: Federation,
    /// Where it is written.
    pub application: &'a Application,
    /// The type that has the directive, or whose field has it.
    pub owner: &'a TypeDefinition,
    /// The field that has the directive; none for a key.
    pub field: Option<&'a FieldDefinition>,
    /// What it says.
    pub content: Content<'a>,
}

/// What a field set says.
#[derive(Debug)]
pub enum Content<'a> {
    /// Its value is not a string.
    NotAString,
    /// There is no type to select from: `@provides` on a scalar or an enum.
    NoTarget,
    /// The field that would provide it is external, so it provides nothing.
    ExternalOwner,
    /// It cannot be read, or does not fit the types.
    Faulty(Vec<Fault>),
    /// Everything that it selects, in order.
    Selected(Vec<Selected<'a>>),
}

/// A field or a fragment in a field set, and where.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The type that it is selected from.
    pub parent: &'a TypeDefinition,
    /// The field; none for a fragment and for `__typename`.
    pub field: Option<&'a FieldDefinition>,
    /// Whether it is a field without selections below it.
    pub is_leaf: bool,
    /// Whether a field above it is external.
    pub below_external: bool,
    /// The directives that the selection has.
    pub directives: DirectiveList,
    /// Its place in the field set's text.
    pub range: Option<Range<usize>>,
}

/// All field sets of a subgraph, in the order of its text.
pub fn field_sets(subgraph: &Subgraph) -> Vec<FieldSet<'_>> {
    let mut found = Vec::new();
    for owner in subgraph.types.values() {
        for application in owner.applications(Federation::Key) {
            found.push(FieldSet {
                directive: Federation::Key,
                application,
                owner,
                field: None,
                content: content(subgraph, application, Some(owner), Purpose::Key),
            });
        }
        for field in owner.fields.values() {
            of_field(subgraph, owner, field, &mut found);
        }
    }
    found
}

fn of_field<'a>(
    subgraph: &'a Subgraph,
    owner: &'a TypeDefinition,
    field: &'a FieldDefinition,
    found: &mut Vec<FieldSet<'a>>,
) {
    for application in &field.directives {
        let (directive, target) = match application.meaning {
            Some(Federation::Requires) => (Federation::Requires, Some(owner)),
            Some(Federation::Provides) => {
                let target = subgraph.types.get(field.ty.inner_named_type());
                (
                    Federation::Provides,
                    target.filter(|ty| ty.kind.is_composite()),
                )
            }
            _ => continue,
        };
        let content = if directive == Federation::Provides && field.is_external() {
            Content::ExternalOwner
        } else {
            content(subgraph, application, target, Purpose::Other)
        };
        found.push(FieldSet {
            directive,
            application,
            owner,
            field: Some(field),
            content,
        });
    }
}

fn content<'a>(
    subgraph: &'a Subgraph,
    application: &Application,
    target: Option<&'a TypeDefinition>,
    purpose: Purpose,
) -> Content<'a> {
    let Some(target) = target else {
        return Content::NoTarget;
    };
    let Some(text) = application.string_argument("fields") else {
        return Content::NotAString;
    };
    match resolve(subgraph, target, &FieldSetText::parse(text), purpose) {
        Ok(selected) => Content::Selected(selected),
        Err(faults) => Content::Faulty(faults),
    }
}

impl<'a> FieldSet<'a> {
    /// What has the directive: `Type` or `Type.field`.
    pub fn coordinate(&self) -> String {
        match self.field {
            Some(field) => format!("{}.{}", self.owner.name, field.name),
            None => self.owner.name.to_string(),
        }
    }

    /// The text of the field set, as far as it has one.
    pub fn text(&self) -> &str {
        self.application
            .string_argument("fields")
            .unwrap_or_default()
    }

    /// The directive with its field set, as it is in messages: `@key(fields: "id")`.
    pub fn described(&self, subgraph: &Subgraph) -> String {
        let name = subgraph.directive_name(self.directive);
        match self.application.argument("fields") {
            Some(value) => format!("@{name}(fields: {})", value.serialize().no_indent()),
            None => format!("@{name}"),
        }
    }

    /// What it selects; nothing when it is faulty.
    pub fn selected(&self) -> &[Selected<'a>] {
        match &self.content {
            Content::Selected(selected) => selected,
            _ => &[],
        }
    }

    /// What is wrong with it, of one kind.
    pub fn faults(&self, kind: FaultKind) -> impl Iterator<Item = &Fault> {
        let faults: &[Fault] = match &self.content {
            Content::Faulty(faults) => faults,
            _ => &[],
        };
        faults.iter().filter(move |fault| fault.kind == kind)
    }

    /// The names in its value, whether the value can be read as a field set or not.
    pub fn words(&self) -> Vec<String> {
        let value = self.application.argument("fields");
        let text = value.map(ToString::to_string).unwrap_or_default();
        text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// An error about a part of it or all of it, with the code for its directive; `problem` follows its name.
    pub(in crate::rules) fn error(
        &self,
        subgraph: &Subgraph,
        codes: [Code; 3],
        problem: &str,
        (range, label): (Option<Range<usize>>, &str),
    ) -> Diagnostic {
        let coordinate = self.coordinate();
        let described = self.described(subgraph);
        let message = format!("on `{coordinate}`, `{described}` {problem}");
        Diagnostic::error(code_of_field_set(self.directive, codes), message)
            .with_label(self.label(subgraph, range, label))
            .with_coordinate(coordinate)
    }

    /// A label at a part of the field set's text, or at the whole of it.
    pub fn label(
        &self,
        subgraph: &Subgraph,
        range: Option<Range<usize>>,
        message: impl Into<String>,
    ) -> Label {
        let value = self.application.argument("fields");
        let place = value.and_then(|value| value.location());
        let inside = place.zip(range).and_then(|(place, range)| {
            let literal = place.offset()..place.end_offset();
            part_of_literal(subgraph.source.text(), literal, self.text(), range)
        });
        let name = self.field.map_or(&self.owner.written, |field| &field.name);
        let span = match inside {
            Some(bytes) => subgraph.source.span(bytes),
            None => {
                let directive = self.application.node.location();
                subgraph.span(place.or(directive).or_else(|| name.location()))
            }
        };
        Label::new(span, message)
    }
}

/// Where a part of a string's value is in the text that has the string as a literal without escapes.
fn part_of_literal(
    text: &str,
    literal: Range<usize>,
    value: &str,
    part: Range<usize>,
) -> Option<Range<usize>> {
    let written = text.get(literal.clone())?;
    let quotes = if written.starts_with("\"\"\"") { 3 } else { 1 };
    let inner = written.get(quotes..written.len().checked_sub(quotes)?)?;
    let start = literal.start + quotes;
    (inner == value && part.end <= value.len()).then(|| start + part.start..start + part.end)
}
