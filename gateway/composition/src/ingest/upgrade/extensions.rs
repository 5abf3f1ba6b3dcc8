//! Federation 1's `extend type`: it needs a base somewhere, its external keys are its own, and then it is a definition.

use apollo_compiler::Name;
use weft_diagnostic::Diagnostic;

use crate::codes::EXTENSION_WITH_NO_BASE;
use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::selection_walk::target_fields;
use crate::ingest::subgraph::{Application, Directives, Subgraph, TypeDefinition, TypeKind};
use crate::ingest::upgrade::{Others, remove};

/// Every extension extends a type that some other subgraph defines; root types need no definition.
pub(super) fn check_bases(subgraph: &Subgraph, others: &Others<'_>, errors: &mut Vec<Diagnostic>) {
    for definition in subgraph.types.values() {
        if definition.root.is_some() || !definition.is_extension() {
            continue;
        }
        let has_base = others.iter().any(|other| {
            other
                .types
                .get(&definition.name)
                .is_some_and(|base| base.has_definition && can_be_extended(base.kind))
        });
        if !has_base {
            errors.push(no_base(subgraph, definition));
        }
    }
}

fn can_be_extended(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::Object | TypeKind::Interface)
}

/// The diagnostic for an extension of a type that no subgraph defines.
pub(crate) fn no_base(subgraph: &Subgraph, definition: &TypeDefinition) -> Diagnostic {
    let name = &definition.name;
    let message = format!("`{name}` is extended here and defined in no subgraph");
    Diagnostic::error(EXTENSION_WITH_NO_BASE, message)
        .with_label(subgraph.label(name, "extends a type that does not exist"))
        .with_coordinate(name.as_str())
        .with_help(format!(
            "define `type {name}` in one subgraph, or leave out `extend`"
        ))
}

/// A field in a key of an extension is resolved there although it says `@external`.
pub(super) fn resolve_external_keys(subgraph: &mut Subgraph, others: &Others<'_>) {
    let resolved: Vec<(Name, Vec<Name>)> = subgraph
        .types
        .values()
        .filter(|definition| is_extension(definition))
        .map(|definition| {
            (
                definition.name.clone(),
                key_fields(subgraph, definition, others),
            )
        })
        .collect();
    for (type_name, fields) in resolved {
        let Some(definition) = subgraph.types.get_mut(&type_name) else {
            continue;
        };
        for name in fields {
            if let Some(field) = definition.fields.get_mut(&name) {
                remove(&mut field.directives, Federation::External);
            }
        }
    }
}

/// The fields of the extension's keys; without a key of its own, of the first key in each other subgraph.
fn key_fields(subgraph: &Subgraph, definition: &TypeDefinition, others: &Others<'_>) -> Vec<Name> {
    if definition.is_entity() {
        return definition
            .applications(Federation::Key)
            .flat_map(|key| direct_fields(subgraph, &definition.name, key))
            .collect();
    }
    others
        .iter()
        .filter_map(|other| {
            let base = other.types.get(&definition.name)?;
            let key = base.application(Federation::Key)?;
            Some(direct_fields(other, &definition.name, key))
        })
        .flatten()
        .collect()
}

fn direct_fields(subgraph: &Subgraph, type_name: &Name, key: &Application) -> Vec<Name> {
    let selections = key
        .fields()
        .and_then(|fields| fields.selections.ok())
        .unwrap_or_default();
    target_fields(subgraph, type_name, &selections, false)
        .into_iter()
        .filter(|(parent, _)| parent == type_name)
        .map(|(_, field)| field)
        .collect()
}

/// An extension counts as a definition from here on.
pub(super) fn make_definitions(subgraph: &mut Subgraph) {
    for definition in subgraph.types.values_mut() {
        if !is_extension(definition) {
            continue;
        }
        definition.has_definition = true;
        definition.has_extension = false;
        for application in &mut definition.directives {
            application.part = 0;
        }
        for field in definition.fields.values_mut() {
            field.part = 0;
        }
    }
}

fn is_extension(definition: &TypeDefinition) -> bool {
    definition.is_extension()
}
