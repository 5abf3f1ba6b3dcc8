//! Types that no field, argument or union mentions, and that other subgraphs cannot enter either.

use std::collections::HashSet;

use apollo_compiler::ast::{Definition, InputValueDefinition};
use apollo_compiler::{Name, Node};
use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: Code::new("TYPE_UNUSED"),
    documentation: "Every type is reached by a field, an argument, a union or an interface, or is an entity: others are dead.",
    check,
};

const ROOTS: &[&str] = &["Query", "Mutation", "Subscription"];

fn check(findings: &mut Findings<'_>) {
    let used = used(findings);
    for (name, definition) in findings.types() {
        let enters = definition.is_extension_definition()
            || definition.directives().has("key")
            || implements(definition)
            || ROOTS.contains(&name.as_str());
        if !enters && !used.contains(name) {
            let message = format!("nothing leads to type `{name}`");
            findings.add(
                name,
                name.to_string(),
                message,
                "remove it, or a field that returns it is missing",
            );
        }
    }
}

fn implements(definition: &Definition) -> bool {
    match definition {
        Definition::ObjectTypeDefinition(node) => !node.implements_interfaces.is_empty(),
        Definition::InterfaceTypeDefinition(node) => !node.implements_interfaces.is_empty(),
        _ => false,
    }
}

fn used<'a>(findings: &Findings<'a>) -> HashSet<&'a Name> {
    let mut used = HashSet::new();
    for (_, field) in findings.fields() {
        used.insert(field.ty.inner_named_type());
        inputs(&mut used, &field.arguments);
    }
    for definition in &findings.document.definitions {
        match definition {
            Definition::UnionTypeDefinition(node) => used.extend(&node.members),
            Definition::UnionTypeExtension(node) => used.extend(&node.members),
            Definition::ObjectTypeDefinition(node) => used.extend(&node.implements_interfaces),
            Definition::ObjectTypeExtension(node) => used.extend(&node.implements_interfaces),
            Definition::InputObjectTypeDefinition(node) => inputs(&mut used, &node.fields),
            Definition::InputObjectTypeExtension(node) => inputs(&mut used, &node.fields),
            Definition::DirectiveDefinition(node) => inputs(&mut used, &node.arguments),
            Definition::SchemaDefinition(node) => {
                used.extend(node.root_operations.iter().map(|root| &root.1))
            }
            Definition::SchemaExtension(node) => {
                used.extend(node.root_operations.iter().map(|root| &root.1))
            }
            _ => {}
        }
    }
    used
}

fn inputs<'a>(used: &mut HashSet<&'a Name>, values: &'a [Node<InputValueDefinition>]) {
    used.extend(values.iter().map(|value| value.ty.inner_named_type()));
}
