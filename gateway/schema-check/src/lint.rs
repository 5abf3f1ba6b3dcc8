//! Weak spots of a schema: a text in, warnings out. The list of rules: one line here and one file in `lint/` for each.

mod deprecation_reason_missing;
mod description_missing;
mod list_item_nullable;
mod list_not_paginated;
mod naming;
mod type_unused;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition};
use weft_diagnostic::{Code, Diagnostic, Label, Source};

/// One rule.
pub struct Rule {
    /// Its code.
    pub code: Code,
    /// What it asks for, and why.
    pub documentation: &'static str,
    check: fn(&mut Findings<'_>),
}

/// All rules, in the order in which they run.
pub const RULES: &[Rule] = &[
    naming::TYPE_NAME,
    naming::FIELD_NAME,
    naming::ENUM_VALUE,
    description_missing::RULE,
    deprecation_reason_missing::RULE,
    list_not_paginated::RULE,
    list_item_nullable::RULE,
    type_unused::RULE,
];

/// Lints a text by all rules except those whose codes are `off`. A text that does not parse has no warnings.
pub fn lint(source: &Source, off: &[String]) -> Vec<Diagnostic> {
    let Ok(document) = Document::parse(source.text(), source.path()) else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    for rule in RULES
        .iter()
        .filter(|rule| !off.iter().any(|code| code == rule.code.as_str()))
    {
        let mut findings = Findings {
            code: rule.code,
            source,
            document: &document,
            warnings: Vec::new(),
        };
        (rule.check)(&mut findings);
        warnings.append(&mut findings.warnings);
    }
    warnings
}

/// The text that a rule looks at, and what it found.
struct Findings<'a> {
    code: Code,
    source: &'a Source,
    document: &'a Document,
    warnings: Vec<Diagnostic>,
}

impl<'a> Findings<'a> {
    fn add(&mut self, name: &Name, coordinate: String, message: String, help: &str) {
        let warning = Diagnostic::new(self.code, weft_diagnostic::Severity::Warning, message)
            .with_coordinate(coordinate)
            .with_help(help);
        let warning = match name.location() {
            Some(at) => {
                let span = self.source.span(at.offset()..at.end_offset());
                warning.with_label(Label::new(span, "here"))
            }
            None => warning,
        };
        self.warnings.push(warning);
    }

    /// The definitions of types, without those of federation's machinery.
    fn types(&self) -> impl Iterator<Item = (&'a Name, &'a Definition)> + use<'a> {
        let document = self.document;
        document
            .definitions
            .iter()
            .filter_map(|definition| match definition {
                Definition::DirectiveDefinition(_)
                | Definition::OperationDefinition(_)
                | Definition::FragmentDefinition(_) => None,
                _ => definition
                    .name()
                    .filter(|name| !name.contains("__") && !name.starts_with('_'))
                    .map(|name| (name, definition)),
            })
    }

    /// The fields of objects and interfaces, with their types' names.
    fn fields(&self) -> Vec<(&'a Name, &'a Node<FieldDefinition>)> {
        let of = |(name, definition): (&'a Name, &'a Definition)| {
            let fields: &'a [Node<FieldDefinition>] = match definition {
                Definition::ObjectTypeDefinition(node) => &node.fields,
                Definition::ObjectTypeExtension(node) => &node.fields,
                Definition::InterfaceTypeDefinition(node) => &node.fields,
                Definition::InterfaceTypeExtension(node) => &node.fields,
                _ => &[],
            };
            fields.iter().map(move |field| (name, field))
        };
        self.types()
            .flat_map(of)
            .filter(|(_, field)| !field.name.starts_with('_'))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let off = ["DESCRIPTION_MISSING".to_owned()];
        let warnings = lint(&Source::new("users", "users.graphql", text), &off);
        let lines: Vec<String> = warnings
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one.code,
                    one.coordinate.as_deref().unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(lines, expect);
    }

    #[test]
    fn names_have_the_usual_cases() {
        check(
            "type Query { get_it: Kind A: Int } type user_type @key(fields: \"id\") { id: ID } enum Kind { a B_2 }",
            &[
                "TYPE_NAME user_type",
                "FIELD_NAME Query.get_it",
                "FIELD_NAME Query.A",
                "ENUM_VALUE_NAME Kind.a",
            ],
        );
    }

    #[test]
    fn a_deprecation_says_what_to_use_instead() {
        check(
            "type Query { a: Int @deprecated b: Int @deprecated(reason: \"use `c`\") c: Int @deprecated(reason: \" \") }",
            &[
                "DEPRECATION_REASON_MISSING Query.a",
                "DEPRECATION_REASON_MISSING Query.c",
            ],
        );
    }

    #[test]
    fn lists_of_objects_are_paginated_and_without_null_inside() {
        check(
            "type Query { all: [User!]! some(first: Int): [User!]! tags: [String] } type User { id: ID }",
            &[
                "LIST_NOT_PAGINATED Query.all",
                "LIST_ITEM_NULLABLE Query.tags",
            ],
        );
    }

    #[test]
    fn types_that_nothing_leads_to_are_unused() {
        check(
            "type Query { a(i: In): Int n: Node } input In { x: Int } input Other { x: Int } interface Node { id: ID }
             type A implements Node { id: ID } type Entity @key(fields: \"id\") { id: ID } type Lone { id: ID }",
            &["TYPE_UNUSED Other", "TYPE_UNUSED Lone"],
        );
    }

    #[test]
    fn descriptions_are_asked_for_and_can_be_off() {
        let source = Source::new("users", "users.graphql", "\"Start\" type Query { a: Int }");
        let warnings = lint(&source, &[]);
        assert_eq!(warnings.len(), 1);
        assert_eq!(
            warnings.first().and_then(|one| one.coordinate.as_deref()),
            Some("Query.a")
        );
    }
}
