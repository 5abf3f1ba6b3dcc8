//! Arguments that are filled from contexts (`@fromContext`), before anything is planned: an operation's nodes in, nodes out whose
//! ancestors select the values as inputs, and that know which ancestors they wait for.

use crate::field_set::node_of;
use crate::graph::{Graph, TYPENAME};
use crate::selection::{
    BindingId, BoundValue, FieldId, Need, NodeId, SelectionNode, Selections, Wait,
};
use crate::type_set::TypeSet;
use apollo_compiler::{Name, name};
use rustc_hash::FxHashMap;
use weft_query_plan::Conjunction;
use weft_supergraph::{ContextArgument, FieldSet, FieldSetItem, SubgraphId};

/// Lets the ancestors of fields with contextual arguments select what those need.
pub(crate) fn bind_contexts(
    graph: &Graph<'_>,
    selections: &mut Selections,
    root: NodeId,
    is_query: bool,
) -> NodeId {
    if !graph.has_contexts() {
        return root;
    }
    let mut types = TypeSet::default();
    for need in &selections.node(root).needs {
        types.extend(&need.types);
    }
    let mut binder = Binder {
        graph,
        selections,
        known: FxHashMap::default(),
        bindings: 0,
    };
    // A field of a mutation's root is never fetched as an input.
    let types_as_ancestor = if is_query {
        types.clone()
    } else {
        TypeSet::default()
    };
    let place = Place {
        types: types_as_ancestor,
        blind: Vec::new(),
    };
    binder.node(root, &place, &[]).node
}

/// The object types at a place that set a context, each with what to select there: exact types go before abstract ones.
pub(crate) fn setters<'a>(
    graph: &Graph<'_>,
    argument: &'a ContextArgument,
    types: &TypeSet,
) -> Vec<(&'a Name, &'a FieldSet, TypeSet)> {
    let (abstract_setters, own): (Vec<_>, Vec<_>) = argument
        .selections
        .iter()
        .partition(|(name, _)| graph.is_abstract(name));
    let mut left = types.clone();
    let mut found = Vec::new();
    for (name, fields) in own.into_iter().chain(abstract_setters) {
        let fitting = left.intersection(&graph.possible(name));
        if !fitting.is_empty() {
            left = left.difference(&fitting);
            found.push((name, fields, fitting));
        }
    }
    found
}

/// An object above a node, as far as contexts go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ancestor {
    types: TypeSet,
    binding: BindingId,
    /// Whether its types may have to be learned, as far as it has several.
    is_untold: bool,
}

/// Where a node's objects are found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    /// The types that they can have.
    types: TypeSet,
    /// The subgraphs that give them without their types.
    blind: Vec<SubgraphId>,
}

/// A value that a node wants from an ancestor.
#[derive(Debug, Clone, PartialEq)]
struct Wish {
    binding: BindingId,
    fields: FieldSet,
    types: TypeSet,
    /// Whether the value is told from others by the object's type, which may have to be learned.
    needs_type: bool,
}

/// A node whose contexts are bound, and what it and those below it want from above.
#[derive(Debug, Clone)]
struct Bound {
    node: NodeId,
    wishes: Vec<Wish>,
    /// The values from above that fields wait for, with the subgraphs that resolve those.
    awaited: Vec<(SubgraphId, BoundValue)>,
}

/// Rebuilds nodes. One node below the same ancestors is rebuilt once.
struct Binder<'b, 'a> {
    graph: &'b Graph<'a>,
    selections: &'b mut Selections,
    known: FxHashMap<(NodeId, Place, Vec<Ancestor>), Bound>,
    bindings: u32,
}

