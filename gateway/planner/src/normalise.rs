//! An operation in, its selection as nodes out: fragments become the sets of runtime types for which a field is needed,
//! what GraphQL would merge is merged, constant conditions are decided.
//!
//! A selection set that several fragment spreads lead to is one node, however often it is reached.

mod conditions;

use crate::defer::DeferId;
use crate::graph::Graph;
use crate::selection::{FieldId, Need, NodeId, SelectionNode, Selections};
use crate::type_set::TypeSet;
use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use conditions::{ambiguous_variables, contradicts, directives, with_directives};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use weft_query_plan::{Conjunction, deferred_part};

/// A selection set that applies to a place, for some runtime types and under conditions.
type Source = (*const SelectionSet, TypeSet, Conjunction, Option<DeferId>);

/// How many variables' values are known below a field. What contradicts more of them is planned, and never sent.
const MOST_GIVEN: usize = 4;

/// Turns selection sets into nodes.
pub(crate) struct Normaliser<'a, 'g> {
    graph: &'g Graph<'a>,
    document: &'g Valid<ExecutableDocument>,
    selections: &'g mut Selections,
    known: FxHashMap<(Vec<Source>, Conjunction), NodeId>,
    /// Whether deferred fragments are kept apart.
    defers: bool,
    /// The deferred fragments at the node that is being made.
    starts: Vec<(usize, Option<usize>)>,
    /// The variables that the document asks to be true in one place and to be false in another.
    ambiguous: BTreeSet<&'g Name>,
    /// What is known of those at the node that is being made, from the conditions of the fields above.
    given: Conjunction,
}

/// A selection set with the types and conditions under which it applies.
struct Part<'d> {
    selection_set: &'d SelectionSet,
    types: TypeSet,
    conditions: Conjunction,
    defer: Option<DeferId>,
}

/// Under what a selection applies.
#[derive(Clone)]
struct Scope {
    types: TypeSet,
    conditions: Conjunction,
    /// Whether a fragment on an object type narrowed it from an abstract one.
    is_narrowed: bool,
    /// The deferred fragment around it.
    defer: Option<DeferId>,
}

/// A field that fragments led to.
#[derive(Clone)]
struct Collected<'d> {
    field: &'d Field,
    id: FieldId,
    types: TypeSet,
    conditions: Conjunction,
    is_narrowed: bool,
    defer: Option<DeferId>,
}

/// Fields that are one: the field, its condition, and its parts with what is left of theirs.
struct Merged<'d> {
    field: FieldId,
    conditions: Conjunction,
    defer: Option<DeferId>,
    parts: Vec<(Collected<'d>, Conjunction)>,
}

impl<'a, 'g> Normaliser<'a, 'g> {
    /// For the selections of one document.
    pub(crate) fn new(
        graph: &'g Graph<'a>,
        document: &'g Valid<ExecutableDocument>,
        selections: &'g mut Selections,
        defers: bool,
    ) -> Self {
        Self {
            defers,
            graph,
            document,
            selections,
            known: FxHashMap::default(),
            starts: Vec::new(),
            ambiguous: ambiguous_variables(document),
            given: Conjunction::default(),
        }
    }

    /// The node of a root selection set.
    pub(crate) fn root(&mut self, selection_set: &'g SelectionSet) -> NodeId {
        let types = self.graph.possible(&selection_set.ty);
        let part = Part {
            selection_set,
            types,
            conditions: Conjunction::default(),
            defer: None,
        };
        self.node(vec![part])
    }

    fn node(&mut self, parts: Vec<Part<'g>>) -> NodeId {
        let sources: Vec<Source> = parts
            .iter()
            .map(|part| {
                (
                    std::ptr::from_ref(part.selection_set),
                    part.types.clone(),
                    part.conditions.clone(),
                    part.defer,
                )
            })
            .collect();
        let key = (sources, self.given.clone());
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let mut by_key: IndexMap<Name, Vec<Collected<'g>>> = IndexMap::new();
        let starts_before = std::mem::take(&mut self.starts);
        for part in &parts {
            let scope = Scope {
                types: part.types.clone(),
                conditions: part.conditions.clone(),
                is_narrowed: false,
                defer: part.defer,
            };
            self.collect(part.selection_set, &scope, &mut by_key);
        }
        let starts = std::mem::replace(&mut self.starts, starts_before);
        let mut needs = Vec::new();
        for (response_key, collected) in by_key {
            self.merge(&response_key, &collected, &mut needs);
        }
        let id = self.selections.intern(SelectionNode {
            starts,
            ..SelectionNode::of(needs)
        });
        self.known.insert(key, id);
        id
    }

