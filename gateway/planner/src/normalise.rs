//! An operation in, its selection as nodes out: fragments become the sets of runtime types for which a field is needed,
//! what GraphQL would merge is merged, constant conditions are decided.
//!
//! A selection set that several fragment spreads lead to is one node, however often it is reached.

use crate::graph::Graph;
use crate::selection::{FieldId, Need, NodeId, SelectionNode, Selections};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Directive, DirectiveList, Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use weft_query_plan::{Condition, Conjunction};

/// A selection set that applies to a place, for some runtime types and under conditions.
type Source = (*const SelectionSet, TypeSet, Conjunction);

/// Turns selection sets into nodes.
pub(crate) struct Normaliser<'a, 'g> {
    graph: &'g Graph<'a>,
    document: &'g Valid<ExecutableDocument>,
    selections: &'g mut Selections,
    known: FxHashMap<Vec<Source>, NodeId>,
}

/// A selection set with the types and conditions under which it applies.
struct Part<'d> {
    selection_set: &'d SelectionSet,
    types: TypeSet,
    conditions: Conjunction,
}

/// Under what a selection applies.
#[derive(Clone)]
struct Scope {
    types: TypeSet,
    conditions: Conjunction,
    /// Whether a fragment on an object type narrowed it from an abstract one.
    is_narrowed: bool,
}

/// A field that fragments led to.
#[derive(Clone)]
struct Collected<'d> {
    field: &'d Field,
    id: FieldId,
    types: TypeSet,
    conditions: Conjunction,
    is_narrowed: bool,
}

/// Fields that are one: the field, its condition, and its parts with what is left of theirs.
type Merged<'d> = (FieldId, Conjunction, Vec<(Collected<'d>, Conjunction)>);

impl<'a, 'g> Normaliser<'a, 'g> {
    /// For the selections of one document.
    pub(crate) fn new(
        graph: &'g Graph<'a>,
        document: &'g Valid<ExecutableDocument>,
        selections: &'g mut Selections,
    ) -> Self {
        Self {
            graph,
            document,
            selections,
            known: FxHashMap::default(),
        }
    }

    /// The node of a root selection set.
    pub(crate) fn root(&mut self, selection_set: &'g SelectionSet) -> NodeId {
        let types = self.graph.possible(&selection_set.ty);
        let part = Part {
            selection_set,
            types,
            conditions: Conjunction::default(),
        };
        self.node(vec![part])
    }

    fn node(&mut self, parts: Vec<Part<'g>>) -> NodeId {
        let key: Vec<Source> = parts
            .iter()
            .map(|part| {
                (
                    std::ptr::from_ref(part.selection_set),
                    part.types.clone(),
                    part.conditions.clone(),
                )
            })
            .collect();
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let mut by_key: IndexMap<Name, Vec<Collected<'g>>> = IndexMap::new();
        for part in &parts {
            let scope = Scope {
                types: part.types.clone(),
                conditions: part.conditions.clone(),
                is_narrowed: false,
            };
            self.collect(part.selection_set, &scope, &mut by_key);
        }
        let mut needs = Vec::new();
        for (response_key, collected) in by_key {
            self.merge(&response_key, &collected, &mut needs);
        }
        let id = self.selections.intern(SelectionNode::of(needs));
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
            let Some(conditions) = conditions else {
                continue;
            };
            let scope = Scope {
                conditions,
                ..scope.clone()
            };
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
        let id = self.selections.intern_field(&field.name, &field.arguments);
        let Scope {
            types,
            conditions,
            is_narrowed,
        } = scope;
        let collected = Collected {
            field,
            id,
            types,
            conditions,
            is_narrowed,
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
            for (field, conditions, group) in by_conditions(collected, &indexes) {
                let child = self.child(&types, &group);
                let is_narrowed = group.iter().all(|(one, _)| one.is_narrowed);
                let need = Need {
                    response_key: Some(response_key.clone()),
                    field,
                    conditions,
                    types: types.clone(),
                    is_narrowed,
                    child,
                };
                add(needs, first, need);
            }
        }
    }

    fn child(&mut self, types: &TypeSet, group: &[(Collected<'g>, Conjunction)]) -> Option<NodeId> {
        let (sample, _) = group.first()?;
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
        for (collected, conditions) in group {
            let selection_set = &collected.field.selection_set;
            let known = parts.iter().any(|part| {
                std::ptr::eq(part.selection_set, selection_set) && part.conditions == *conditions
            });
            if !known {
                parts.push(Part {
                    selection_set,
                    types: possible.clone(),
                    conditions: conditions.clone(),
                });
            }
        }
        Some(self.node(parts))
    }
}

/// Adds a need, or its types to an equal one.
fn add(needs: &mut Vec<Need>, first: usize, need: Need) {
    let same = needs[first..].iter_mut().find(|known| {
        known.field == need.field
            && known.conditions == need.conditions
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

/// The fields that apply to one set of types, grouped by condition. Where one condition implies another, its fields
/// move below the field with the weaker condition and keep the rest of theirs.
fn by_conditions<'d>(collected: &[Collected<'d>], indexes: &[usize]) -> Vec<Merged<'d>> {
    let mut groups: Vec<Merged<'d>> = Vec::new();
    let mut weakest_first: Vec<&Collected<'d>> =
        indexes.iter().map(|&index| &collected[index]).collect();
    weakest_first.sort_by_key(|one| one.conditions.0.len());
    for one in weakest_first {
        let implied = groups.iter_mut().find(|(_, conditions, _)| {
            conditions
                .0
                .iter()
                .all(|known| one.conditions.0.contains(known))
        });
        match implied {
            Some((_, conditions, group)) => {
                let rest = one
                    .conditions
                    .0
                    .iter()
                    .filter(|condition| !conditions.0.contains(condition));
                let rest = Conjunction(rest.cloned().collect());
                group.push((one.clone(), rest));
            }
            None => {
                let below = vec![(one.clone(), Conjunction::default())];
                groups.push((one.id, one.conditions.clone(), below));
            }
        }
    }
    groups
}

fn directives(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::InlineFragment(fragment) => &fragment.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
    }
}

/// The conditions with those of `@skip` and `@include` added; `None` where they can never hold.
fn with_directives(conditions: &Conjunction, directives: &DirectiveList) -> Option<Conjunction> {
    let mut all = conditions.clone();
    for directive in directives.iter() {
        let wanted = match directive.name.as_str() {
            "include" => true,
            "skip" => false,
            _ => continue,
        };
        add_condition(&mut all, directive, wanted)?;
    }
    Some(all)
}

fn add_condition(all: &mut Conjunction, directive: &Node<Directive>, wanted: bool) -> Option<()> {
    let argument = directive.specified_argument_by_name("if")?;
    match argument.as_ref() {
        Value::Boolean(value) => (*value == wanted).then_some(()),
        Value::Variable(variable) => {
            let condition = Condition {
                variable: variable.clone(),
                value: wanted,
            };
            if all
                .0
                .iter()
                .any(|known| known.variable == *variable && known.value != wanted)
            {
                return None;
            }
            if let Err(position) = all.0.binary_search(&condition) {
                all.0.insert(position, condition);
            }
            Some(())
        }
        _ => None,
    }
}
