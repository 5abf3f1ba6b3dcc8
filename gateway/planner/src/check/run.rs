//! Runs a plan over runtime types, fetch by fetch and strand by strand.

use super::Values;
use super::classes::Classes;
use super::model::Model;
use super::store::{Object, Store};
use super::waste::Read;
use super::writes::Given;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use std::collections::BTreeSet;
use weft_query_plan::{
    Conjunction, EntityCall, Fetch, FetchConditions, FetchId, FetchKind, FetchSelection,
    FetchSelectionSet, PathSegment, QueryPlan, ResponsePath, StrandId,
};

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

/// What a strand asks for at each object that it comes to.
#[derive(Clone, Copy)]
enum Ask<'p> {
    Fields(&'p FetchSelectionSet),
    Entities(&'p EntityCall),
}

impl Run<'_, '_> {
    /// Runs all fetches.
    pub(super) fn all(&mut self, store: &mut Store) {
        let plan = self.plan;
        for (index, fetch) in plan.fetches.iter().enumerate() {
            if self.sends(&fetch.conditions) {
                self.fetch(FetchId(index as u32), fetch, store);
            }
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
        let mut ids = (0..).map(|number| StrandId { fetch: id, number });
        match &fetch.kind {
            FetchKind::Root {
                target, selection, ..
            } => {
                self.ask(
                    (id, fetch),
                    Ask::Fields(selection),
                    [target].into_iter().zip(ids),
                    store,
                );
            }
            FetchKind::Entities(calls) => {
                for call in calls {
                    let targets = call.targets.iter();
                    let strands: Vec<_> = targets.zip(&mut ids).collect();
                    if self.sends(&call.conditions) {
                        self.ask((id, fetch), Ask::Entities(call), strands, store);
                    }
                }
            }
        }
    }

    /// Runs the strands that ask for one thing.
    fn ask<'t>(
        &mut self,
        (id, fetch): (FetchId, &Fetch),
        ask: Ask<'_>,
        strands: impl IntoIterator<Item = (&'t ResponsePath, StrandId)>,
        store: &mut Store,
    ) {
        self.written = 0;
        let mut is_sent = false;
        for (target, strand) in strands {
            let before = self.plan.strands_before(strand);
            let step = Step {
                id: strand,
                fetch,
                before: &before,
            };
            if self.strand(step, ask, target, store) > 0 {
                self.reached.insert((id, target.clone()));
                is_sent = true;
            }
        }
        let selection = match ask {
            Ask::Fields(selection) => selection,
            Ask::Entities(call) => &call.selection,
        };
        // A call may ask for nothing but types that are known, if it has no more than those.
        if is_sent && self.written == 0 && has_fields(selection) {
            let what = "it is sent when nothing is asked of it";
            self.useless.insert(format!(
                "fetch {} to `{}`: {what}",
                id.0, fetch.subgraph_name
            ));
        }
    }

    /// Runs a strand, and says how many objects it found.
    fn strand(
        &mut self,
        step: Step<'_>,
        ask: Ask<'_>,
        target: &ResponsePath,
        store: &mut Store,
    ) -> usize {
        if let Ask::Entities(call) = ask {
            self.contexts(step, call, target, store);
        }
        let types = TypeSet::single(store.root_type);
        let mut found = 0;
        let mut visit = |run: &mut Self, object: &mut Object, types: &TypeSet| {
            found += match ask {
                Ask::Entities(call) => run.entities(step, call, object, types),
                Ask::Fields(selection) => {
                    run.write(step, selection, object, types, &Given::default());
                    1
                }
            };
        };
        self.at(step, &target.0, &mut store.root, &types, &mut visit);
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

    pub(super) fn unknown_type(&mut self, step: Step<'_>, ty: usize) {
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
