//! Arguments from contexts: does each take its value from the nearest ancestor that sets the context, and is the value there?

use super::run::{Run, Step};
use super::store::{Object, Store};
use super::waste::Read;
use crate::type_set::TypeSet;
use apollo_compiler::ast::Value;
use std::collections::BTreeSet;
use weft_query_plan::{
    ContextVariable, EntityCall, FetchField, FetchSelection, FetchSelectionSet, PathSegment,
    ResponsePath, StrandId,
};
use weft_supergraph::{ContextArgument, FieldSetItem, SubgraphField};

/// A field with arguments from contexts that a call asks of an entity, or somewhere below it.
struct ContextualField<'f, 'a> {
    field: &'f FetchField,
    local: &'a SubgraphField,
    /// The type of the entity.
    entity: usize,
    /// The types that each of the objects between the entity and the one that has the field can have; nothing for a field of the
    /// entity itself.
    between: Option<Vec<TypeSet>>,
}

impl<'a> Run<'_, 'a> {
    /// Checks the contexts of one call, at one of its targets.
    pub(super) fn contexts(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        target: &ResponsePath,
        store: &Store,
    ) {
        if !self.model.has_contexts() {
            return;
        }
        let mut fields = Vec::new();
        for representation in &call.representations {
            for ty in self.model.possible(&representation.type_condition).iter() {
                let entity = TypeSet::single(ty);
                self.contextual_fields(
                    step,
                    &call.selection,
                    &entity,
                    &mut Vec::new(),
                    &mut fields,
                );
            }
        }
        for found in &fields {
            for argument in &found.local.context_arguments {
                let Some(variable) = variable_of(call, found.field, argument) else {
                    let name = format!("{}({}:)", found.field.name, argument.argument);
                    self.problem(step, format!("`{name}` is asked without its context"));
                    continue;
                };
                if !self.is_set_between(step, argument, variable, found) {
                    self.nearest(step, argument, variable, found, (target, store));
                }
            }
        }
    }

    /// The fields with arguments from contexts in a selection on objects of some types, at every depth; `above` are the types of the
    /// objects that lead there, the entity first.
    fn contextual_fields<'f>(
        &self,
        step: Step<'_>,
        selection: &'f FetchSelectionSet,
        types: &TypeSet,
        above: &mut Vec<TypeSet>,
        found: &mut Vec<ContextualField<'f, 'a>>,
    ) {
        let subgraph = step.fetch.subgraph;
        for item in &selection.items {
            match item {
                FetchSelection::Field(field) if self.selects(&field.conditions) => {
                    let mut below = TypeSet::default();
                    for ty in types.iter() {
                        let Some(local) = self.model.field(subgraph, ty, &field.name) else {
                            continue;
                        };
                        let named = local.ty.inner_named_type();
                        below.extend(&self.model.local_possible(subgraph, named));
                        if !local.context_arguments.is_empty() {
                            let (entity, between) = way(types, above);
                            found.push(ContextualField {
                                field,
                                local,
                                entity,
                                between,
                            });
                        }
                    }
                    above.push(types.clone());
                    self.contextual_fields(step, &field.selection, &below, above, found);
                    above.pop();
                }
                FetchSelection::Field(_) => {}
                FetchSelection::Fragment(fragment) if !self.selects(&fragment.conditions) => {}
                FetchSelection::Fragment(fragment) => {
                    let narrowed = match &fragment.type_condition {
                        Some(name) => {
                            types.intersection(&self.model.local_possible(subgraph, name))
                        }
                        None => types.clone(),
                    };
                    self.contextual_fields(step, &fragment.selection, &narrowed, above, found);
                }
            }
        }
    }

    /// Whether an object sets the context that is below the entity and above the field: nothing that is there when the call leaves has
    /// its value.
    fn is_set_between(
        &mut self,
        step: Step<'_>,
        argument: &'a ContextArgument,
        variable: &ContextVariable,
        found: &ContextualField<'_, 'a>,
    ) -> bool {
        let between = found.between.iter().flatten();
        let mut types = between.flat_map(TypeSet::iter);
        let setter = types.find(|ty| self.model.value_of_context(argument, *ty).is_some());
        if let Some(ty) = setter {
            let (name, from) = (self.model.object_name(ty).clone(), &variable.argument);
            self.problem(step, format!("`{from}` is not taken from `{name}`"));
        }
        setter.is_some()
    }

    /// Walks from an entity towards the root, until every object sets the context.
    fn nearest(
        &mut self,
        step: Step<'_>,
        argument: &'a ContextArgument,
        variable: &ContextVariable,
        found: &ContextualField<'_, 'a>,
        (target, store): (&ResponsePath, &Store),
    ) {
        // An entity does not set a context for its own fields.
        let entity = found.between.as_ref().map(|_| target.0.len());
        for length in object_prefixes(target).into_iter().chain(entity).rev() {
            let mut objects = Vec::new();
            let root = TypeSet::single(store.root_type);
            self.objects_at(
                &target.0[..length],
                &store.root,
                &root,
                step.before,
                &mut objects,
            );
            match target.0.get(length) {
                Some(PathSegment::Types(names)) => {
                    objects.retain(|(ty, _)| names.contains(self.model.object_name(*ty)));
                }
                Some(_) => {}
                None => objects.retain(|(ty, _)| *ty == found.entity),
            }
            let distance = target.0.len() - length;
            let mut all_set = true;
            let mut taken = BTreeSet::new();
            for (ty, object) in &objects {
                all_set &= self.source(step, argument, variable, distance, object, *ty);
                taken.insert(self.taken_from(argument, *ty));
            }
            if taken.len() > 1 {
                self.types_are_told(step, variable, &objects);
            }
            if all_set && length > 0 {
                return;
            }
        }
    }

    /// What of an object of a type is the value, as text; nothing where it does not set the context.
    fn taken_from(&self, argument: &'a ContextArgument, ty: usize) -> String {
        let items = self.model.value_of_context(argument, ty);
        let items = items.iter().flat_map(|fields| &fields.items);
        let applies = |item: &&FieldSetItem| match item {
            FieldSetItem::Field(_) => true,
            FieldSetItem::Fragment(fragment) => {
                self.model.possible(&fragment.type_condition).contains(ty)
            }
        };
        items
            .filter(applies)
            .map(|item| format!("{item:?}"))
            .collect()
    }

    /// Where it depends on an ancestor's type what is taken from it, something must have told the type.
    fn types_are_told(
        &mut self,
        step: Step<'_>,
        variable: &ContextVariable,
        objects: &[(usize, &Object)],
    ) {
        let from = &variable.argument;
        for (ty, object) in objects {
            if !object.knows_type(*ty, step.before) {
                let name = self.model.object_name(*ty).clone();
                let problem = format!("`{from}` is taken from a `{name}` whose type is not there");
                self.problem(step, problem);
            }
        }
    }

    /// Whether an ancestor sets the context; then the plan must take the value from it.
    fn source(
        &mut self,
        step: Step<'_>,
        argument: &'a ContextArgument,
        variable: &ContextVariable,
        distance: usize,
        object: &Object,
        ty: usize,
    ) -> bool {
        let wanted = self.model.value_of_context(argument, ty);
        let mut sources = variable.sources.iter();
        let source = sources.find(|source| {
            source.distance == distance && self.model.possible(&source.type_condition).contains(ty)
        });
        let name = self.model.object_name(ty).clone();
        let from = &variable.argument;
        match (wanted, source) {
            (None, None) => return false,
            (Some(fields), Some(source)) => {
                self.present(step, &source.value, object, ty);
                if !self.carries(&source.value, fields, object, ty) {
                    self.problem(step, format!("`{from}` takes another value from `{name}`"));
                }
            }
            (Some(_), None) => {
                self.problem(step, format!("`{from}` is not taken from `{name}`"));
            }
            (None, Some(_)) => {
                let problem = format!("`{from}` is taken from `{name}`, which does not set it");
                self.problem(step, problem);
            }
        }
        true
    }

    /// The objects at a path that earlier fetches wrote, by type.
    fn objects_at<'s>(
        &self,
        path: &[PathSegment],
        object: &'s Object,
        types: &TypeSet,
        before: &BTreeSet<StrandId>,
        found: &mut Vec<(usize, &'s Object)>,
    ) {
        match path.split_first() {
            None => found.extend(types.iter().map(|ty| (ty, object))),
            Some((PathSegment::List, rest)) => self.objects_at(rest, object, types, before, found),
            Some((PathSegment::Types(names), rest)) => {
                let named = |ty: &usize| names.contains(self.model.object_name(*ty));
                let named: TypeSet = types.iter().filter(named).collect();
                self.objects_at(rest, object, &named, before, found);
            }
            Some((PathSegment::Key(key), rest)) => {
                for ty in types.iter() {
                    let cell = object.cell(ty, key);
                    let cell = cell.filter(|cell| !cell.writers.is_disjoint(before));
                    if let Some(cell) = cell {
                        cell.mark(Read::Shown);
                        self.objects_at(rest, &cell.below, &cell.types, before, found);
                    }
                }
            }
        }
    }
}

