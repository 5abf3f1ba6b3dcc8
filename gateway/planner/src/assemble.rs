//! Scheduled groups in, the plan out: groups become entity calls, calls of one step to one subgraph become one request.

mod strands;
mod united;

use crate::assemble::strands::StrandOf;
use crate::assemble::united::{UnitedGroup, unite};
use crate::build::{Built, Group, GroupKind, Input};
use crate::graph::Graph;
use crate::search::Search;
use crate::selection::Selections;
use crate::type_set::TypeSet;
use crate::write::{OwnVariables, Writer, rename_conflicts};
use apollo_compiler::ast::OperationType;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, name};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use weft_query_plan::{
    Conjunction, DeferredFragment, DeferredPart, EntityCall, Fetch, FetchConditions, FetchId,
    FetchKind, FetchSelectionSet, FetchVariable, Operation, PathSegment, QueryPlan, Representation,
    ResponsePath, document_of,
};
use weft_supergraph::SubgraphId;

/// What makes calls one request: step, entities or not, subgraph, and for root fields the group itself.
type RequestKey = (u32, bool, SubgraphId, Option<usize>, Vec<usize>);

/// Puts fetches together.
pub(crate) struct Assembler<'s, 'a> {
    graph: &'a Graph<'a>,
    selections: &'s Selections,
    built: &'s Built,
    operation: &'s Operation,
    own_variables: OwnVariables,
}

impl<'s, 'a> Assembler<'s, 'a> {
    /// For the groups of one operation.
    pub(crate) fn new(search: &'s Search<'a>, built: &'s Built, operation: &'s Operation) -> Self {
        Self {
            graph: search.graph,
            selections: &search.selections,
            built,
            operation,
            own_variables: OwnVariables::beside(&operation.operation().variables),
        }
    }

    /// The plan, with each group in the step that `levels` gives it.
    pub(crate) fn plan(&self, levels: &[u32]) -> QueryPlan {
        let mut requests: IndexMap<RequestKey, Vec<usize>> = IndexMap::new();
        for (index, group) in self.built.groups.iter().enumerate() {
            let is_entity = group.kind == GroupKind::Entities;
            let alone = (!is_entity).then_some(index);
            requests
                .entry((
                    levels[index],
                    is_entity,
                    group.subgraph,
                    alone,
                    group.deferred(),
                ))
                .or_default()
                .push(index);
        }
        requests.sort_by(|a, _, b, _| a.cmp(b));
        let mut strands = StrandOf::new(self.built.groups.len());
        let fetches = (0..).zip(requests.values()).map(|(position, members)| {
            // Those before have their strands: a group's step comes after the steps of all that it depends on.
            self.fetch(FetchId(position), members, &mut strands)
        });
        let fetches = fetches.collect();
        QueryPlan {
            operation_type: self.operation.operation().operation_type,
            fetches,
            deferred: self.deferred(),
        }
    }

    fn deferred(&self) -> Vec<DeferredPart> {
        let parts = self.operation.deferred().iter().enumerate();
        let part = |(number, fragment): (usize, &DeferredFragment)| {
            let place = self.built.parts.get(&number).cloned().unwrap_or_default();
            DeferredPart {
                label: fragment.label.clone(),
                variable: fragment.variable.clone(),
                paths: place.0.into_iter().map(ResponsePath).collect(),
                parent: place.1,
            }
        };
        parts.map(part).collect()
    }

    fn fetch(&self, id: FetchId, members: &[usize], strand_of: &mut StrandOf) -> Fetch {
        let groups: Vec<&Group> = members
            .iter()
            .map(|&index| &self.built.groups[index])
            .collect();
        let subgraph = groups[0].subgraph;
        let kind = match groups[0].kind {
            GroupKind::Root(operation_type) => {
                strand_of.note(id, members, &[0]);
                self.root(operation_type, groups[0])
            }
            GroupKind::Entities => {
                let (calls, numbers) = self.calls(&groups);
                strand_of.note(id, members, &numbers);
                FetchKind::Entities(calls)
            }
        };
        let strands = strand_of.strands(members, &groups);
        let waits_for = strands.iter().flat_map(|strand| &strand.waits_for);
        let depends_on: BTreeSet<FetchId> = waits_for.map(|strand| strand.fetch).collect();
        let variables = self.variables(&kind);
        let document: Arc<str> = document_of(&kind, None, &variables).into();
        Fetch {
            subgraph,
            subgraph_name: self.graph.subgraph(subgraph).name.as_str().into(),
            depends_on: depends_on.into_iter().collect(),
            strands,
            parts: groups[0].deferred(),
            conditions: conditions(groups.iter().flat_map(|group| &group.conditions)),
            kind,
            variables,
            operation_name: None,
            document,
        }
    }

    fn root(&self, operation_type: OperationType, group: &Group) -> FetchKind {
        let mut selection = self.writer(group).root(operation_type, group.tree);
        self.rename(&mut selection, group.subgraph);
        FetchKind::Root {
            operation_type,
            target: ResponsePath(group.path.clone()),
            selection,
        }
    }

