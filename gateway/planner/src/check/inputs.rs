//! Runs a plan over runtime types: does each fetch find its inputs, and may its subgraph be asked what it is asked.

use super::Values;
use super::classes::Classes;
use super::store::{Cell, Object, Store, sorted};
use crate::graph::{Graph, Resolution};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::Argument;
use std::collections::BTreeSet;
use weft_query_plan::{
    EntityCall, Fetch, FetchField, FetchId, FetchKind, FetchSelection, FetchSelectionSet,
    PathSegment, QueryPlan, Representation, RepresentationItem, ResponsePath,
};
use weft_supergraph::{FieldSet, FieldSetItem};

/// One run of a plan with given values of the conditions' variables.
pub(super) struct Run<'r, 'a> {
    pub(super) graph: &'r Graph<'a>,
    pub(super) plan: &'r QueryPlan,
    pub(super) values: &'r Values,
    pub(super) problems: &'r mut BTreeSet<String>,
    /// Which types are alike.
    pub(super) classes: &'r Classes,
    /// The targets at which a fetch found something, in some run.
    pub(super) reached: &'r mut BTreeSet<(FetchId, ResponsePath)>,
}

/// A fetch that is under way.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) id: FetchId,
    pub(super) fetch: &'s Fetch,
    pub(super) before: &'s BTreeSet<FetchId>,
}

/// What may be read at a place of a subgraph's answer beyond the subgraph's own fields.
#[derive(Clone, Default)]
struct Given {
    provided: FieldSet,
    /// Whether the object came in as a representation: then fields with requirements may be asked.
    required: Option<Vec<RepresentationItem>>,
}

impl Run<'_, '_> {
    /// Runs all fetches.
    pub(super) fn all(&mut self, store: &mut Store) {
        let plan = self.plan;
        for (index, fetch) in plan.fetches.iter().enumerate() {
            let id = FetchId(index as u32);
            if !fetch.conditions.hold(|name| self.value(name)) {
                continue;
            }
            let before = self.before(fetch);
            self.fetch(
                Step {
                    id,
                    fetch,
                    before: &before,
                },
                store,
            );
        }
    }

    fn value(&self, name: &Name) -> bool {
        self.values.get(name).copied().unwrap_or(false)
    }

    /// All fetches that have ended when this one starts.
    fn before(&self, fetch: &Fetch) -> BTreeSet<FetchId> {
        let mut all: BTreeSet<FetchId> = fetch.depends_on.iter().copied().collect();
        let mut open: Vec<FetchId> = fetch.depends_on.clone();
        while let Some(id) = open.pop() {
            for &earlier in &self.plan.fetch(id).depends_on {
                if all.insert(earlier) {
                    open.push(earlier);
                }
            }
        }
        all
    }

    fn fetch(&mut self, step: Step<'_>, store: &mut Store) {
        let root_type = store.root_type;
        match &step.fetch.kind {
            FetchKind::Root {
                target, selection, ..
            } => {
                let mut found = 0;
                self.at(
                    step,
                    &target.0,
                    &mut store.root,
                    &TypeSet::single(root_type),
                    &mut |run, object, types| {
                        found += 1;
                        run.write(step, selection, object, types, &Given::default());
                    },
                );
                if found > 0 {
                    self.reached.insert((step.id, target.clone()));
                }
            }
            FetchKind::Entities(calls) => {
                for call in calls {
                    if call.conditions.hold(|name| self.value(name)) {
                        self.call(step, call, store);
                    }
                }
            }
        }
    }

    fn call(&mut self, step: Step<'_>, call: &EntityCall, store: &mut Store) {
        self.contexts(step, call, store);
        let root_type = store.root_type;
        for target in &call.targets {
            let mut found = 0;
            self.at(
                step,
                &target.0,
                &mut store.root,
                &TypeSet::single(root_type),
                &mut |run, object, types| {
                    for ty in types.iter() {
                        let fits = |one: &&Representation| {
                            run.graph.possible(&one.type_condition).contains(ty)
                        };
                        if let Some(representation) = call.representations.iter().find(fits) {
                            found += 1;
                            run.entity(step, call, representation, object, ty);
                        }
                    }
                },
            );
            if found > 0 {
                self.reached.insert((step.id, target.clone()));
            }
        }
    }

