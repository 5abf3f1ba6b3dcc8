//! Fields that fail, in the one server and in whichever subgraph resolves them alike.

use crate::value::{Object, Shape};
use crate::world::World;
use serde_json::Value;
use weft_supergraph::{FieldSelection, FieldSet, FieldSetItem};

/// Of a hundred fields, so many fail in a world with faults.
const PERCENT: u64 = 15;

impl World<'_> {
    /// Whether a field fails, by itself or because something that it requires does.
    pub(crate) fn fails(&self, of: &Object, field: &str) -> bool {
        if !self.has_faults {
            return false;
        }
        let by_itself = self.hash(of, &[field, "fault"]) % 100 < PERCENT;
        let requirement = self.requirement(of, field);
        (by_itself && self.may_fail(of, field))
            || requirement.is_some_and(|fields| self.any_fails(of, fields))
    }

    pub(crate) fn any_fails(&self, of: &Object, fields: &FieldSet) -> bool {
        fields.items.iter().any(|item| match item {
            FieldSetItem::Field(field) if field.name == "__typename" => false,
            FieldSetItem::Field(field) => {
                self.fails(of, &field.name)
                    || (!field.selection.is_empty()
                        && self.any_fails_in(&self.value(of, &field.name, &Value::Null), field))
            }
            FieldSetItem::Fragment(fragment) => {
                let condition = &fragment.type_condition;
                self.supergraph.is_possible_type(condition, &of.concrete)
                    && self.any_fails(of, &fragment.selection)
            }
        })
    }

    fn any_fails_in(&self, shape: &Shape, field: &FieldSelection) -> bool {
        match shape {
            Shape::Leaf(_) => false,
            Shape::Object(object) => self.any_fails(object, &field.selection),
            Shape::List(items) => items.iter().any(|item| self.any_fails_in(item, field)),
        }
    }

    /// Keys never fail, and mutations are there for their order. A null must not travel further in a subgraph than in the one
    /// server: not because only the subgraph says that the field is never null, and not from a field that only the gateway asked for.
    fn may_fail(&self, of: &Object, field: &str) -> bool {
        let is_key = ["id", "code", "left", "right", "part", "nest"].contains(&field);
        let mut locals = self
            .supergraph
            .iter_subgraphs()
            .filter_map(|(id, _)| self.local_field(id, of, field));
        !is_key && of.concrete != "Mutation" && locals.all(|local| !local.ty.is_non_null())
    }
}
