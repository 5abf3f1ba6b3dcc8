//! The supergraph as the planner asks about it: object types as small numbers, possible types as bit sets, and for each
//! (subgraph, object type, field) whether and how the subgraph resolves it.

use crate::limit::Limit;
use crate::tables::{KnownField, Tables};
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use std::collections::BTreeSet;
use std::sync::Arc;
use weft_supergraph::query_graph::{self, LabelId, NodeId, QueryGraph};
use weft_supergraph::{
    ContextArgument, Key, Subgraph, SubgraphField, SubgraphId, SubgraphType, Supergraph,
};

pub(crate) use weft_supergraph::query_graph::FieldId as NameId;

/// The name `__typename`, which every object has and no subgraph lists.
pub(crate) const TYPENAME: NameId = NameId(u32::MAX);
/// Any name that no subgraph has.
const UNKNOWN: NameId = NameId(u32::MAX - 1);

/// A supergraph with a set of override labels that are on.
pub(crate) struct Graph<'a> {
    supergraph: &'a Supergraph,
    query_graph: &'a QueryGraph,
    tables: &'a Tables,
    /// Whether each label is on, by [`query_graph::LabelId`].
    labels: Vec<bool>,
    /// What may not be used of it.
    limit: Option<Limit>,
}

/// How a subgraph resolves a field of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Resolution<'a> {
    /// With nothing but the object itself.
    Local(&'a SubgraphField),
    /// With a representation that carries more than a key.
    Requires(&'a SubgraphField),
}

/// A way into a subgraph: by a key of a type there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The type in the subgraph that has the key.
    pub(crate) subgraph_type: &'a SubgraphType,
    /// The key.
    pub(crate) key: &'a Key,
}

impl<'a> Graph<'a> {
    /// A view of the tables.
    pub(crate) fn new(
        supergraph: &'a Supergraph,
        tables: &'a Tables,
        labels: &BTreeSet<String>,
    ) -> Self {
        let query_graph = supergraph.query_graph();
        let all = query_graph.labels().iter();
        Self {
            supergraph,
            query_graph,
            tables,
            labels: all.map(|label| labels.contains(label)).collect(),
            limit: None,
        }
    }

    /// The same with a limit of what may be used of it.
    pub(crate) fn limited(&self, limit: Limit) -> Self {
        Self {
            labels: self.labels.clone(),
            limit: Some(limit),
            ..*self
        }
    }

    /// Whether the limit lets a subgraph give a field of an object.
    pub(crate) fn allows_field(&self, subgraph: SubgraphId, object: usize, name: NameId) -> bool {
        let limit = self.limit.as_ref();
        limit.is_none_or(|limit| limit.allows_field(subgraph, object, name))
    }

    fn allows_entry(&self, subgraph: SubgraphId, entry: &Entry<'_>) -> bool {
        let limit = self.limit.as_ref();
        let (name, fields) = (&entry.subgraph_type.name, &entry.key.fields);
        limit.is_none_or(|limit| limit.allows_key(subgraph, name, fields))
    }

