//! Arguments that an entry fills from contexts: where their values are, and which groups bring them.

use super::{Builder, GroupId, PlaceId, SceneId};
use crate::context::setters;
use crate::error::PlanError;
use crate::graph::{NameId, Resolution};
use crate::search::Class;
use crate::selection::{BindingId, FieldId};
use crate::type_set::TypeSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use weft_query_plan::{ContextSource, PathSegment};
use weft_supergraph::{ContextArgument, FieldSet, SubgraphId};

/// An argument of a group's fields that takes its value from above.
#[derive(Debug, Clone)]
pub(crate) struct GroupContext {
    /// The argument, as its subgraph has it.
    pub(crate) argument: ContextArgument,
    /// Its coordinate.
    pub(crate) coordinate: String,
    /// Where its value is.
    pub(crate) sources: Vec<ContextSource>,
}

/// Whether two groups take the same values for the same arguments, whatever fields those belong to. Others stay apart: an object
/// that lacks a value costs only the fields that need it.
pub(crate) fn same_contexts(one: &[GroupContext], other: &[GroupContext]) -> bool {
    let same = |(one, other): (&GroupContext, &GroupContext)| {
        one.argument == other.argument && one.sources == other.sources
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Arguments with the groups that bring their values.
#[derive(Debug, Clone, Default)]
pub(super) struct EntryContexts {
    pub(super) contexts: Vec<GroupContext>,
    pub(super) depends_on: BTreeSet<GroupId>,
}

/// What a place has for fields below it.
#[derive(Debug, Default)]
pub(super) struct Offer {
    binding: Option<BindingId>,
    /// The groups that bring each input.
    inputs: Vec<(FieldId, BTreeSet<GroupId>)>,
}

impl Builder<'_, '_> {
    /// Notes that groups bring a value that fields below the place take.
    pub(super) fn offer(
        &mut self,
        place: PlaceId,
        binding: Option<BindingId>,
        field: FieldId,
        groups: &BTreeSet<GroupId>,
    ) {
        let offer = &mut self.places[place].offer;
        offer.binding = binding;
        offer.inputs.push((field, groups.clone()));
    }

    /// The groups that bring the values of each binding.
    pub(super) fn bindings(&self) -> FxHashMap<BindingId, BTreeSet<GroupId>> {
        let mut bindings: FxHashMap<BindingId, BTreeSet<GroupId>> = FxHashMap::default();
        for offer in self.places.iter().map(|place| &place.offer) {
            if let Some(binding) = offer.binding {
                let groups = offer.inputs.iter().flat_map(|(_, groups)| groups);
                bindings.entry(binding).or_default().extend(groups);
            }
        }
        bindings
    }

    /// The contexts of a field that is entered by itself.
    pub(super) fn entry_contexts(
        &mut self,
        scene: SceneId,
        subgraph: SubgraphId,
        name: NameId,
    ) -> Result<EntryContexts, PlanError> {
        let (_, class) = self.class(scene);
        let object = class.representative;
        let mut found = EntryContexts::default();
        let resolution = self.search.graph.resolution(subgraph, object, name);
        let Some(Resolution::Requires(field)) = resolution else {
            return Ok(found);
        };
        for argument in &field.context_arguments {
            let of = self.search.graph.object_name(object);
            let coordinate = format!("{of}.{}({}:)", field.name, argument.argument);
            let sources = self.sources(self.scenes[scene].place, argument, &mut found.depends_on);
            if sources.is_empty() {
                return Err(no_value(&coordinate));
            }
            found.contexts.push(GroupContext {
                argument: argument.clone(),
                coordinate,
                sources,
            });
        }
        Ok(found)
    }

    /// Where the value is, by ancestors from the nearest one on.
    fn sources(
        &mut self,
        place: PlaceId,
        argument: &ContextArgument,
        depends_on: &mut BTreeSet<GroupId>,
    ) -> Vec<ContextSource> {
        let mut sources = Vec::new();
        let mut above = self.places[place].parent;
        while let Some(ancestor) = above {
            let mut left = self.types_towards(ancestor, place);
            for (setter, fields, types) in setters(self.search.graph, argument, &left.clone()) {
                let Some((value, groups)) = self.value(ancestor, fields, &types) else {
                    continue;
                };
                left = left.difference(&types);
                depends_on.extend(groups);
                sources.push(ContextSource {
                    distance: self.places[place].depth - self.places[ancestor].depth,
                    type_condition: setter.clone(),
                    value,
                });
            }
            if left.is_empty() {
                break;
            }
            above = self.places[ancestor].parent;
        }
        sources
    }

    /// The types that objects of an ancestor have where the path leads on to `place`.
    fn types_towards(&self, ancestor: PlaceId, place: PlaceId) -> TypeSet {
        let types = self.places[ancestor].types.clone();
        let path = self.path(place);
        match path.get(self.places[ancestor].depth) {
            Some(PathSegment::Types(names)) => {
                let graph = self.search.graph;
                let named = |&object: &usize| names.contains(graph.object_name(object));
                types.iter().filter(named).collect()
            }
            _ => types,
        }
    }

    /// How a value is copied from an ancestor, and the groups that bring it; `None` where nothing was selected there for it.
    fn value(
        &mut self,
        ancestor: PlaceId,
        fields: &FieldSet,
        types: &TypeSet,
    ) -> Option<(Vec<weft_query_plan::RepresentationItem>, BTreeSet<GroupId>)> {
        let graph = self.search.graph;
        let node = crate::field_set::node_of(graph, &mut self.search.selections, fields, types);
        let mut groups = BTreeSet::new();
        for need in &self.search.selections.node(node).needs {
            let inputs = self.places[ancestor].offer.inputs.iter();
            let mut bringing = inputs.filter(|(field, _)| *field == need.field).peekable();
            bringing.peek()?;
            groups.extend(bringing.flat_map(|(_, groups)| groups));
        }
        let class = Class {
            types: types.clone(),
            representative: types.first().unwrap_or_default(),
            needs: Vec::new(),
        };
        let spot = self.places[ancestor].spot;
        Some((self.representation_items(spot, node, &class), groups))
    }
}

fn no_value(coordinate: &str) -> PlanError {
    PlanError::Unsupported {
        what: format!("a value for `{coordinate}` from outside of what the operation selects"),
    }
}