    /// <https://spec.graphql.org/draft/#CollectFields()>, for all runtime types at once.
    fn collect(
        &mut self,
        selection_set: &'g SelectionSet,
        scope: &Scope,
        into: &mut IndexMap<Name, Vec<Collected<'g>>>,
    ) {
        for selection in &selection_set.selections {
            let conditions = with_directives(&scope.conditions, directives(selection));
            let possible = conditions.filter(|all| !contradicts(&self.given, all));
            let Some(conditions) = possible else {
                continue;
            };
            let mut scope = Scope {
                conditions,
                ..scope.clone()
            };
            let part = deferred_part(directives(selection)).filter(|_| self.defers);
            if let Some(part) = part {
                let within = scope
                    .defer
                    .map(|around| self.selections.defers.part(around));
                scope.defer = Some(self.selections.defers.within(part, scope.defer));
                if !self.starts.contains(&(part, within)) {
                    self.starts.push((part, within));
                }
            }
            match selection {
                Selection::Field(field) => self.collect_field(field, scope, into),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    self.collect_fragment(condition, &fragment.selection_set, scope, into);
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    let condition = Some(fragment.type_condition());
                    self.collect_fragment(condition, &fragment.selection_set, scope, into);
                }
            }
        }
    }

    fn collect_field(
        &mut self,
        field: &'g Field,
        scope: Scope,
        into: &mut IndexMap<Name, Vec<Collected<'g>>>,
    ) {
        let name_id = self.graph.name_id(&field.name);
        let id = self
            .selections
            .intern_field(&field.name, name_id, &field.arguments);
        let Scope {
            types,
            conditions,
            is_narrowed,
            defer,
        } = scope;
        let collected = Collected {
            field,
            id,
            types,
            conditions,
            is_narrowed,
            defer,
        };
        into.entry(field.response_key().clone())
            .or_default()
            .push(collected);
    }

    fn collect_fragment(
        &mut self,
        condition: Option<&Name>,
        selection_set: &'g SelectionSet,
        mut scope: Scope,
        into: &mut IndexMap<Name, Vec<Collected<'g>>>,
    ) {
        if let Some(condition) = condition {
            scope.types = scope.types.intersection(&self.graph.possible(condition));
            scope.is_narrowed |= !self.graph.is_abstract(condition);
        }
        if !scope.types.is_empty() {
            self.collect(selection_set, &scope, into);
        }
    }

    /// Adds the needs of one response key: one for each set of types to which the same selections apply.
    fn merge(&mut self, response_key: &Name, collected: &[Collected<'g>], needs: &mut Vec<Need>) {
        let first = needs.len();
        for (types, indexes) in partition(collected) {
            for merged in self.by_conditions(collected, &indexes) {
                let child = self.child(&types, &merged);
                let is_narrowed = merged.parts.iter().all(|(one, _)| one.is_narrowed);
                let need = Need {
                    response_key: Some(response_key.clone()),
                    field: merged.field,
                    conditions: merged.conditions,
                    types: types.clone(),
                    is_narrowed,
                    child,
                    defer: merged.defer,
                };
                add(needs, first, need);
            }
        }
    }

    fn child(&mut self, types: &TypeSet, merged: &Merged<'g>) -> Option<NodeId> {
        let (sample, _) = merged.parts.first()?;
        if sample.field.selection_set.selections.is_empty() {
            return None;
        }
        let mut possible = TypeSet::default();
        for object in types.iter() {
            if let Some(returned) = self.graph.return_type(object, &sample.field.name) {
                possible.extend(&self.graph.possible(returned));
            }
        }
        let mut parts: Vec<Part<'g>> = Vec::new();
        for (collected, conditions) in &merged.parts {
            let defers = &mut self.selections.defers;
            let defer = defers.seen_from(collected.defer, merged.defer);
            let selection_set = &collected.field.selection_set;
            let known = parts.iter().any(|part| {
                std::ptr::eq(part.selection_set, selection_set)
                    && part.conditions == *conditions
                    && part.defer == defer
            });
            if !known {
                parts.push(Part {
                    selection_set,
                    types: possible.clone(),
                    conditions: conditions.clone(),
                    defer,
                });
            }
        }
        let given = self.given_below(&merged.conditions);
        let above = std::mem::replace(&mut self.given, given);
        let node = self.node(parts);
        self.given = above;
        Some(node)
    }

    /// What is known below a field with those conditions: of the first few variables, so that there are few nodes.
    fn given_below(&self, conditions: &Conjunction) -> Conjunction {
        let mut given = self.given.0.clone();
        let conditions = conditions.0.iter();
        let telling = conditions.filter(|one| self.ambiguous.contains(&one.variable));
        given.extend(telling.filter(|one| !self.given.0.contains(one)).cloned());
        given.truncate(MOST_GIVEN);
        Conjunction(given)
    }

    /// The fields that apply to one set of types, grouped by condition and deferred fragment. Where one condition implies
    /// another, its fields move below the field with the weaker condition and keep the rest of theirs.
    fn by_conditions(&self, collected: &[Collected<'g>], indexes: &[usize]) -> Vec<Merged<'g>> {
        let mut groups: Vec<Merged<'g>> = Vec::new();
        let defers = &self.selections.defers;
        let mut weakest_first: Vec<&Collected<'g>> =
            indexes.iter().map(|&index| &collected[index]).collect();
        weakest_first.sort_by_key(|one| (defers.depth(one.defer), one.conditions.0.len()));
        for one in weakest_first {
            let implied = groups.iter_mut().find(|group| {
                let mut known = group.conditions.0.iter();
                known.all(|known| one.conditions.0.contains(known))
                    && defers.is_within(one.defer, group.defer)
            });
            match implied {
                Some(group) => {
                    let conditions = one.conditions.0.iter();
                    let rest = conditions.filter(|one| !group.conditions.0.contains(one));
                    let rest = Conjunction(rest.cloned().collect());
                    group.parts.push((one.clone(), rest));
                }
                None => groups.push(Merged {
                    field: one.id,
                    conditions: one.conditions.clone(),
                    defer: one.defer,
                    parts: vec![(one.clone(), Conjunction::default())],
                }),
            }
        }
        groups
    }
}

/// Adds a need, or its types to an equal one.
fn add(needs: &mut Vec<Need>, first: usize, need: Need) {
    let same = needs[first..].iter_mut().find(|known| {
        known.field == need.field
            && known.conditions == need.conditions
            && known.defer == need.defer
            && known.child == need.child
    });
    match same {
        Some(known) => {
            known.types.extend(&need.types);
            known.is_narrowed |= need.is_narrowed;
        }
        None => needs.push(need),
    }
}

/// The types, split so that within each part the same fields apply; with the positions of those.
fn partition(collected: &[Collected<'_>]) -> Vec<(TypeSet, Vec<usize>)> {
    let mut parts: Vec<(TypeSet, Vec<usize>)> = Vec::new();
    for (index, one) in collected.iter().enumerate() {
        let mut rest = one.types.clone();
        for position in 0..parts.len() {
            let shared = parts[position].0.intersection(&rest);
            if shared.is_empty() {
                continue;
            }
            rest = rest.difference(&shared);
            let apart = parts[position].0.difference(&shared);
            if !apart.is_empty() {
                let indexes = parts[position].1.clone();
                parts.push((apart, indexes));
            }
            parts[position].0 = shared;
            parts[position].1.push(index);
        }
        if !rest.is_empty() {
            parts.push((rest, vec![index]));
        }
    }
    parts
}
