//! Which fields of an entity call need which part of a representation: `@requires` in, keys of fields out.

use apollo_compiler::Name;
use weft_query_plan::{EntityCall, Fetch, FetchSelection, FetchSelectionSet, RepresentationItem};
use weft_supergraph::{FieldSet, FieldSetItem, Supergraph};

/// The fields of a call that `@requires` an item of its representations; `None` where all need it.
pub(crate) fn dependents(
    supergraph: &Supergraph,
    fetch: &Fetch,
    call: &EntityCall,
    item: &RepresentationItem,
) -> Option<Box<[Name]>> {
    let RepresentationItem::Field(item) = item else {
        return None;
    };
    let mut needing = Vec::new();
    let mut others = 0;
    let mut field = |type_condition: Option<&Name>, name: &Name, stored_as: &Name| {
        let requires = type_condition
            .and_then(|ty| supergraph.subgraph(fetch.subgraph).types.get(ty))
            .and_then(|ty| ty.fields.get(name))
            .and_then(|field| field.requires.as_ref());
        match requires.is_some_and(|requires| mentions(requires, &item.name)) {
            true => needing.push(stored_as.clone()),
            false => others += usize::from(name != "__typename"),
        }
    };
    top_fields(&call.selection, None, &mut field);
    (!needing.is_empty() && others > 0).then(|| needing.into())
}

fn top_fields(
    set: &FetchSelectionSet,
    type_condition: Option<&Name>,
    found: &mut impl FnMut(Option<&Name>, &Name, &Name),
) {
    for item in &set.items {
        match item {
            FetchSelection::Field(field) => found(type_condition, &field.name, &field.stored_as),
            FetchSelection::Fragment(fragment) => {
                let narrowed = fragment.type_condition.as_ref().or(type_condition);
                top_fields(&fragment.selection, narrowed, found);
            }
        }
    }
}

fn mentions(set: &FieldSet, name: &Name) -> bool {
    set.items.iter().any(|item| match item {
        FieldSetItem::Field(field) => field.name == *name,
        FieldSetItem::Fragment(fragment) => mentions(&fragment.selection, name),
    })
}
