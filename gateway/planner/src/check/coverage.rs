//! Is all that the client asked for in what was merged, for every runtime type.

use super::Values;
use super::model::Model;
use super::store::{Cell, Object, Store, sorted};
use super::waste::Read;
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
        let root_type = (store.root_type, true);
        self.object(&[root], &store.root, root_type, "");
    }

    fn collected<'f>(&self, sets: &[&'f SelectionSet], ty: usize) -> Collected<'f>
    where
        Self: 'f,
    {
        let mut collected = Collected::new();
        for set in sets {
            self.collect(self.operation, set, ty, &mut collected);
        }
        collected
    }

    /// Checks an object of a type that it has for certain, or that only some subgraphs would give it.
    fn object(
        &mut self,
        sets: &[&SelectionSet],
        object: &Object,
        (ty, is_certain): (usize, bool),
        path: &str,
    ) {
        for (key, fields) in self.collected(sets, ty) {
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
                if is_certain {
                    let problem = format!("`{path}` is missing for `{name}`");
                    self.problems.insert(problem);
                }
                continue;
            };
            cell.mark(Read::Shown);
            if cell.name != field.name || cell.arguments != sorted(&field.arguments) {
                self.problems
                    .insert(format!("`{path}` holds another field, `{}`", cell.name));
            }
            let below: Vec<&SelectionSet> =
                fields.iter().map(|field| &field.selection_set).collect();
            if below.iter().any(|set| !set.selections.is_empty()) {
                let certain = self.types_below(ty, &field.name, cell);
                self.types_are_known(&below, cell, &certain, &path);
                for child in cell.types.iter() {
                    let is_certain = is_certain && certain.contains(child);
                    self.object(&below, &cell.below, (child, is_certain), &path);
                }
            }
        }
    }

    /// Where what is shown depends on the type, or is the type, something must tell it. Only the order of fields is not worth a fetch.
    fn types_are_known(
        &mut self,
        sets: &[&SelectionSet],
        cell: &Cell,
        types: &TypeSet,
        path: &str,
    ) {
        if types.len() < 2 {
            return;
        }
        let mut shapes = BTreeSet::new();
        for ty in types.iter() {
            let shape = self.collected(sets, ty).into_iter();
            let shape = shape.map(|(key, fields)| (key, fields[0].name.clone()));
            shapes.insert(shape.collect::<BTreeSet<_>>());
        }
        let mut all = shapes.iter().flatten();
        if shapes.len() == 1 && all.all(|(_, name)| name != "__typename") {
            return;
        }
        for ty in types.iter().filter(|&ty| !cell.below.has_type(ty)) {
            let name = self.model.object_name(ty);
            let problem = format!("nothing tells that an object at `{path}` is a `{name}`");
            self.problems.insert(problem);
        }
    }

    /// The types that objects there have for certain: those which every subgraph that resolves the field knows.
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
