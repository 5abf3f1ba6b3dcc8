//! Fields that are fine for the client but in conflict in one subgraph's request get an alias of their own there:
//! <https://spec.graphql.org/draft/#FieldsInSetCanMerge()>.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use weft_query_plan::{FetchField, FetchSelection, FetchSelectionSet};

/// Renames response keys until the selection is free of conflicts. `is_composite` tells types with fields from leaves.
pub(crate) fn rename_conflicts(
    selection: &mut FetchSelectionSet,
    is_composite: &dyn Fn(&Name) -> bool,
) {
    rename(vec![selection], is_composite);
}

/// Selections whose fields meet in one set of response keys.
fn rename(sets: Vec<&mut FetchSelectionSet>, is_composite: &dyn Fn(&Name) -> bool) {
    let mut fields: Vec<&mut FetchField> = Vec::new();
    for set in sets {
        collect(set, &mut fields);
    }
    let mut taken: FxHashSet<Name> = fields
        .iter()
        .map(|field| field.response_key.clone())
        .collect();
    let mut groups: IndexMap<Name, Vec<&mut FetchField>> = IndexMap::new();
    for field in fields {
        let key = key_for(field, &groups, &mut taken, is_composite);
        field.response_key = key.clone();
        groups.entry(key).or_default().push(field);
    }
    for (_, group) in groups {
        let below: Vec<&mut FetchSelectionSet> = group
            .into_iter()
            .map(|field| &mut field.selection)
            .filter(|selection| !selection.items.is_empty())
            .collect();
        if !below.is_empty() {
            rename(below, is_composite);
        }
    }
}

fn collect<'s>(set: &'s mut FetchSelectionSet, fields: &mut Vec<&'s mut FetchField>) {
    for item in &mut set.items {
        match item {
            FetchSelection::Field(field) => fields.push(field),
            FetchSelection::Fragment(fragment) => collect(&mut fragment.selection, fields),
        }
    }
}

/// The first of the key itself and its numbered aliases where the field fits with all that are there.
fn key_for(
    field: &FetchField,
    groups: &IndexMap<Name, Vec<&mut FetchField>>,
    taken: &mut FxHashSet<Name>,
    is_composite: &dyn Fn(&Name) -> bool,
) -> Name {
    let fits = |key: &Name| {
        groups.get(key).is_none_or(|known| {
            known
                .iter()
                .all(|other| can_merge(field, other, is_composite))
        })
    };
    if fits(&field.response_key) {
        return field.response_key.clone();
    }
    let aliases = (0..)
        .filter_map(|number| Name::new(&format!("__weft_{}_{number}", field.response_key)).ok());
    for alias in aliases {
        if (!taken.contains(&alias) || groups.contains_key(&alias)) && fits(&alias) {
            taken.insert(alias.clone());
            return alias;
        }
    }
    field.response_key.clone()
}

/// Stricter than the specification: fields of one key are one field, so that an answer's keys have one meaning.
fn can_merge(field: &FetchField, other: &FetchField, is_composite: &dyn Fn(&Name) -> bool) -> bool {
    field.name == other.name
        && field.arguments == other.arguments
        && field.stored_as == other.stored_as
        && same_shape(&field.ty, &other.ty, is_composite)
}

/// <https://spec.graphql.org/draft/#SameResponseShape()>, without the selections below.
fn same_shape(a: &Type, b: &Type, is_composite: &dyn Fn(&Name) -> bool) -> bool {
    match (a, b) {
        (Type::Named(a), Type::Named(b)) | (Type::NonNullNamed(a), Type::NonNullNamed(b)) => {
            a == b || (is_composite(a) && is_composite(b))
        }
        (Type::List(a), Type::List(b)) | (Type::NonNullList(a), Type::NonNullList(b)) => {
            same_shape(a, b, is_composite)
        }
        _ => false,
    }
}