    /// The supergraph.
    pub(crate) fn supergraph(&self) -> &'a Supergraph {
        self.supergraph
    }

    /// The subgraph with that id.
    pub(crate) fn subgraph(&self, id: SubgraphId) -> &'a Subgraph {
        self.supergraph.subgraph(id)
    }

    /// All subgraphs.
    pub(crate) fn subgraph_ids(&self) -> impl Iterator<Item = SubgraphId> + use<> {
        (0..self.supergraph.subgraphs().len()).map(|index| SubgraphId(index as u16))
    }

    /// The number of a field's name.
    pub(crate) fn name_id(&self, name: &str) -> NameId {
        match name {
            "__typename" => TYPENAME,
            _ => self.query_graph.field_id(name).unwrap_or(UNKNOWN),
        }
    }

    /// The name of an object type.
    pub(crate) fn object_name(&self, id: usize) -> &Name {
        &self.tables.objects[id]
    }

    /// The object types that a value of the type can have in the supergraph.
    pub(crate) fn possible(&self, name: &str) -> TypeSet {
        let known = self.query_graph.type_id(name);
        known.map_or_else(TypeSet::default, |id| {
            self.tables.possible[id.0 as usize].clone()
        })
    }

    /// Whether the type is an interface or a union in the supergraph.
    pub(crate) fn is_abstract(&self, name: &str) -> bool {
        let known = self.query_graph.type_id(name);
        known.is_some_and(|id| self.query_graph.type_info(id).is_abstract())
    }

    /// The operations whose root objects of the type are, where those can be asked anew at any place.
    pub(crate) fn root_below(&self, id: usize) -> Option<OperationType> {
        let mut roots = self.tables.roots.iter();
        let root = roots.find(|(object, _)| *object == id);
        root.map(|(_, kind)| *kind)
            .filter(|kind| *kind != OperationType::Subscription)
    }

    /// The type that a field of an object type returns in the supergraph, without lists and non-null.
    pub(crate) fn return_type(&self, object: usize, field: &str) -> Option<&'a Name> {
        let definition = self
            .supergraph
            .schema()
            .type_field(&self.tables.objects[object], field)
            .ok()?;
        Some(definition.ty.inner_named_type())
    }

    /// The object types that a value of the type can have in a subgraph, where an interface object counts for
    /// all implementations of its interface. The flag tells whether only an interface object is known.
    pub(crate) fn local_possible(&self, subgraph: SubgraphId, name: &str) -> (Arc<TypeSet>, bool) {
        let known = self.query_graph.type_id(name);
        let node = known.and_then(|id| self.query_graph.node_id(id, subgraph));
        self.possible_at(node)
    }

    fn possible_at(&self, node: Option<NodeId>) -> (Arc<TypeSet>, bool) {
        node.map_or_else(Default::default, |node| {
            let facts = &self.tables.nodes[node.0 as usize];
            (facts.possible.clone(), facts.is_blind)
        })
    }

    /// What the subgraph knows an object type as: the type itself, or interface objects that stand for it.
    pub(crate) fn local_types(
        &self,
        subgraph: SubgraphId,
        object: usize,
    ) -> impl Iterator<Item = &'a SubgraphType> + use<'a> {
        let known = self.tables.known(subgraph, object);
        let nodes = known.into_iter().flat_map(|known| &known.nodes);
        let (supergraph, tables) = (self.supergraph, self.tables);
        nodes.map(move |&node| local_type(supergraph, tables, node))
    }

    fn known_field(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<&'a KnownField> {
        self.tables.field(subgraph, object, name)
    }

    fn field_of(&self, known: &KnownField) -> &'a SubgraphField {
        &local_type(self.supergraph, self.tables, known.node).fields[known.position]
    }

    /// Whether some subgraph knows some of the object types only as an interface object.
    pub(crate) fn has_stand_ins(&self, types: &TypeSet) -> bool {
        self.tables.stood_for.intersects(types)
    }

    /// Whether the subgraph knows the object type at all.
    pub(crate) fn knows(&self, subgraph: SubgraphId, object: usize) -> bool {
        self.tables.known(subgraph, object).is_some()
    }

    /// The field of an object type in a subgraph, whether it is resolvable there or not.
    pub(crate) fn field(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<&'a SubgraphField> {
        self.known_field(subgraph, object, name)
            .map(|known| self.field_of(known))
    }

    /// The object types that a field's objects can have in a subgraph, as [`Self::local_possible`] has it.
    pub(crate) fn returned(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<(Arc<TypeSet>, bool)> {
        let field = self.known_field(subgraph, object, name)?;
        Some(self.possible_at(field.target))
    }

    /// How the subgraph resolves the field, leaving aside what paths provide.
    pub(crate) fn resolution(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<Resolution<'a>> {
        let known = self.known_field(subgraph, object, name)?;
        let needs_more = self.resolves(known, subgraph, object, name)?;
        let field = self.field_of(known);
        Some(if needs_more {
            Resolution::Requires(field)
        } else {
            Resolution::Local(field)
        })
    }

    /// Whether the subgraph needs more than the object for the field; `None` where it does not resolve it.
    pub(crate) fn needs_more(
        &self,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<bool> {
        let known = self.known_field(subgraph, object, name)?;
        self.resolves(known, subgraph, object, name)
    }

    fn resolves(
        &self,
        known: &KnownField,
        subgraph: SubgraphId,
        object: usize,
        name: NameId,
    ) -> Option<bool> {
        let resolved = known.resolved?;
        let is_on = |(label, when): (LabelId, bool)| self.labels[usize::from(label.0)] == when;
        let resolves =
            resolved.label.is_none_or(is_on) && self.allows_field(subgraph, object, name);
        resolves.then_some(resolved.needs_more)
    }

    /// Whether any subgraph needs more than the object for a field of that name.
    pub(crate) fn may_require(&self, name: NameId) -> bool {
        self.tables.requiring.contains(&name)
    }

    /// Whether objects of some field can have other types in one subgraph than in another.
    pub(crate) fn has_partial_members(&self) -> bool {
        self.tables.has_partial_members
    }

    /// Whether any argument is filled from a context.
    pub(crate) fn has_contexts(&self) -> bool {
        !self.tables.setters.is_empty()
    }

    /// Whether some of the object types set a context.
    pub(crate) fn sets_contexts(&self, types: &TypeSet) -> bool {
        self.tables.setters.intersects(types)
    }

    /// The arguments of a field that are filled from contexts, in each subgraph that resolves it.
    pub(crate) fn context_arguments(
        &self,
        object: usize,
        name: NameId,
    ) -> impl Iterator<Item = (SubgraphId, &'a ContextArgument)> {
        let resolving = self
            .subgraph_ids()
            .filter(move |&subgraph| self.needs_more(subgraph, object, name).is_some());
        resolving.flat_map(move |subgraph| {
            let field = self.field(subgraph, object, name).into_iter();
            let arguments = field.flat_map(|field| &field.context_arguments);
            arguments.map(move |argument| (subgraph, argument))
        })
    }

    /// The resolvable keys by which objects of the type are entered in the subgraph.
    pub(crate) fn entries(
        &self,
        subgraph: SubgraphId,
        object: usize,
    ) -> impl Iterator<Item = Entry<'a>> {
        let known = self.tables.known(subgraph, object);
        let entries = known.into_iter().flat_map(|known| &known.entries);
        let (supergraph, tables) = (self.supergraph, self.tables);
        let entries = entries.map(move |entry| entry_of(supergraph, tables, entry));
        entries.filter(move |entry| self.allows_entry(subgraph, entry))
    }

    /// The resolvable keys of interfaces that the object type implements in the subgraph: for objects whose type is unknown.
    pub(crate) fn interface_entries(
        &self,
        subgraph: SubgraphId,
        interface: &str,
    ) -> impl Iterator<Item = Entry<'a>> {
        let (supergraph, tables, graph) = (self.supergraph, self.tables, self.query_graph);
        let known = graph.type_id(interface);
        let entries = known
            .into_iter()
            .flat_map(|id| &graph.type_info(id).entries);
        let here = entries.filter(move |entry| {
            let node = graph.node(entry.node);
            node.subgraph == subgraph && Some(node.type_id) == known
        });
        let here = here.map(move |entry| entry_of(supergraph, tables, entry));
        here.filter(move |entry| self.allows_entry(subgraph, entry))
    }
}

fn entry_of<'a>(
    supergraph: &'a Supergraph,
    tables: &Tables,
    entry: &query_graph::Entry,
) -> Entry<'a> {
    let subgraph_type = local_type(supergraph, tables, entry.node);
    Entry {
        subgraph_type,
        key: &subgraph_type.keys[entry.position],
    }
}

/// A node's type, as its subgraph has it.
fn local_type<'a>(supergraph: &'a Supergraph, tables: &Tables, node: NodeId) -> &'a SubgraphType {
    let subgraph = supergraph.query_graph().node(node).subgraph;
    &supergraph.subgraph(subgraph).types[tables.nodes[node.0 as usize].position]
}
