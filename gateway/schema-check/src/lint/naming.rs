//! Names in the cases that GraphQL schemas use: `PascalCase` types, `camelCase` fields, `UPPER_CASE` enum values.

use apollo_compiler::ast::Definition;
use weft_diagnostic::Code;

use super::{Findings, Rule};

pub(super) const TYPE_NAME: Rule = Rule {
    code: Code::new("TYPE_NAME"),
    documentation: "Types are named in PascalCase, so that they are told from fields at a glance.",
    check: type_name,
};

pub(super) const FIELD_NAME: Rule = Rule {
    code: Code::new("FIELD_NAME"),
    documentation: "Fields are named in camelCase, as generated client code expects.",
    check: field_name,
};

pub(super) const ENUM_VALUE: Rule = Rule {
    code: Code::new("ENUM_VALUE_NAME"),
    documentation: "Enum values are named in UPPER_CASE, so that they are told from variables and types.",
    check: enum_value,
};

fn type_name(findings: &mut Findings<'_>) {
    for (name, _) in findings.types() {
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) || name.contains('_') {
            let message = format!("type `{name}` is not named in PascalCase");
            findings.add(name, name.to_string(), message, "name it like `OrderLine`");
        }
    }
}

fn field_name(findings: &mut Findings<'_>) {
    for (parent, field) in findings.fields() {
        let name = &field.name;
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) || name.contains('_') {
            let path = format!("{parent}.{name}");
            let message = format!("field `{path}` is not named in camelCase");
            findings.add(name, path, message, "name it like `unitPrice`");
        }
    }
}

fn enum_value(findings: &mut Findings<'_>) {
    for (parent, definition) in findings.types() {
        let values = match definition {
            Definition::EnumTypeDefinition(node) => &node.values,
            Definition::EnumTypeExtension(node) => &node.values,
            _ => continue,
        };
        for value in values {
            let name = &value.value;
            if name.contains(|one: char| one.is_ascii_lowercase()) {
                let path = format!("{parent}.{name}");
                let message = format!("enum value `{path}` is not named in UPPER_CASE");
                findings.add(name, path, message, "name it like `OUT_OF_STOCK`");
            }
        }
    }
}
