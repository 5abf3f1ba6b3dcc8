//! Object types that the model and the operation treat alike: one of each class stands for all.

use super::model::Model;
use crate::type_set::TypeSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::fmt::Write;
use weft_query_plan::Operation;
use weft_supergraph::SubgraphField;

/// With up to so many types at a place, each is looked at.
const FEW: usize = 12;

/// The class of each object type, found out once somebody asks.
pub(super) struct Classes<'c, 'a> {
    model: &'c Model<'a>,
    operation: &'c Operation,
    numbers: OnceCell<Vec<usize>>,
}

impl<'c, 'a> Classes<'c, 'a> {
    /// Types that are alike as far as the model and the operation go.
    pub(super) fn new(model: &'c Model<'a>, operation: &'c Operation) -> Self {
        let numbers = OnceCell::new();
        Self {
            model,
            operation,
            numbers,
        }
    }

    fn numbers(&self) -> &[usize] {
        self.numbers.get_or_init(|| {
            let text = self.operation.document().to_string() + self.model.field_sets();
            let words: FxHashSet<&str> = text
                .split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
                .collect();
            let standings = self.model.standings().iter().enumerate();
            let mut known = FxHashMap::default();
            let class_of = |(object, &standing)| {
                let next = known.len();
                let fields = fields_in(self.model, object, &words);
                *known.entry((standing, fields)).or_insert(next)
            };
            standings.map(class_of).collect()
        })
    }

    /// The types, or one of each class where there are many.
    pub(super) fn some_of(&self, types: TypeSet) -> TypeSet {
        if types.len() <= FEW {
            return types;
        }
        let (numbers, mut seen) = (self.numbers(), FxHashSet::default());
        types
            .iter()
            .filter(|&object| seen.insert(numbers[object]))
            .collect()
    }
}

/// What an object type is in each subgraph, apart from its name and its fields: the same number for types that are alike.
pub(super) fn standings(model: &Model<'_>) -> Vec<usize> {
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    let number_of = |object| {
        let next = known.len();
        *known.entry(standing(model, object)).or_insert(next)
    };
    (0..model.object_count()).map(number_of).collect()
}

fn standing(model: &Model<'_>, object: usize) -> String {
    let name = model.object_name(object).as_str();
    let mut text = model.abstract_types_of(object).join(" ");
    for subgraph in model.subgraph_ids() {
        // Writing to a string cannot fail.
        let _ = write!(text, "| {} ", subgraph.0);
        let types = model.subgraph(subgraph).types.values();
        for local in types.filter(|local| local.possible_types.contains(name)) {
            if local.name != name {
                text.push_str(&local.name);
                text.push(' ');
            }
        }
        for local in model.local_types(subgraph, object) {
            let keys = local.keys.iter();
            let keys = keys.map(|key| format!("{}{}", key.fields, key.resolvable));
            let keys = keys.collect::<Vec<_>>().join(",");
            let (is_stand_in, implements) = (local.is_interface_object, &local.implements);
            let _ = write!(text, "{is_stand_in} {implements:?} {keys} ");
            let fields = local.fields.values();
            let is_input = |name: &str| keys.contains(name);
            fields
                .filter(|field| is_input(&field.name) || needs_care(field))
                .for_each(|field| describe(field, &mut text));
        }
    }
    text
}

/// Whether it matters without being asked for.
fn needs_care(field: &SubgraphField) -> bool {
    field.external || field.requires.is_some()
}

/// The fields of an object that are mentioned; the name alone, for a type that is mentioned itself.
fn fields_in(model: &Model<'_>, object: usize, words: &FxHashSet<&str>) -> String {
    let name = model.object_name(object).as_str();
    if words.contains(name) {
        return name.to_owned();
    }
    let mut text = String::new();
    for subgraph in model.subgraph_ids() {
        text.push_str("| ");
        for local in model.local_types(subgraph, object) {
            let fields = local.fields.values();
            fields
                .filter(|field| words.contains(field.name.as_str()))
                .for_each(|field| describe(field, &mut text));
        }
    }
    text
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
