//! What a fetch writes into the merged response, for every runtime type, and whether its subgraph may be asked for it.

use super::inputs::same_arguments;
use super::model::Resolved;
use super::run::{Run, Step};
use super::store::{Cell, Object, sorted};
use super::waste::identity;
use crate::type_set::TypeSet;
use apollo_compiler::Node;
use apollo_compiler::ast::Argument;
use std::collections::BTreeSet;
use weft_query_plan::{FetchField, FetchSelection, FetchSelectionSet, RepresentationItem};
use weft_supergraph::FieldSet;

/// What may be read at a place of a subgraph's answer beyond the subgraph's own fields.
#[derive(Clone, Default)]
pub(super) struct Given {
    pub(super) provided: FieldSet,
    /// Whether the object came in as a representation: then fields with requirements may be asked.
    pub(super) required: Option<Vec<RepresentationItem>>,
    /// Whether it is in the answer to an entity call: then fields may be asked that take values from contexts.
    pub(super) may_take_values: bool,
}

impl Run<'_, '_> {
    pub(super) fn write(
        &mut self,
        step: Step<'_>,
        selection: &FetchSelectionSet,
        object: &mut Object,
        types: &TypeSet,
        given: &Given,
    ) {
        for item in &selection.items {
            match item {
                FetchSelection::Field(field) if self.selects(&field.conditions) => {
                    for ty in types.iter() {
                        self.write_field(step, field, object, ty, given);
                    }
                }
                FetchSelection::Field(_) => {}
                FetchSelection::Fragment(fragment) => {
                    if !self.selects(&fragment.conditions) {
                        continue;
                    }
                    let narrowed = match &fragment.type_condition {
                        Some(name) => {
                            let possible = self.model.local_possible(step.fetch.subgraph, name);
                            types.intersection(&possible)
                        }
                        None => types.clone(),
                    };
                    self.write(step, &fragment.selection, object, &narrowed, given);
                }
            }
        }
    }

    fn write_field(
        &mut self,
        step: Step<'_>,
        field: &FetchField,
        object: &mut Object,
        ty: usize,
        given: &Given,
    ) {
        let is_news = field.name != "__typename" || !object.knows_type(ty, step.before);
        self.written += usize::from(is_news);
        if field.name == "__typename" && self.is_untold(step, ty) {
            return;
        }
        let Some((types, below)) = self.below(step, field, object, ty, given) else {
            return;
        };
        let arguments = self.client_arguments(step, field, ty);
        let cell = object.cells.entry((ty, field.stored_as.clone()));
        let cell = cell.or_insert_with(|| Cell {
            name: field.name.clone(),
            arguments: arguments.clone(),
            writers: BTreeSet::new(),
            fields: BTreeSet::new(),
            read: Default::default(),
            types: types.clone(),
            below: Object::default(),
        });
        cell.narrow(&types);
        cell.writers.insert(step.id);
        cell.fields.insert(identity(field));
        self.write(step, &field.selection, &mut cell.below, &types, &below);
        if cell.name != field.name || !same_arguments(&cell.arguments, &arguments) {
            let (key, name, other) = (&field.stored_as, &field.name, &cell.name);
            let problem = format!("`{key}` is written with `{name}` and with `{other}`");
            self.problem(step, problem);
        }
    }

    /// The types of the objects below a field, and what may be read of them; nothing, for a field that the subgraph does not have.
    fn below(
        &mut self,
        step: Step<'_>,
        field: &FetchField,
        object: &Object,
        ty: usize,
        given: &Given,
    ) -> Option<(TypeSet, Given)> {
        let mut below = Given {
            may_take_values: given.may_take_values,
            ..Given::default()
        };
        if field.name == "__typename" {
            return Some((TypeSet::default(), below));
        }
        self.readable(step, field, object, ty, given);
        let local = self.model.field(step.fetch.subgraph, ty, &field.name)?;
        let named = local.ty.inner_named_type();
        let possible = self.model.local_possible(step.fetch.subgraph, named);
        let provides = local.provides.iter().flat_map(|fields| &fields.items);
        below.provided.items.extend(provides.cloned());
        let provided = self.model.provided_below(&given.provided, &field.name, ty);
        below.provided.items.extend(provided);
        Some((self.classes.some_of(possible), below))
    }

    /// Whether the subgraph knows the type only as an interface object, whose `__typename` is not that of its objects.
    fn is_untold(&self, step: Step<'_>, ty: usize) -> bool {
        let mut local = self.model.local_types(step.fetch.subgraph, ty);
        local.all(|local| local.is_interface_object)
    }

    /// A field's arguments without those from contexts, which no client knows.
    fn client_arguments(
        &self,
        step: Step<'_>,
        field: &FetchField,
        ty: usize,
    ) -> Vec<Node<Argument>> {
        let mut arguments = sorted(&field.arguments);
        if let Some(local) = self.model.field(step.fetch.subgraph, ty, &field.name) {
            let contexts = &local.context_arguments;
            arguments.retain(|one| contexts.iter().all(|known| known.argument != one.name));
        }
        arguments
    }

    /// The subgraph must resolve the field there.
    fn readable(
        &mut self,
        step: Step<'_>,
        field: &FetchField,
        object: &Object,
        ty: usize,
        given: &Given,
    ) {
        let subgraph = step.fetch.subgraph;
        let name = format!("{}.{}", self.model.object_name(ty), field.name);
        match self.model.resolved(subgraph, ty, &field.name) {
            Some(Resolved::Plainly) => {}
            Some(Resolved::WithInputs(local)) => {
                if !local.context_arguments.is_empty() && !given.may_take_values {
                    self.problem(step, format!("`{name}` is asked without its context"));
                }
                let Some(required) = &local.requires else {
                    return;
                };
                let carried = given.required.as_ref();
                if !carried.is_some_and(|items| self.carries(items, required, object, ty)) {
                    self.problem(step, format!("`{name}` is asked without what it requires"));
                }
            }
            None if self.model.provides(&given.provided, &field.name, ty) => {}
            None => self.problem(step, format!("`{name}` is not resolvable there")),
        }
    }
}
