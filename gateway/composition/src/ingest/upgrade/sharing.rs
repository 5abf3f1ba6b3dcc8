//! What Federation 1 shared without a word: value types, root fields and fields of entities that several define.

use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{
    Directives, External, FieldDefinition, Subgraph, TypeDefinition, TypeKind,
};
use crate::ingest::upgrade::{Others, added};

/// Adds `@shareable` where another subgraph resolves the same.
pub(super) fn add_shareable(subgraph: &mut Subgraph, others: &Others<'_>) {
    for definition in subgraph.types.values_mut() {
        if definition.kind != TypeKind::Object
            || definition.root == Some(OperationType::Subscription)
        {
            continue;
        }
        if definition.is_entity() || definition.root.is_some() {
            add_to_fields(definition, others);
        } else if others
            .iter()
            .any(|other| is_composite(other, &definition.name))
        {
            definition.directives.push(added(Federation::Shareable));
        }
    }
}

fn is_composite(subgraph: &Subgraph, name: &Name) -> bool {
    subgraph
        .types
        .get(name)
        .is_some_and(|found| matches!(found.kind, TypeKind::Object | TypeKind::Interface))
}

fn add_to_fields(definition: &mut TypeDefinition, others: &Others<'_>) {
    for field in definition.fields.values_mut() {
        let shareable = others
            .original()
            .field(&definition.name, &field.name)
            .is_some_and(|original| original.shareable);
        let elsewhere = others.iter().any(|other| {
            other
                .field(&definition.name, &field.name)
                .is_some_and(|other| other.external != External::Fully)
        });
        if !shareable && elsewhere {
            field.directives.push(added(Federation::Shareable));
        }
    }
}

/// A `@tag` on an external field that the field also has where it is resolved says nothing new.
pub(super) fn remove_tags_on_external(subgraph: &mut Subgraph, others: &Others<'_>) {
    for definition in subgraph.types.values_mut() {
        let type_name = definition.name.clone();
        for field in definition.fields.values_mut() {
            if field.has(Federation::External) {
                remove_known_tags(field, &type_name, others);
            }
        }
    }
}

fn remove_known_tags(field: &mut FieldDefinition, type_name: &Name, others: &Others<'_>) {
    let name = field.name.clone();
    field.directives.retain(|application| {
        application.meaning != Some(Federation::Tag)
            || !others.iter().any(|other| {
                other.field(type_name, &name).is_some_and(|other| {
                    !other.has(Federation::External)
                        && other.applications(Federation::Tag).any(|tag| {
                            tag.string_argument("name") == application.string_argument("name")
                        })
                })
            })
    });
}