impl Binder<'_, '_> {
    /// `ancestors` are the objects above, the nearest one last.
    fn node(&mut self, node: NodeId, place: &Place, ancestors: &[Ancestor]) -> Bound {
        let key = (node, place.clone(), ancestors.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let binding = BindingId(self.bindings);
        self.bindings += 1;
        let (mut wishes, mut waits_for, mut passes) = (Vec::new(), Vec::new(), Vec::new());
        let mut needs = Vec::new();
        for need in self.selections.node(node).needs.clone() {
            let mut need = Need::clone(&need);
            let types = need.types.intersection(&place.types);
            self.own_wishes(&need, &types, ancestors, &mut wishes, &mut waits_for);
            if let Some(child) = need.child {
                let below = self.ancestors_below(ancestors, place, &need, binding);
                let bound = self.node(child, &self.place_below(&need), &below);
                need.child = Some(bound.node);
                passes.extend(bound.awaited);
                add_wishes(&mut wishes, bound.wishes);
            }
            needs.push(need);
        }
        let (mine, others): (Vec<Wish>, Vec<Wish>) =
            wishes.into_iter().partition(|wish| wish.binding == binding);
        let passes = sorted(passes);
        let waits = waits_for.iter().map(|wait| (wait.subgraph, wait.value));
        let passed_on = passes.iter().filter(|(_, value)| value.binding != binding);
        let awaited = sorted(passed_on.copied().chain(waits));
        let mut all = self.inputs(&mine);
        all.append(&mut needs);
        let rebuilt = SelectionNode {
            gives: (!mine.is_empty()).then_some(binding),
            waits_for: sorted(waits_for),
            passes,
            starts: self.selections.node(node).starts.clone(),
            ..SelectionNode::of(all)
        };
        let bound = Bound {
            node: self.selections.intern(rebuilt),
            wishes: others,
            awaited,
        };
        self.known.insert(key, bound.clone());
        bound
    }

    /// The objects above a need's own: those of the place as well, as far as its field is fetched for their types.
    fn ancestors_below(
        &self,
        ancestors: &[Ancestor],
        place: &Place,
        need: &Need,
        binding: BindingId,
    ) -> Vec<Ancestor> {
        let mut below = ancestors.to_vec();
        let name = &self.selections.field(need.field).name;
        let is_fetched = |&object: &usize| {
            need.types.contains(object) || self.is_given_blindly(place, object, name)
        };
        let types: TypeSet = place.types.iter().filter(is_fetched).collect();
        if self.graph.sets_contexts(&types) {
            below.push(Ancestor {
                types,
                binding,
                is_untold: place.types.len() > 1 && !place.blind.is_empty(),
            });
        }
        below
    }

    /// Whether a subgraph that cannot tell the objects' types has the field: it gives it for all of them, whoever asks.
    fn is_given_blindly(&self, place: &Place, object: usize, name: &Name) -> bool {
        place.blind.iter().any(|&subgraph| {
            let mut local = self.graph.local_types(subgraph, object);
            local.any(|ty| ty.is_interface_object && ty.fields.contains_key(name))
        })
    }

    /// Where a need's objects are, with the types that some subgraph knows there.
    fn place_below(&self, need: &Need) -> Place {
        let id = self.selections.name_id(need.field);
        let mut types = TypeSet::default();
        let mut blind: Vec<SubgraphId> = Vec::new();
        for object in need.types.iter() {
            for subgraph in self.graph.subgraph_ids() {
                let Some((possible, is_blind)) = self.graph.returned(subgraph, object, id) else {
                    continue;
                };
                types.extend(&possible);
                blind.extend(is_blind.then_some(subgraph));
            }
        }
        blind.sort_unstable();
        blind.dedup();
        Place { types, blind }
    }

    /// What one field itself wants for objects of those types, for all subgraphs that could resolve it.
    fn own_wishes(
        &mut self,
        need: &Need,
        types: &TypeSet,
        ancestors: &[Ancestor],
        wishes: &mut Vec<Wish>,
        waits_for: &mut Vec<Wait>,
    ) {
        let (graph, field) = (self.graph, self.selections.name_id(need.field));
        for object in types.iter() {
            for (subgraph, argument) in graph.context_arguments(object, field) {
                let own = self.wishes_of(argument, ancestors);
                for value in own.iter().flat_map(|wish| self.values_of(wish)) {
                    waits_for.push(Wait {
                        field,
                        subgraph,
                        value,
                    });
                }
                add_wishes(wishes, own);
            }
        }
    }

    /// The nearest ancestors that set a context, until one sets it whatever its type is.
    fn wishes_of(&self, argument: &ContextArgument, ancestors: &[Ancestor]) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for ancestor in ancestors.iter().rev() {
            let mut left = ancestor.types.clone();
            for (_, fields, types) in setters(self.graph, argument, &ancestor.types) {
                left = left.difference(&types);
                let depends = types != ancestor.types || has_fragments(fields);
                wishes.push(Wish {
                    binding: ancestor.binding,
                    fields: fields.clone(),
                    needs_type: ancestor.is_untold && depends,
                    types,
                });
            }
            if left.is_empty() {
                break;
            }
        }
        wishes
    }

    fn values_of(&mut self, wish: &Wish) -> Vec<BoundValue> {
        let value = |need: Need| BoundValue {
            binding: wish.binding,
            field: need.field,
        };
        self.needs_of(wish).into_iter().map(value).collect()
    }

    /// The needs that bring what is wanted from a place.
    fn inputs(&mut self, wishes: &[Wish]) -> Vec<Need> {
        let mut inputs: Vec<Need> = Vec::new();
        for need in wishes.iter().flat_map(|wish| self.needs_of(wish)) {
            let same = |known: &&mut Need| known.field == need.field && known.child == need.child;
            match inputs.iter_mut().find(same) {
                Some(known) => known.types.extend(&need.types),
                None => inputs.push(need),
            }
        }
        inputs
    }

    /// The needs of one wish.
    fn needs_of(&mut self, wish: &Wish) -> Vec<Need> {
        let node = node_of(self.graph, self.selections, &wish.fields, &wish.types);
        let needs = self.selections.node(node).needs.iter();
        let mut needs: Vec<Need> = needs.map(|need| Need::clone(need)).collect();
        if wish.needs_type {
            needs.push(type_of(self.selections, &wish.types));
        }
        needs
    }
}

/// The need of objects' types.
fn type_of(selections: &mut Selections, types: &TypeSet) -> Need {
    Need {
        response_key: None,
        field: type_field(selections),
        conditions: Conjunction::default(),
        types: types.clone(),
        is_narrowed: false,
        child: None,
        defer: None,
    }
}

/// The field that tells objects' types.
pub(crate) fn type_field(selections: &mut Selections) -> FieldId {
    selections.intern_field(&name!("__typename"), TYPENAME, &[])
}

fn has_fragments(fields: &FieldSet) -> bool {
    let mut items = fields.items.iter();
    items.any(|item| matches!(item, FieldSetItem::Fragment(_)))
}

/// Each once, in order.
fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn add_wishes(wishes: &mut Vec<Wish>, added: Vec<Wish>) {
    for wish in added {
        if !wishes.contains(&wish) {
            wishes.push(wish);
        }
    }
}
