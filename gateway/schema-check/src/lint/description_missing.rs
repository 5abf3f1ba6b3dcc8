//! Types and fields without a description.

use apollo_compiler::Node;
use apollo_compiler::ast::Definition;
use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: Code::new("DESCRIPTION_MISSING"),
    documentation: "Types and fields say what they are: the schema is the manual that clients have.",
    check,
};

const ROOTS: &[&str] = &["Query", "Mutation", "Subscription"];

fn check(findings: &mut Findings<'_>) {
    for (name, definition) in findings.types() {
        // An extension has its description elsewhere; what a root type is, everyone knows.
        let known = definition.is_extension_definition() || ROOTS.contains(&name.as_str());
        if !known && is_empty(description(definition)) {
            let message = format!("type `{name}` has no description");
            findings.add(
                name,
                name.to_string(),
                message,
                "say in a sentence what it stands for",
            );
        }
    }
    for (parent, field) in findings.fields() {
        if is_empty(field.description.as_ref()) && !field.directives.has("external") {
            let path = format!("{parent}.{}", field.name);
            let message = format!("field `{path}` has no description");
            findings.add(
                &field.name,
                path,
                message,
                "say in a sentence what it gives",
            );
        }
    }
}

fn is_empty(text: Option<&Node<str>>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

fn description(definition: &Definition) -> Option<&Node<str>> {
    match definition {
        Definition::ScalarTypeDefinition(node) => node.description.as_ref(),
        Definition::ObjectTypeDefinition(node) => node.description.as_ref(),
        Definition::InterfaceTypeDefinition(node) => node.description.as_ref(),
        Definition::UnionTypeDefinition(node) => node.description.as_ref(),
        Definition::EnumTypeDefinition(node) => node.description.as_ref(),
        Definition::InputObjectTypeDefinition(node) => node.description.as_ref(),
        _ => None,
    }
}