    fn writer<'w>(&'w self, group: &'w Group) -> Writer<'w, 'a> {
        Writer {
            graph: self.graph,
            selections: self.selections,
            trees: &self.built.trees,
            subgraph: group.subgraph,
            contexts: &group.contexts,
            own_variables: &self.own_variables,
        }
    }

    fn rename(&self, selection: &mut FetchSelectionSet, subgraph: SubgraphId) {
        let types = &self.graph.subgraph(subgraph).types;
        rename_conflicts(selection, &|name| {
            types
                .get(name)
                .is_some_and(|local| local.kind.is_composite())
        });
    }

    /// The calls of one request, and the number of each group's strand. Calls that are alike but for their targets are one.
    fn calls(&self, groups: &[&Group]) -> (Vec<EntityCall>, Vec<u32>) {
        let mut calls: Vec<EntityCall> = Vec::new();
        // For each group, its call and the position of its target there.
        let mut places = vec![(0, 0); groups.len()];
        let mut known_targets: FxHashMap<(usize, &[PathSegment]), usize> = FxHashMap::default();
        for united in unite(groups) {
            let call = self.call(&united);
            let path = &united.group.path;
            let position = match calls.iter().position(|known| is_alike(known, &call)) {
                Some(position) => position,
                None => {
                    calls.push(call);
                    calls.len() - 1
                }
            };
            let targets = &mut calls[position].targets;
            let place = *known_targets.entry((position, path)).or_insert_with(|| {
                targets.push(ResponsePath(path.clone()));
                targets.len() - 1
            });
            for member in united.members {
                places[member] = (position, place);
            }
        }
        if calls.len() > 1 {
            for (number, call) in calls.iter_mut().enumerate() {
                call.response_key = response_key(number);
                call.representations_variable = self.own_variables.representations_of(number);
            }
        }
        self.own_variables.number_contexts(&mut calls);
        let number = |(call, target): (usize, usize)| {
            let before = calls.iter().take(call).map(|call| call.targets.len());
            (before.sum::<usize>() + target) as u32
        };
        let numbers = places.into_iter().map(number).collect();
        (calls, numbers)
    }

    /// A call without targets.
    fn call(&self, united: &UnitedGroup<'_>) -> EntityCall {
        let group = united.group;
        let mut selection = self.writer(group).entities(&united.trees, united.inputs);
        self.rename(&mut selection, group.subgraph);
        EntityCall {
            response_key: name!("_entities"),
            representations_variable: self.own_variables.representations(),
            conditions: conditions(&group.conditions),
            targets: Vec::new(),
            representations: self.representations(united),
            context_variables: self.own_variables.contexts_of(group),
            selection,
        }
    }

    fn representations(&self, united: &UnitedGroup<'_>) -> Vec<Representation> {
        let mut representations = Vec::new();
        for input in united.inputs {
            let typename = input.is_renamed.then(|| input.key_type.clone());
            for type_condition in self.type_conditions(input, &united.group.types) {
                let items = input.items.clone();
                representations.push(Representation {
                    type_condition,
                    typename: typename.clone(),
                    items,
                });
            }
        }
        representations
    }

    /// Type names that together stand for an input's types: one abstract type where it stands for nothing else.
    fn type_conditions(&self, input: &Input, all: &TypeSet) -> Vec<Name> {
        if input.is_blind {
            return vec![input.key_type.clone()];
        }
        if input.types.len() > 1 {
            let schema = self.graph.supergraph().schema();
            let names = schema.types.iter().filter(|(_, ty)| {
                matches!(ty, ExtendedType::Interface(_) | ExtendedType::Union(_))
            });
            for (name, _) in names {
                let possible = self.graph.possible(name);
                if possible.is_subset(all) && possible == input.types {
                    return vec![name.clone()];
                }
            }
        }
        input
            .types
            .iter()
            .map(|object| self.graph.object_name(object).clone())
            .collect()
    }

    /// The client's variables that a request uses, in the client's order.
    fn variables(&self, kind: &FetchKind) -> Vec<FetchVariable> {
        let used: BTreeSet<Name> = match kind {
            FetchKind::Root { selection, .. } => selection.used_variables(),
            FetchKind::Entities(calls) => calls
                .iter()
                .flat_map(|call| call.selection.used_variables())
                .collect(),
        };
        let declared = &self.operation.operation().variables;
        let declared = declared
            .iter()
            .filter(|variable| used.contains(&variable.name));
        declared
            .map(|variable| FetchVariable {
                name: variable.name.clone(),
                ty: (*variable.ty).clone(),
                default_value: variable.default_value.clone(),
            })
            .collect()
    }
}

/// Whether two calls differ in nothing but their targets.
fn is_alike(one: &EntityCall, other: &EntityCall) -> bool {
    one.conditions == other.conditions
        && one.selection == other.selection
        && one.representations == other.representations
        && one.context_variables == other.context_variables
}

/// The key of one of several calls of a request.
fn response_key(call: usize) -> Name {
    Name::new(&format!("_e{call}")).unwrap_or_else(|_| name!("_entities"))
}

fn conditions<'c>(conjunctions: impl IntoIterator<Item = &'c Conjunction>) -> FetchConditions {
    let mut any: Vec<Conjunction> = Vec::new();
    for conjunction in conjunctions {
        if conjunction.is_always() {
            return FetchConditions::Always;
        }
        if !any.contains(conjunction) {
            any.push(conjunction.clone());
        }
    }
    any.sort();
    if any.is_empty() {
        FetchConditions::Always
    } else {
        FetchConditions::Any(any)
    }
}
