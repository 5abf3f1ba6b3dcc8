//! Object types that the model and the operation treat alike: one of each class stands for all.

use super::model::Model;
use crate::type_set::TypeSet;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use weft_query_plan::Operation;
use weft_supergraph::SubgraphField;

/// With up to so many types at a place, each is looked at.
const FEW: usize = 12;

/// The class of each object type.
pub(super) struct Classes(Vec<usize>);

impl Classes {
    /// Types that are alike as far as the model and the operation go.
    pub(super) fn of(model: &Model<'_>, operation: &Operation) -> Self {
        let text = operation.document().to_string() + &field_sets(model);
        let words: BTreeSet<&str> = text
            .split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
            .collect();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let class_of = |object| {
            let next = known.len();
            *known
                .entry(signature(model, object, &words))
                .or_insert(next)
        };
        Self((0..model.object_count()).map(class_of).collect())
    }

    /// The types, or one of each class where there are many.
    pub(super) fn some_of(&self, types: TypeSet) -> TypeSet {
        if types.len() <= FEW {
            return types;
        }
        let mut seen = BTreeSet::new();
        types
            .iter()
            .filter(|&object| seen.insert(self.0[object]))
            .collect()
    }
}

/// All that some field requires or provides: it may be fetched without being asked for.
fn field_sets(model: &Model<'_>) -> String {
    let mut text = String::new();
    for subgraph in model.subgraph_ids() {
        let types = model.subgraph(subgraph).types.values();
        for field in types.flat_map(|local| local.fields.values()) {
            for fields in [&field.requires, &field.provides].into_iter().flatten() {
                // Writing to a string cannot fail.
                let _ = write!(text, " {fields}");
            }
        }
    }
    text
}

fn signature(model: &Model<'_>, object: usize, words: &BTreeSet<&str>) -> String {
    let name = model.object_name(object).as_str();
    if words.contains(name) {
        return name.to_owned();
    }
    let mut text = String::new();
    for abstract_type in model.abstract_types_of(object) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{abstract_type} ");
    }
    for subgraph in model.subgraph_ids() {
        let _ = write!(text, "| {} ", subgraph.0);
        let types = model.subgraph(subgraph).types.values();
        for local in types.filter(|local| local.possible_types.contains(name)) {
            if local.name != name {
                text.push_str(&local.name);
                text.push(' ');
            }
        }
        for local in model.local_types(subgraph, object) {
            let keys: Vec<String> = local
                .keys
                .iter()
                .map(|key| format!("{}{}", key.fields, key.resolvable))
                .collect();
            let keys = keys.join(",");
            let _ = write!(
                text,
                "{} {:?} {keys} ",
                local.is_interface_object, local.implements
            );
            let fields = local.fields.values();
            fields
                .filter(|field| is_relevant(field, words, &keys))
                .for_each(|field| describe(field, &mut text));
        }
    }
    text
}

fn is_relevant(field: &SubgraphField, words: &BTreeSet<&str>, keys: &str) -> bool {
    words.contains(field.name.as_str())
        || field.external
        || field.requires.is_some()
        || keys.contains(field.name.as_str())
}

fn describe(field: &SubgraphField, text: &mut String) {
    let flags = (
        field.external,
        field.overridden,
        &field.override_label,
        &field.requires,
        &field.provides,
    );
    // Writing to a string cannot fail.
    let _ = write!(text, "{} {} {flags:?} ", field.name, field.ty);
}