/// The type of the entity above a field of objects of some types, and those of the objects between them.
fn way(types: &TypeSet, above: &[TypeSet]) -> (usize, Option<Vec<TypeSet>>) {
    match above.split_first() {
        Some((entity, between)) => (entity.first().unwrap_or_default(), Some(between.to_vec())),
        None => (types.first().unwrap_or_default(), None),
    }
}

/// The lengths of a path's proper prefixes that end at objects.
fn object_prefixes(target: &ResponsePath) -> Vec<usize> {
    let ends_at_object = |length: &usize| {
        let is_narrowed = |position: usize| matches!(target.0[position], PathSegment::Types(_));
        !matches!(target.0[*length], PathSegment::List)
            && (*length == 0 || !is_narrowed(*length - 1))
    };
    (0..target.0.len()).filter(ends_at_object).collect()
}

fn variable_of<'c>(
    call: &'c EntityCall,
    field: &FetchField,
    argument: &ContextArgument,
) -> Option<&'c ContextVariable> {
    let given = field
        .arguments
        .iter()
        .find(|one| one.name == argument.argument)?;
    let Value::Variable(name) = given.value.as_ref() else {
        return None;
    };
    let mut variables = call.context_variables.iter();
    variables.find(|variable| variable.variable == *name && variable.ty == argument.ty)
}
