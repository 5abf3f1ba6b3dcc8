//! Is all that the client asked for in what was merged, for every runtime type.

use super::Values;
use super::model::Model;
use super::store::{Cell, Object, Store, sorted};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{DirectiveList, Field, Selection, SelectionSet};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use weft_query_plan::{Operation, deferred_part, key_on_type};

/// A check of one merged response.
pub(super) struct Coverage<'c, 'a> {
    pub(super) model: &'c Model<'a>,
    pub(super) operation: &'c Operation,
    pub(super) values: &'c Values,
    /// The deferred parts that are not there yet.
    pub(super) later: &'c BTreeSet<usize>,
    pub(super) problems: &'c mut BTreeSet<String>,
}

/// Fields by response key, as GraphQL collects them.
type Collected<'f> = IndexMap<Name, Vec<&'f Field>>;

impl Coverage<'_, '_> {
    /// Checks the response.
    pub(super) fn check(&mut self, store: &Store) {
        let operation = self.operation;
        let root = &operation.operation().selection_set;
        self.object(&[root], &store.root, store.root_type, "");
    }

    fn object(&mut self, sets: &[&SelectionSet], object: &Object, ty: usize, path: &str) {
        let operation = self.operation;
        let mut collected = Collected::new();
        for set in sets {
            self.collect(operation, set, ty, &mut collected);
        }
        for (key, fields) in collected {
            let Some(field) = fields.first() else {
                continue;
            };
            if field.name.starts_with("__") {
                continue;
            }
            let path = format!("{path}.{key}");
            let name = self.model.object_name(ty);
            let of_type = object.cell(ty, &key_on_type(&key, name));
            let Some(cell) = of_type.or_else(|| object.cell(ty, &key)) else {
                self.problems
                    .insert(format!("`{path}` is missing for `{name}`"));
                continue;
            };
            if cell.name != field.name || cell.arguments != sorted(&field.arguments) {
                self.problems
                    .insert(format!("`{path}` holds another field, `{}`", cell.name));
            }
            let below: Vec<&SelectionSet> =
                fields.iter().map(|field| &field.selection_set).collect();
            if below.iter().any(|set| !set.selections.is_empty()) {
                for child in self.types_below(ty, &field.name, cell).iter() {
                    self.object(&below, &cell.below, child, &path);
                }
            }
        }
    }

    /// The types that objects there can have as far as every subgraph that resolves the field agrees.
    fn types_below(&self, ty: usize, field: &str, cell: &Cell) -> TypeSet {
        let mut types = cell.types.clone();
        for subgraph in self.model.subgraph_ids() {
            if let Some(local) = self.model.field(subgraph, ty, field)
                && self.model.resolved(subgraph, ty, field).is_some()
            {
                let possible = self
                    .model
                    .local_possible(subgraph, local.ty.inner_named_type());
                types = types.intersection(&possible);
            }
        }
        types
    }

    /// <https://spec.graphql.org/draft/#CollectFields()>
    fn collect<'f>(
        &self,
        operation: &'f Operation,
        set: &'f SelectionSet,
        ty: usize,
        into: &mut Collected<'f>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    if self.is_included(&field.directives) {
                        into.entry(field.response_key().clone())
                            .or_default()
                            .push(field);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let applies = fragment
                        .type_condition
                        .as_ref()
                        .is_none_or(|name| self.model.possible(name).contains(ty));
                    if applies && self.is_included(&fragment.directives) {
                        self.collect(operation, &fragment.selection_set, ty, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = operation.document().fragments.get(&spread.fragment_name);
                    let Some(fragment) = fragment else { continue };
                    let applies = self.model.possible(fragment.type_condition()).contains(ty);
                    if applies && self.is_included(&spread.directives) {
                        self.collect(operation, &fragment.selection_set, ty, into);
                    }
                }
            }
        }
    }

    fn is_included(&self, directives: &DirectiveList) -> bool {
        if deferred_part(directives).is_some_and(|part| self.later.contains(&part)) {
            return false;
        }
        directives.iter().all(|directive| {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => return true,
            };
            match directive
                .specified_argument_by_name("if")
                .map(|value| value.as_ref())
            {
                Some(Value::Boolean(value)) => *value == wanted,
                Some(Value::Variable(name)) => {
                    self.values.get(name).copied().unwrap_or(false) == wanted
                }
                _ => true,
            }
        })
    }
}
