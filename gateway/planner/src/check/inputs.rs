//! Does each fetch find its inputs, and do they hold a key of what it enters?

use super::run::{Run, Step};
use super::store::{Object, sorted};
use super::waste::Read;
use super::writes::Given;
use crate::type_set::TypeSet;
use apollo_compiler::ast::Argument;
use apollo_compiler::{Name, Node};
use weft_query_plan::{EntityCall, Representation, RepresentationField, RepresentationItem};
use weft_supergraph::{FieldSelection, FieldSet, FieldSetItem};

impl Run<'_, '_> {
    /// Enters an object by the representation for each type that it can have; says how many there are.
    pub(super) fn entities(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        object: &mut Object,
        types: &TypeSet,
    ) -> usize {
        let mut found = 0;
        for ty in types.iter() {
            let fits =
                |one: &&Representation| self.model.possible(&one.type_condition).contains(ty);
            let Some(representation) = call.representations.iter().find(fits) else {
                continue;
            };
            found += 1;
            let condition = &representation.type_condition;
            let fits_all = types.is_subset(&self.model.possible(condition));
            if !fits_all && !object.knows_type(ty, step.before) {
                self.unknown_type(step, ty);
            }
            self.entity(step, call, representation, object, ty);
        }
        found
    }

    fn entity(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        representation: &Representation,
        object: &mut Object,
        ty: usize,
    ) {
        let items = &representation.items;
        if representation.typename.is_none() && !object.knows_type(ty, step.before) {
            self.unknown_type(step, ty);
        }
        self.present(step, items, object, ty);
        self.fits_a_key(step, representation, object, ty);
        let given = Given {
            provided: FieldSet::default(),
            required: Some(items.clone()),
            may_take_values: true,
        };
        self.write(step, &call.selection, object, &TypeSet::single(ty), &given);
    }

    /// A representation must be of a type that the subgraph takes the object for, and hold one of that type's keys.
    fn fits_a_key(
        &mut self,
        step: Step<'_>,
        representation: &Representation,
        object: &Object,
        ty: usize,
    ) {
        let name = self.model.object_name(ty);
        let subgraph = step.fetch.subgraph;
        let key_type = representation.typename.as_ref().unwrap_or(name);
        if !self.model.local_possible(subgraph, key_type).contains(ty) {
            let problem = format!("`{name}` is sent as a `{key_type}`, which it is not");
            self.problem(step, problem);
        }
        let local = self.model.subgraph(subgraph).types.get(key_type);
        let fits_a_key = local.is_some_and(|local| {
            let mut keys = local.keys.iter().filter(|key| key.resolvable);
            keys.any(|key| self.carries(&representation.items, &key.fields, object, ty))
        });
        if !fits_a_key {
            let problem =
                format!("no resolvable key of `{key_type}` is in the representation of `{name}`");
            self.problem(step, problem);
        }
    }

    /// Each item must have been written before.
    pub(super) fn present(
        &mut self,
        step: Step<'_>,
        items: &[RepresentationItem],
        object: &Object,
        ty: usize,
    ) {
        for item in items {
            match item {
                RepresentationItem::Field(field) => self.is_there(step, field, object, ty),
                RepresentationItem::Fragment {
                    type_condition,
                    items,
                } if self.model.possible(type_condition).contains(ty) => {
                    self.present(step, items, object, ty);
                }
                RepresentationItem::Fragment { .. } => {}
            }
        }
    }

    fn is_there(
        &mut self,
        step: Step<'_>,
        field: &RepresentationField,
        object: &Object,
        ty: usize,
    ) {
        let cell = object.cell(ty, &field.stored_as);
        let Some(cell) = cell.filter(|cell| !cell.writers.is_disjoint(step.before)) else {
            let name = self.model.object_name(ty);
            let problem = format!("its input `{name}.{}` is not there", field.name);
            return self.problem(step, problem);
        };
        cell.mark(Read::AsInput);
        if cell.name != field.name {
            let problem = format!("its input `{}` holds `{}`", field.name, cell.name);
            self.problem(step, problem);
        }
        if !field.items.is_empty() {
            for below in cell.types.iter() {
                self.present(step, &field.items, &cell.below, below);
            }
        }
    }

    /// Whether items hold all of a field set, with the arguments that it asks for.
    pub(super) fn carries(
        &self,
        items: &[RepresentationItem],
        fields: &FieldSet,
        object: &Object,
        ty: usize,
    ) -> bool {
        fields.items.iter().all(|wanted| match wanted {
            FieldSetItem::Fragment(fragment) => {
                !self.model.possible(&fragment.type_condition).contains(ty)
                    || self.carries(items, &fragment.selection, object, ty)
            }
            FieldSetItem::Field(field) if field.name == "__typename" => true,
            FieldSetItem::Field(field) => {
                let mut found = self.find(items, &field.name, ty).into_iter();
                found.any(|item| self.holds(item, field, object, ty))
            }
        })
    }

    /// Whether what an item copies is the field, with all that is wanted below it.
    fn holds(
        &self,
        item: &RepresentationField,
        wanted: &FieldSelection,
        object: &Object,
        ty: usize,
    ) -> bool {
        let Some(cell) = object.cell(ty, &item.stored_as) else {
            return false;
        };
        let below = &wanted.selection;
        let mut types = cell.types.iter();
        cell.name == wanted.name
            && same_arguments(&cell.arguments, &wanted.arguments)
            && (below.is_empty()
                || types.all(|ty| self.carries(&item.items, below, &cell.below, ty)))
    }

    /// The items that copy a field of that name from objects of the type.
    fn find<'i>(
        &self,
        items: &'i [RepresentationItem],
        name: &Name,
        ty: usize,
    ) -> Vec<&'i RepresentationField> {
        let mut found = Vec::new();
        for item in items {
            match item {
                RepresentationItem::Field(field) if field.name == *name => found.push(field),
                RepresentationItem::Field(_) => {}
                RepresentationItem::Fragment {
                    type_condition,
                    items,
                } => {
                    if self.model.possible(type_condition).contains(ty) {
                        found.extend(self.find(items, name, ty));
                    }
                }
            }
        }
        found
    }
}

/// Whether arguments are the same in any order.
pub(super) fn same_arguments(stored: &[Node<Argument>], wanted: &[Node<Argument>]) -> bool {
    sorted(stored) == sorted(wanted)
}
