//! Walks a field set over a subgraph's types and names the fields that it reaches.

use apollo_compiler::Name;
use apollo_compiler::ast::Selection;

use crate::ingest::subgraph::{FieldDefinition, Subgraph, TypeDefinition, TypeKind};

/// A field by the names of its type and itself.
pub type FieldCoordinate = (Name, Name);

/// Every field that `selections` on type `parent` reach, nested ones included, up to the first name that does not exist.
/// With `implementations`, a field of an interface also stands for that field of every implementation.
pub fn target_fields(
    subgraph: &Subgraph,
    parent: &str,
    selections: &[Selection],
    implementations: bool,
) -> Vec<FieldCoordinate> {
    let mut targets = Vec::new();
    walk(subgraph, parent, selections, &mut |definition, field| {
        targets.push((definition.name.clone(), field.name.clone()));
        if implementations && definition.kind == TypeKind::Interface {
            let names = subgraph
                .implementations(&definition.name)
                .filter(|implementation| implementation.fields.contains_key(&field.name))
                .map(|implementation| (implementation.name.clone(), field.name.clone()));
            targets.extend(names);
        }
    });
    targets
}

/// Calls `visit` with every field that `selections` on type `parent` select, and the type that has it, up to the first
/// name that does not exist; says whether all exist.
pub fn walk<'a>(
    subgraph: &'a Subgraph,
    parent: &str,
    selections: &[Selection],
    visit: &mut dyn FnMut(&'a TypeDefinition, &'a FieldDefinition),
) -> bool {
    let Some(definition) = subgraph.types.get(parent) else {
        return selections.is_empty();
    };
    selections.iter().all(|selection| match selection {
        Selection::Field(selected) if selected.name == "__typename" => true,
        Selection::Field(selected) => definition.fields.get(&selected.name).is_some_and(|field| {
            visit(definition, field);
            let ty = field.ty.inner_named_type();
            walk(subgraph, ty, &selected.selection_set, visit)
        }),
        Selection::InlineFragment(fragment) => {
            let condition = fragment.type_condition.as_ref();
            let on = condition.map_or(parent, |name| name.as_str());
            walk(subgraph, on, &fragment.selection_set, visit)
        }
        Selection::FragmentSpread(_) => false,
    })
}
