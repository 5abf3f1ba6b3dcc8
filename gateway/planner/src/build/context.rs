//! Arguments that an entry fills from contexts: where their values are, and which groups bring them.

use super::group::can_be_ordered;
use super::{Builder, Group, GroupId, GroupKind, Link, LinkId, PlaceId, SceneId, Source};
use crate::context::{setters, type_field};
use crate::error::PlanError;
use crate::graph::{NameId, Resolution};
use crate::search::Class;
use crate::selection::{BindingId, BoundValue, FieldId};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use weft_query_plan::{Conjunction, ContextSource, PathSegment};
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
    /// Whether it belongs to fields below the entities, and not to the entities' own.
    pub(crate) is_below: bool,
}

/// Those of the entities' own fields, for which the group was made: they come first.
pub(crate) fn own_contexts(contexts: &[GroupContext]) -> &[GroupContext] {
    let own = contexts.iter().take_while(|context| !context.is_below);
    &contexts[..own.count()]
}

/// Whether two groups take the same values for the same arguments, whatever fields those belong to. Others stay apart: an object
/// that lacks a value costs only the fields that need it.
pub(crate) fn same_contexts(one: &[GroupContext], other: &[GroupContext]) -> bool {
    let same = |(one, other): (&GroupContext, &GroupContext)| {
        one.argument == other.argument
            && one.sources == other.sources
            && one.is_below == other.is_below
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
#[derive(Debug, Clone, Default)]
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

    /// The groups that bring each value.
    pub(super) fn values(&self) -> FxHashMap<BoundValue, BTreeSet<GroupId>> {
        let mut values: FxHashMap<BoundValue, BTreeSet<GroupId>> = FxHashMap::default();
        for offer in self.places.iter().map(|place| &place.offer) {
            let Some(binding) = offer.binding else {
                continue;
            };
            for (field, groups) in &offer.inputs {
                let field = *field;
                let value = BoundValue { binding, field };
                values.entry(value).or_default().extend(groups);
            }
        }
        values
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
            let place = self.scenes[scene].place;
            let first = self.place_above(place, place);
            let sources = self.sources(place, first, argument, &mut found.depends_on);
            let of = self.search.graph.object_name(object);
            found
                .contexts
                .push(group_context(of, &field.name, argument, sources, false)?);
        }
        Ok(found)
    }

    /// Lets the calls through which a field is selected take its values from contexts along, where the objects came with a field above.
    /// A client needs it under those conditions; without any it is an input.
    pub(super) fn take_along(
        &mut self,
        link: LinkId,
        types: &TypeSet,
        name: NameId,
        conditions: Option<&Conjunction>,
    ) -> Result<(), PlanError> {
        let Link { source, handle, .. } = &self.links[link];
        if !self.search.graph.has_contexts() || !matches!(source, Source::Field { .. }) {
            return Ok(());
        }
        let subgraph = handle.subgraph;
        for object in types.iter() {
            let resolution = self.search.graph.resolution(subgraph, object, name);
            if let Some(Resolution::Requires(field)) = resolution {
                for argument in &field.context_arguments {
                    for (group, scene) in self.calls_above(link) {
                        let asked = (object, &field.name, argument);
                        let before = self.add_context(group, scene, asked)?;
                        self.groups[group.0].wait_for_values(before, conditions);
                    }
                }
            }
        }
        Ok(())
    }

    /// The calls through which a link is open, each with the scene of its entities.
    fn calls_above(&self, link: LinkId) -> BTreeSet<(GroupId, SceneId)> {
        let mut calls = BTreeSet::new();
        let mut links = vec![link];
        while let Some(link) = links.pop() {
            let Link { source, open, .. } = &self.links[link];
            match (source, open) {
                (Source::Field { parents, .. }, _) => {
                    links.extend(parents.iter().map(|(parent, _)| *parent));
                }
                (Source::Entry { scene, .. }, Some((group, _))) => {
                    calls.insert((*group, *scene));
                }
                (Source::Entry { .. }, None) => {}
            }
        }
        calls
    }

    /// Adds what a field below a call's entities takes from them, or from above; the groups that bring it.
    fn add_context(
        &mut self,
        group: GroupId,
        scene: SceneId,
        (object, name, argument): (usize, &Name, &ContextArgument),
    ) -> Result<BTreeSet<GroupId>, PlanError> {
        let mut before = BTreeSet::new();
        let (_, class) = self.class(scene);
        let place = self.scenes[scene].place;
        let mut types = class.types.clone();
        types.extend(&self.giving(place, argument));
        let first = Some((place, types));
        let sources = self.sources(place, first, argument, &mut before);
        let of = self.search.graph.object_name(object);
        let context = group_context(of, name, argument, sources, true)?;
        let group = &mut self.groups[group.0];
        if !matches!(group.kind, GroupKind::Entities) {
            return Err(no_value(&context.coordinate));
        }
        let is_same = |known: &&mut GroupContext| known.is_below && known.argument == *argument;
        match group.contexts.iter_mut().find(is_same) {
            // Objects of other types may lead to the same field, and have sources further above besides.
            Some(known) if known.sources.starts_with(&context.sources) => {}
            Some(known) if context.sources.starts_with(&known.sources) => *known = context,
            Some(_) => return Err(no_value(&context.coordinate)),
            None => group.contexts.push(context),
        }
        Ok(before)
    }

    /// Values that are taken along must not come from what waits for them: when they are there was only assumed.
    pub(super) fn check_order(&self) -> Result<(), PlanError> {
        let below = |group: &&Group| group.contexts.iter().any(|context| context.is_below);
        let Some(first) = self.groups.iter().find(below) else {
            return Ok(());
        };
        match can_be_ordered(&self.groups) {
            true => Ok(()),
            false => Err(no_value(&first.contexts[0].coordinate)),
        }
    }

    /// Where the value is, by ancestors from the nearest one on, which is `first`, with the types from which the way leads on; distances
    /// count from `place`.
    fn sources(
        &mut self,
        place: PlaceId,
        first: Option<(PlaceId, TypeSet)>,
        argument: &ContextArgument,
        depends_on: &mut BTreeSet<GroupId>,
    ) -> Vec<ContextSource> {
        let mut sources = Vec::new();
        let mut above = first;
        while let Some((ancestor, mut left)) = above {
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
            above = self.place_above(ancestor, place);
        }
        sources
    }

    /// The types of a place whose objects give the value: others than those of one call may lead to the same field.
    fn giving(&mut self, place: PlaceId, argument: &ContextArgument) -> TypeSet {
        let types = self.places[place].types.clone();
        let gives = |&object: &usize| {
            let types = TypeSet::single(object);
            let mut setters = setters(self.search.graph, argument, &types).into_iter();
            setters.any(|(_, fields, types)| self.value(place, fields, &types).is_some())
        };
        types.iter().filter(gives).collect()
    }

    /// The place above `below`, and the types that its objects have where the path leads on to `place`.
    fn place_above(&self, below: PlaceId, place: PlaceId) -> Option<(PlaceId, TypeSet)> {
        let ancestor = self.places[below].parent?;
        let types = self.places[ancestor].types.clone();
        let path = self.path(place);
        let types = match path.get(self.places[ancestor].depth) {
            Some(PathSegment::Types(names)) => {
                let graph = self.search.graph;
                let named = |&object: &usize| names.contains(graph.object_name(object));
                types.iter().filter(named).collect()
            }
            _ => types,
        };
        Some((ancestor, types))
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
        let told = type_field(&mut self.search.selections);
        let inputs = self.places[ancestor].offer.inputs.iter();
        let telling = inputs.filter(|(field, _)| *field == told);
        groups.extend(telling.flat_map(|(_, groups)| groups));
        let class = Class {
            types: types.clone(),
            representative: types.first().unwrap_or_default(),
            needs: Vec::new(),
        };
        let spot = self.places[ancestor].spot;
        Some((self.representation_items(spot, node, &class), groups))
    }
}

fn group_context(
    object: &Name,
    field: &Name,
    argument: &ContextArgument,
    sources: Vec<ContextSource>,
    is_below: bool,
) -> Result<GroupContext, PlanError> {
    let coordinate = format!("{object}.{field}({}:)", argument.argument);
    if sources.is_empty() {
        return Err(no_value(&coordinate));
    }
    Ok(GroupContext {
        argument: argument.clone(),
        coordinate,
        sources,
        is_below,
    })
}

fn no_value(coordinate: &str) -> PlanError {
    PlanError::Unsupported {
        what: format!("a value for `{coordinate}` from outside of what the operation selects"),
    }
}
