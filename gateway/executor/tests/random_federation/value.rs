//! What a field's value is: made from the object, the field, its arguments and what it requires, and from nothing else.

use crate::world::World;
use apollo_compiler::ast::Type;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use weft_supergraph::{FieldSet, FieldSetItem, SubgraphField, SubgraphId, SubgraphType};

/// An object: its type and what tells it from others of the type.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) concrete: String,
    pub(crate) id: String,
}

/// A value, with objects in it.
pub(crate) enum Shape {
    Leaf(Value),
    Object(Object),
    List(Vec<Shape>),
}

impl World<'_> {
    /// A field's value.
    pub(crate) fn value(&self, of: &Object, field: &str, arguments: &Value) -> Shape {
        if ["id", "code", "left", "right"].contains(&field) {
            return Shape::Leaf(json!(format!("{field}-{}:{}", of.concrete, of.id)));
        }
        if field == "part" {
            let owner = &of.concrete[1..];
            return Shape::Leaf(json!(format!("part-{owner}:{}", of.id)));
        }
        if field == "nest" {
            let concrete = format!("N{}", of.concrete);
            let id = of.id.clone();
            return Shape::Object(Object { concrete, id });
        }
        let schema = self.supergraph.schema();
        let ty = &schema.type_field(&of.concrete, field).unwrap().ty;
        let required = match self.requirement(of, field) {
            Some(fields) => self.select(of, fields).to_string(),
            None => String::new(),
        };
        let given = match arguments.as_object() {
            Some(given) if !given.is_empty() => {
                let in_order: BTreeMap<&String, &Value> = given.iter().collect();
                json!(in_order).to_string()
            }
            _ => String::new(),
        };
        self.shape(of, ty, field, &[field, &given, &required])
    }

    /// What a field requires, in whatever subgraph.
    pub(crate) fn requirement(&self, of: &Object, field: &str) -> Option<&FieldSet> {
        let ids = self.supergraph.iter_subgraphs().map(|(id, _)| id);
        ids.filter_map(|id| self.local_field(id, of, field))
            .find_map(|field| field.requires.as_ref())
    }

    /// What the subgraph knows the object as.
    pub(crate) fn local_type(&self, id: SubgraphId, of: &Object) -> Option<&SubgraphType> {
        let types = &self.supergraph.subgraph(id).types;
        let stands = |local: &&SubgraphType| {
            local.is_interface_object && self.supergraph.is_possible_type(&local.name, &of.concrete)
        };
        types
            .get(of.concrete.as_str())
            .or_else(|| types.values().find(stands))
    }

    pub(crate) fn local_field(
        &self,
        id: SubgraphId,
        of: &Object,
        field: &str,
    ) -> Option<&SubgraphField> {
        self.local_type(id, of)?.fields.get(field)
    }

    /// What a field set selects of an object.
    pub(crate) fn select(&self, of: &Object, fields: &FieldSet) -> Value {
        let mut selected = Map::new();
        self.select_into(of, fields, &mut selected);
        Value::Object(selected)
    }

    fn select_into(&self, of: &Object, fields: &FieldSet, into: &mut Map<String, Value>) {
        for item in &fields.items {
            match item {
                FieldSetItem::Field(field) if field.name == "__typename" => {}
                FieldSetItem::Field(field) => {
                    let arguments = field.arguments.iter().map(|argument| {
                        let text = argument.value.serialize().to_string();
                        (
                            argument.name.to_string(),
                            serde_json::from_str(&text).unwrap(),
                        )
                    });
                    let shape = self.value(of, &field.name, &Value::Object(arguments.collect()));
                    into.insert(field.name.to_string(), self.plain(shape, &field.selection));
                }
                FieldSetItem::Fragment(fragment) => {
                    let condition = &fragment.type_condition;
                    if self.supergraph.is_possible_type(condition, &of.concrete) {
                        self.select_into(of, &fragment.selection, into);
                    }
                }
            }
        }
    }

    fn plain(&self, shape: Shape, fields: &FieldSet) -> Value {
        match shape {
            Shape::Leaf(value) => value,
            Shape::Object(object) => self.select(&object, fields),
            Shape::List(items) => items
                .into_iter()
                .map(|item| self.plain(item, fields))
                .collect(),
        }
    }

    fn shape(&self, of: &Object, ty: &Type, field: &str, parts: &[&str]) -> Shape {
        let chance = self.hash(of, parts);
        if !ty.is_non_null() && chance.is_multiple_of(10) {
            return Shape::Leaf(Value::Null);
        }
        if let Type::List(item) | Type::NonNullList(item) = ty {
            let items = (0..chance % 4).map(|index| {
                let index = index.to_string();
                self.shape(of, item, field, &[parts, &[&index]].concat())
            });
            return Shape::List(items.collect());
        }
        let named = ty.inner_named_type();
        match named.as_str() {
            "Int" => return Shape::Leaf(json!(chance % 1000)),
            "String" => return Shape::Leaf(json!(format!("text {}", chance % 1000))),
            "ID" => return Shape::Leaf(json!(format!("id {}", chance % 1000))),
            _ => {}
        }
        let targets = self.targets(of, field, named);
        if targets.is_empty() {
            return Shape::Leaf(Value::Null);
        }
        let position = usize::try_from(chance / 64).unwrap() % targets.len();
        let concrete = targets[position].clone();
        // Few entities, so that they meet; values are their parents' own.
        let id = match concrete.starts_with('E') {
            true => (chance / 4096 % 3).to_string(),
            false => chance.to_string(),
        };
        Shape::Object(Object { concrete, id })
    }

    /// The types that an object in a field can have: those that every subgraph knows that has the field.
    fn targets(&self, of: &Object, field: &str, named: &str) -> Vec<String> {
        let mut targets: Vec<String> = self
            .supergraph
            .possible_types(named)
            .map(ToString::to_string)
            .collect();
        for (id, subgraph) in self.supergraph.iter_subgraphs() {
            let Some(local) = self.local_field(id, of, field) else {
                continue;
            };
            let returned = &subgraph.types[local.ty.inner_named_type()];
            if !returned.is_interface_object {
                targets.retain(|target| {
                    let mut possible = returned.possible_types.iter();
                    possible.any(|name| self.supergraph.is_possible_type(name, target))
                });
            }
        }
        targets
    }

    pub(crate) fn hash(&self, of: &Object, parts: &[&str]) -> u64 {
        let own = [of.concrete.as_str(), of.id.as_str()];
        let all = own.iter().chain(parts);
        all.fold(mix(self.seed), |hash, part| {
            let hash = part
                .bytes()
                .fold(hash, |hash, byte| mix(hash ^ u64::from(byte)));
            mix(hash ^ 0x1f)
        })
    }
}

/// Spreads the bits of a number.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
