//! Runs a plan over runtime types: does each fetch find its inputs, and may its subgraph be asked what it is asked.

use super::Values;
use super::classes::Classes;
use super::model::Model;
use super::store::{Object, Store, sorted};
use super::waste::Read;
use super::writes::Given;
use crate::type_set::TypeSet;
use apollo_compiler::ast::Argument;
use apollo_compiler::{Name, Node};
use std::collections::BTreeSet;
use weft_query_plan::{
    Conjunction, EntityCall, Fetch, FetchConditions, FetchId, FetchKind, FetchSelection,
    FetchSelectionSet, PathSegment, QueryPlan, Representation, RepresentationItem, ResponsePath,
    StrandId,
};
use weft_supergraph::{FieldSet, FieldSetItem};

/// One run of a plan with given values of the conditions' variables.
pub(super) struct Run<'r, 'a> {
    pub(super) model: &'r Model<'a>,
    pub(super) plan: &'r QueryPlan,
    /// Nothing, to run as if all conditions held at once.
    pub(super) values: Option<&'r Values>,
    /// How many fields the call under way has written, known types left aside.
    pub(super) written: usize,
    /// What is of no use.
    pub(super) useless: &'r mut BTreeSet<String>,
    pub(super) problems: &'r mut BTreeSet<String>,
    /// Which types are alike.
    pub(super) classes: &'r Classes<'r, 'a>,
    /// The targets at which a fetch found something, in some run.
    pub(super) reached: &'r mut BTreeSet<(FetchId, ResponsePath)>,
}

fn value(values: &Values, name: &Name) -> bool {
    values.get(name).copied().unwrap_or(false)
}

/// A strand of a fetch that is under way.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) id: StrandId,
    pub(super) fetch: &'s Fetch,
    /// The strands that have ended.
    pub(super) before: &'s BTreeSet<StrandId>,
}

impl Run<'_, '_> {
    /// Runs all fetches.
    pub(super) fn all(&mut self, store: &mut Store) {
        let plan = self.plan;
        for (index, fetch) in plan.fetches.iter().enumerate() {
            let id = FetchId(index as u32);
            if !self.sends(&fetch.conditions) {
                continue;
            }
            self.fetch(id, fetch, store);
        }
    }

    fn sends(&self, conditions: &FetchConditions) -> bool {
        self.values
            .is_none_or(|values| conditions.hold(|name| value(values, name)))
    }

    pub(super) fn selects(&self, conditions: &Conjunction) -> bool {
        self.values
            .is_none_or(|values| conditions.holds(|name| value(values, name)))
    }

    fn fetch(&mut self, id: FetchId, fetch: &Fetch, store: &mut Store) {
        self.written = 0;
        let calls = match &fetch.kind {
            FetchKind::Root {
                target, selection, ..
            } => {
                let found = self.strand(id, fetch, 0, target, store, &mut |run, step, store| {
                    run.root(step, target, selection, store)
                });
                return self.asks_something((id, fetch), selection, found);
            }
            FetchKind::Entities(calls) => calls,
        };
        let mut numbers = 0..;
        for call in calls {
            let is_sent = self.sends(&call.conditions);
            let mut found = 0;
            self.written = 0;
            for (target, number) in call.targets.iter().zip(&mut numbers) {
                if is_sent {
                    found +=
                        self.strand(id, fetch, number, target, store, &mut |run, step, store| {
                            run.contexts(step, call, target, store);
                            run.entities(step, call, target, store)
                        });
                }
            }
            self.asks_something((id, fetch), &call.selection, found);
        }
    }

    /// What is sent must ask for something more than types that are known, unless it has no more than those.
    fn asks_something(
        &mut self,
        (id, fetch): (FetchId, &Fetch),
        selection: &FetchSelectionSet,
        found: usize,
    ) {
        if found > 0 && self.written == 0 && has_fields(selection) {
            let subgraph = &fetch.subgraph_name;
            let what = "it is sent when nothing is asked of it";
            self.useless
                .insert(format!("fetch {} to `{subgraph}`: {what}", id.0));
        }
    }

