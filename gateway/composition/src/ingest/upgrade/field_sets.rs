//! Field sets as Federation 1 allowed them: lists and bare names for strings, fields that are not external.

use apollo_compiler::Name;
use apollo_compiler::ast::{Selection, Value};

use crate::ingest::federation_directive::FederationDirective as Federation;
use crate::ingest::subgraph::{Application, Subgraph, TypeKind};
use crate::ingest::upgrade::{is_declared_external, with_fields};

/// `fields: ["a", "b"]` and `fields: a` become strings.
pub(super) fn write_as_strings(subgraph: &mut Subgraph) {
    for definition in subgraph.types.values_mut() {
        for application in &mut definition.directives {
            write_as_string(application);
        }
        let of_fields = definition
            .fields
            .values_mut()
            .flat_map(|field| &mut field.directives);
        for application in of_fields {
            write_as_string(application);
        }
    }
}

fn write_as_string(application: &mut Application) {
    let has_fields = matches!(
        application.meaning,
        Some(Federation::Key | Federation::Requires | Federation::Provides)
    );
    let text = application
        .argument("fields")
        .filter(|_| has_fields)
        .and_then(|value| match value.as_ref() {
            Value::Enum(name) => Some(name.to_string()),
            Value::List(elements) => elements
                .iter()
                .map(|element| element.as_str())
                .collect::<Option<Vec<_>>>()
                .map(|parts| parts.join(" ")),
            _ => None,
        });
    if let Some(text) = text {
        *application = with_fields(application, text);
    }
}

/// Takes fields that are not external out of `@requires` and `@provides`: there they had no effect.
pub(super) fn remove_inactive(subgraph: &mut Subgraph) {
    let mut replacements = Vec::new();
    for definition in subgraph.types.values() {
        for field in definition.fields.values() {
            for (index, application) in field.directives.iter().enumerate() {
                let parent = match application.meaning {
                    Some(Federation::Requires) => &definition.name,
                    Some(Federation::Provides) => field.ty.inner_named_type(),
                    _ => continue,
                };
                if let Some(replacement) = active_part(subgraph, parent, application) {
                    let place = (definition.name.clone(), field.name.clone(), index);
                    replacements.push((place, replacement));
                }
            }
        }
    }
    for ((type_name, field_name, index), replacement) in replacements.into_iter().rev() {
        let field = subgraph
            .types
            .get_mut(&type_name)
            .and_then(|definition| definition.fields.get_mut(&field_name));
        let Some(field) = field else { continue };
        match replacement {
            Some(application) => field.directives[index] = application,
            None => {
                field.directives.remove(index);
            }
        }
    }
}

/// `None` when all of it is active; `Some(None)` when none is.
fn active_part(
    subgraph: &Subgraph,
    parent: &Name,
    application: &Application,
) -> Option<Option<Application>> {
    let selections = application.fields()?.selections.ok()?;
    if !is_valid(subgraph, parent, &selections) || !has_inactive(subgraph, parent, &selections) {
        return None;
    }
    let active = active_text(subgraph, parent, &selections);
    Some((!active.is_empty()).then(|| with_fields(application, active)))
}

fn is_valid(subgraph: &Subgraph, parent: &str, selections: &[Selection]) -> bool {
    selections.iter().all(|selection| match selection {
        Selection::Field(selected) if selected.name == "__typename" => true,
        Selection::Field(selected) => subgraph.field(parent, &selected.name).is_some_and(|field| {
            let ty = field.ty.inner_named_type();
            let is_composite = subgraph
                .types
                .get(ty)
                .is_some_and(|definition| definition.kind.is_composite());
            is_composite != selected.selection_set.is_empty()
                && is_valid(subgraph, ty, &selected.selection_set)
        }),
        Selection::InlineFragment(fragment) => {
            let on = condition(fragment, parent);
            subgraph.types.contains_key(on) && is_valid(subgraph, on, &fragment.selection_set)
        }
        Selection::FragmentSpread(_) => false,
    })
}

fn has_inactive(subgraph: &Subgraph, parent: &str, selections: &[Selection]) -> bool {
    selections.iter().any(|selection| match selection {
        Selection::Field(selected) => {
            let nested = || {
                let ty = subgraph
                    .field(parent, &selected.name)
                    .map(|field| field.ty.inner_named_type().clone());
                ty.is_some_and(|ty| has_inactive(subgraph, &ty, &selected.selection_set))
            };
            !is_external(subgraph, parent, &selected.name)
                && (selected.selection_set.is_empty() || nested())
        }
        Selection::InlineFragment(fragment) => has_inactive(
            subgraph,
            condition(fragment, parent),
            &fragment.selection_set,
        ),
        Selection::FragmentSpread(_) => false,
    })
}

fn active_text(subgraph: &Subgraph, parent: &str, selections: &[Selection]) -> String {
    let parts: Vec<String> = selections
        .iter()
        .filter_map(|selection| match selection {
            Selection::Field(selected) => {
                if is_external(subgraph, parent, &selected.name) {
                    return Some(selection.to_string());
                }
                let ty = subgraph
                    .field(parent, &selected.name)?
                    .ty
                    .inner_named_type();
                let nested = active_text(subgraph, ty, &selected.selection_set);
                (!nested.is_empty()).then(|| format!("{} {{ {nested} }}", selected.name))
            }
            Selection::InlineFragment(fragment) => {
                let on = condition(fragment, parent);
                let nested = active_text(subgraph, on, &fragment.selection_set);
                (!nested.is_empty()).then(|| format!("... on {on} {{ {nested} }}"))
            }
            Selection::FragmentSpread(_) => None,
        })
        .collect();
    parts.join(" ")
}

fn condition<'a>(fragment: &'a apollo_compiler::ast::InlineFragment, parent: &'a str) -> &'a str {
    fragment
        .type_condition
        .as_ref()
        .map_or(parent, |name| name.as_str())
}

/// Whether the field, or for an interface the field of an implementation, is declared external.
fn is_external(subgraph: &Subgraph, type_name: &str, field_name: &str) -> bool {
    let of_implementation = || {
        let is_interface = subgraph
            .types
            .get(type_name)
            .is_some_and(|definition| definition.kind == TypeKind::Interface);
        is_interface
            && subgraph
                .implementations(type_name)
                .any(|definition| is_declared_external(subgraph, &definition.name, field_name))
    };
    is_declared_external(subgraph, type_name, field_name) || of_implementation()
}

/// `@provides` on a field without selections had no effect.
pub(super) fn remove_provides_on_leaves(subgraph: &mut Subgraph) {
    let composite: rustc_hash::FxHashSet<Name> = subgraph
        .types
        .values()
        .filter(|definition| definition.kind.is_composite())
        .map(|definition| definition.name.clone())
        .collect();
    for definition in subgraph.types.values_mut() {
        for field in definition.fields.values_mut() {
            if !composite.contains(field.ty.inner_named_type()) {
                super::remove(&mut field.directives, Federation::Provides);
            }
        }
    }
}