    fn entity(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        representation: &Representation,
        object: &mut Object,
        ty: usize,
    ) {
        let name = self.graph.object_name(ty).clone();
        if representation.typename.is_none() && !object.knows_type(ty, step.before) {
            self.problem(step, format!("the `__typename` of `{name}` is not there"));
        }
        self.present(step, &representation.items, object, ty);
        let key_type = representation
            .typename
            .clone()
            .unwrap_or_else(|| name.clone());
        let local = self
            .graph
            .subgraph(step.fetch.subgraph)
            .types
            .get(&key_type);
        let fits_a_key = local.is_some_and(|local| {
            let mut keys = local.keys.iter().filter(|key| key.resolvable);
            keys.any(|key| self.carries(&representation.items, &key.fields, object, ty))
        });
        if !fits_a_key {
            self.problem(
                step,
                format!("no resolvable key of `{key_type}` is in the representation of `{name}`"),
            );
        }
        let given = Given {
            provided: FieldSet::default(),
            required: Some(representation.items.clone()),
        };
        self.write(step, &call.selection, object, &TypeSet::single(ty), &given);
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
                RepresentationItem::Fragment {
                    type_condition,
                    items,
                } => {
                    if self.graph.possible(type_condition).contains(ty) {
                        self.present(step, items, object, ty);
                    }
                }
                RepresentationItem::Field(field) => {
                    let cell = object.cell(ty, &field.stored_as);
                    let cell = cell.filter(|cell| !cell.writers.is_disjoint(step.before));
                    let Some(cell) = cell else {
                        let name = self.graph.object_name(ty).clone();
                        self.problem(
                            step,
                            format!("its input `{name}.{}` is not there", field.name),
                        );
                        continue;
                    };
                    if cell.name != field.name {
                        self.problem(
                            step,
                            format!("its input `{}` holds `{}`", field.name, cell.name),
                        );
                    }
                    if !field.items.is_empty() {
                        for below in cell.types.clone().iter() {
                            self.present(step, &field.items, &cell.below, below);
                        }
                    }
                }
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
                !self.graph.possible(&fragment.type_condition).contains(ty)
                    || self.carries(items, &fragment.selection, object, ty)
            }
            FieldSetItem::Field(field) if field.name == "__typename" => true,
            FieldSetItem::Field(field) => {
                self.find(items, &field.name, ty).into_iter().any(|item| {
                    let RepresentationItem::Field(found) = item else {
                        return false;
                    };
                    let Some(cell) = object.cell(ty, &found.stored_as) else {
                        return false;
                    };
                    let same = cell.name == field.name
                        && same_arguments(&cell.arguments, &field.arguments);
                    let mut below = cell.types.iter();
                    same && (field.selection.is_empty()
                        || below.all(|below| {
                            self.carries(&found.items, &field.selection, &cell.below, below)
                        }))
                })
            }
        })
    }

    fn find<'i>(
        &self,
        items: &'i [RepresentationItem],
        name: &Name,
        ty: usize,
    ) -> Vec<&'i RepresentationItem> {
        let mut found = Vec::new();
        for item in items {
            match item {
                RepresentationItem::Field(field) if field.name == *name => found.push(item),
                RepresentationItem::Field(_) => {}
                RepresentationItem::Fragment {
                    type_condition,
                    items,
                } => {
                    if self.graph.possible(type_condition).contains(ty) {
                        found.extend(self.find(items, name, ty));
                    }
                }
            }
        }
        found
    }

    /// Calls `visit` for the objects at a path that earlier fetches wrote, with the types they can have.
    fn at(
        &mut self,
        step: Step<'_>,
        path: &[PathSegment],
        object: &mut Object,
        types: &TypeSet,
        visit: &mut dyn FnMut(&mut Self, &mut Object, &TypeSet),
    ) {
        match path.split_first() {
            None => visit(self, object, types),
            Some((PathSegment::List, rest)) => self.at(step, rest, object, types, visit),
            Some((PathSegment::Types(names), rest)) => {
                let named: TypeSet = types
                    .iter()
                    .filter(|&ty| names.contains(self.graph.object_name(ty)))
                    .collect();
                for ty in named.iter() {
                    if !object.knows_type(ty, step.before) {
                        let name = self.graph.object_name(ty).clone();
                        self.problem(step, format!("its path needs the `__typename` of `{name}`"));
                    }
                }
                self.at(step, rest, object, &named, visit);
            }
            Some((PathSegment::Key(key), rest)) => {
                for ty in types.iter() {
                    let Some(cell) = object.cells.get_mut(&(ty, key.clone())) else {
                        continue;
                    };
                    if cell.writers.is_disjoint(step.before) {
                        continue;
                    }
                    let below = cell.types.clone();
                    self.at(step, rest, &mut cell.below, &below, visit);
                }
            }
        }
    }

    fn write(
        &mut self,
        step: Step<'_>,
        selection: &FetchSelectionSet,
        object: &mut Object,
        types: &TypeSet,
        given: &Given,
    ) {
        for item in &selection.items {
            match item {
                FetchSelection::Field(field) if field.conditions.holds(|name| self.value(name)) => {
                    for ty in types.iter() {
                        self.write_field(step, field, object, ty, given);
                    }
                }
                FetchSelection::Field(_) => {}
                FetchSelection::Fragment(fragment) => {
                    if !fragment.conditions.holds(|name| self.value(name)) {
                        continue;
                    }
                    let narrowed = match &fragment.type_condition {
                        Some(name) => {
                            let (possible, _) =
                                self.graph.local_possible(step.fetch.subgraph, name);
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
        let arguments = self.client_arguments(step, field, ty);
        let mut types = TypeSet::default();
        let mut below = Given::default();
        if field.name != "__typename" {
            self.readable(step, field, object, ty, given);
            let Some(local) = self.graph.field(step.fetch.subgraph, ty, &field.name) else {
                return;
            };
            let named = local.ty.inner_named_type();
            let (possible, _) = self.graph.local_possible(step.fetch.subgraph, named);
            types = self.classes.some_of(TypeSet::clone(&possible));
            if let Some(provides) = &local.provides {
                below.provided.items.extend(provides.items.iter().cloned());
            }
            below
                .provided
                .items
                .extend(self.provided_below(&given.provided, &field.name, ty));
        }
        let known = object.cells.entry((ty, field.stored_as.clone()));
        let mut conflict = None;
        let cell = known
            .and_modify(|cell| {
                if cell.name != field.name || !same_arguments(&cell.arguments, &arguments) {
                    conflict = Some(cell.name.clone());
                }
                let common = cell.types.intersection(&types);
                if common.is_empty() {
                    cell.types.extend(&types);
                } else {
                    cell.types = common;
                }
            })
            .or_insert_with(|| Cell {
                name: field.name.clone(),
                arguments: arguments.clone(),
                writers: BTreeSet::new(),
                types: types.clone(),
                below: Object::default(),
            });
        cell.writers.insert(step.id);
        self.write(step, &field.selection, &mut cell.below, &types, &below);
        if let Some(other) = conflict {
            self.problem(
                step,
                format!(
                    "`{}` is written with `{}` and with `{other}`",
                    field.stored_as, field.name
                ),
            );
        }
    }

    /// A field's arguments without those from contexts, which no client knows.
    fn client_arguments(
        &self,
        step: Step<'_>,
        field: &FetchField,
        ty: usize,
    ) -> Vec<Node<Argument>> {
        let mut arguments = sorted(&field.arguments);
        if let Some(local) = self.graph.field(step.fetch.subgraph, ty, &field.name) {
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
        let name = format!("{}.{}", self.graph.object_name(ty), field.name);
        match self.graph.resolution(subgraph, ty, &field.name) {
            Some(Resolution::Local(_)) => {}
            Some(Resolution::Requires(local)) => {
                if !local.context_arguments.is_empty() && given.required.is_none() {
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
            None if self.is_provided(&given.provided, &field.name, ty) => {}
            None => self.problem(step, format!("`{name}` is not resolvable there")),
        }
    }

    fn is_provided(&self, fields: &FieldSet, name: &Name, ty: usize) -> bool {
        fields.items.iter().any(|item| match item {
            FieldSetItem::Field(field) => field.name == *name,
            FieldSetItem::Fragment(fragment) => {
                self.graph.possible(&fragment.type_condition).contains(ty)
                    && self.is_provided(&fragment.selection, name, ty)
            }
        })
    }

    fn provided_below(&self, fields: &FieldSet, name: &Name, ty: usize) -> Vec<FieldSetItem> {
        let mut below = Vec::new();
        for item in &fields.items {
            match item {
                FieldSetItem::Field(field) if field.name == *name => {
                    below.extend(field.selection.items.clone())
                }
                FieldSetItem::Field(_) => {}
                FieldSetItem::Fragment(fragment) => {
                    if self.graph.possible(&fragment.type_condition).contains(ty) {
                        below.extend(self.provided_below(&fragment.selection, name, ty));
                    }
                }
            }
        }
        below
    }

    pub(super) fn problem(&mut self, step: Step<'_>, what: String) {
        let problem = format!(
            "fetch {} to `{}`: {what}",
            step.id.0, step.fetch.subgraph_name
        );
        self.problems.insert(problem);
    }
}

fn same_arguments(stored: &[Node<Argument>], wanted: &[Node<Argument>]) -> bool {
    sorted(stored) == sorted(wanted)
}