    /// Runs a strand; `run` says how many objects it found, which is passed on.
    fn strand(
        &mut self,
        id: FetchId,
        fetch: &Fetch,
        number: u32,
        target: &ResponsePath,
        store: &mut Store,
        run: &mut dyn FnMut(&mut Self, Step<'_>, &mut Store) -> usize,
    ) -> usize {
        let strand = StrandId { fetch: id, number };
        let before = self.plan.strands_before(strand);
        let step = Step {
            id: strand,
            fetch,
            before: &before,
        };
        let found = run(self, step, store);
        if found > 0 {
            self.reached.insert((id, target.clone()));
        }
        found
    }

    fn root(
        &mut self,
        step: Step<'_>,
        target: &ResponsePath,
        selection: &FetchSelectionSet,
        store: &mut Store,
    ) -> usize {
        let types = TypeSet::single(store.root_type);
        let mut found = 0;
        self.at(
            step,
            &target.0,
            &mut store.root,
            &types,
            &mut |run, object, types| {
                found += 1;
                run.write(step, selection, object, types, &Given::default());
            },
        );
        found
    }

    fn entities(
        &mut self,
        step: Step<'_>,
        call: &EntityCall,
        target: &ResponsePath,
        store: &mut Store,
    ) -> usize {
        let types = TypeSet::single(store.root_type);
        let mut found = 0;
        self.at(
            step,
            &target.0,
            &mut store.root,
            &types,
            &mut |run, object, types| {
                for ty in types.iter() {
                    let fits = |one: &&Representation| {
                        run.model.possible(&one.type_condition).contains(ty)
                    };
                    if let Some(representation) = call.representations.iter().find(fits) {
                        found += 1;
                        let condition = &representation.type_condition;
                        let fits_all = types.is_subset(&run.model.possible(condition));
                        if !fits_all && !object.knows_type(ty, step.before) {
                            run.unknown_type(step, ty);
                        }
                        run.entity(step, call, representation, object, ty);
                    }
                }
            },
        );
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
        let name = self.model.object_name(ty).clone();
        if representation.typename.is_none() && !object.knows_type(ty, step.before) {
            self.unknown_type(step, ty);
        }
        self.present(step, &representation.items, object, ty);
        let key_type = representation
            .typename
            .clone()
            .unwrap_or_else(|| name.clone());
        let subgraph = step.fetch.subgraph;
        if !self.model.local_possible(subgraph, &key_type).contains(ty) {
            self.problem(
                step,
                format!("`{name}` is sent as a `{key_type}`, which it is not"),
            );
        }
        let local = self.model.subgraph(subgraph).types.get(&key_type);
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
                    if self.model.possible(type_condition).contains(ty) {
                        self.present(step, items, object, ty);
                    }
                }
                RepresentationItem::Field(field) => {
                    let cell = object.cell(ty, &field.stored_as);
                    let cell = cell.filter(|cell| !cell.writers.is_disjoint(step.before));
                    let Some(cell) = cell else {
                        let name = self.model.object_name(ty).clone();
                        self.problem(
                            step,
                            format!("its input `{name}.{}` is not there", field.name),
                        );
                        continue;
                    };
                    cell.mark(Read::AsInput);
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
                !self.model.possible(&fragment.type_condition).contains(ty)
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
                    if self.model.possible(type_condition).contains(ty) {
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
                    .filter(|&ty| names.contains(self.model.object_name(ty)))
                    .collect();
                for ty in named.iter() {
                    if !object.knows_type(ty, step.before) {
                        let name = self.model.object_name(ty).clone();
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
                    cell.mark(Read::Shown);
                    let below = cell.types.clone();
                    self.at(step, rest, &mut cell.below, &below, visit);
                }
            }
        }
    }

    fn unknown_type(&mut self, step: Step<'_>, ty: usize) {
        let name = self.model.object_name(ty);
        self.problem(step, format!("the `__typename` of `{name}` is not there"));
    }

    pub(super) fn problem(&mut self, step: Step<'_>, what: String) {
        let problem = format!(
            "fetch {} to `{}`: {what}",
            step.id.fetch.0, step.fetch.subgraph_name
        );
        self.problems.insert(problem);
    }
}

/// Whether a selection has any field but `__typename`.
fn has_fields(selection: &FetchSelectionSet) -> bool {
    selection.items.iter().any(|item| match item {
        FetchSelection::Field(field) => field.name != "__typename",
        FetchSelection::Fragment(fragment) => has_fields(&fragment.selection),
    })
}

pub(super) fn same_arguments(stored: &[Node<Argument>], wanted: &[Node<Argument>]) -> bool {
    sorted(stored) == sorted(wanted)
}
