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
use weft_supergraph::{ContextArgument, SubgraphField};

impl<'a> Run<'_, 'a> {
    /// Checks the contexts of one call, at one of its targets.
    pub(super) fn contexts(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        target: &ResponsePath,
        store: &Store,
    ) {
        let mut fields = Vec::new();
        for representation in &call.representations {
            for ty in self.model.possible(&representation.type_condition).iter() {
                self.contextual_fields(step, &call.selection, ty, &mut fields);
            }
        }
        for (field, local) in fields {
            for argument in &local.context_arguments {
                let Some(variable) = variable_of(call, field, argument) else {
                    let name = format!("{}({}:)", field.name, argument.argument);
                    self.problem(step, format!("`{name}` is asked without its context"));
                    continue;
                };
                self.nearest(step, argument, variable, target, store);
            }
        }
    }

    /// The fields of an entity with arguments from contexts.
    fn contextual_fields<'f>(
        &self,
        step: Step<'_>,
        selection: &'f FetchSelectionSet,
        ty: usize,
        found: &mut Vec<(&'f FetchField, &'a SubgraphField)>,
    ) {
        for item in &selection.items {
            match item {
                FetchSelection::Field(field) => {
                    let local = self.model.field(step.fetch.subgraph, ty, &field.name);
                    let local = local.filter(|local| !local.context_arguments.is_empty());
                    found.extend(local.map(|local| (field, local)));
                }
                FetchSelection::Fragment(fragment) => {
                    let applies = fragment.type_condition.as_ref().is_none_or(|name| {
                        let types = self.model.local_possible(step.fetch.subgraph, name);
                        types.contains(ty)
                    });
                    if applies {
                        self.contextual_fields(step, &fragment.selection, ty, found);
                    }
                }
            }
        }
    }

    /// Walks from an entity towards the root, until every object sets the context.
    fn nearest(
        &mut self,
        step: Step<'_>,
        argument: &'a ContextArgument,
        variable: &ContextVariable,
        target: &ResponsePath,
        store: &Store,
    ) {
        for length in object_prefixes(target).into_iter().rev() {
            let mut objects = Vec::new();
            let root = TypeSet::single(store.root_type);
            self.objects_at(
                &target.0[..length],
                &store.root,
                &root,
                step.before,
                &mut objects,
            );
            if let PathSegment::Types(names) = &target.0[length] {
                objects.retain(|(ty, _)| names.contains(self.model.object_name(*ty)));
            }
            let distance = target.0.len() - length;
            let mut all_set = true;
            for (ty, object) in objects {
                all_set &= self.source(step, argument, variable, distance, object, ty);
            }
            if all_set && length > 0 {
                return;
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
