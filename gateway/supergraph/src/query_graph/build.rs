//! [`Supergraph`] to [`QueryGraph`]: types first, then a node per type and subgraph, then edges. Nodes on paths that
//! provide something come into being when an edge needs one.

use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;
use fixedbitset::FixedBitSet;
use indexmap::IndexMap;

use super::{
    ContextId, ContextUse, Edge, Entry, FieldId, FieldInfo, LabelId, Node, NodeId, QueryGraph,
    SelectionId, SelectionItem, TypeId, TypeInfo, local, type_ids,
};
use crate::{
    ContextArgument, FieldSet, FieldSetItem, SubgraphField, SubgraphId, SubgraphType, Supergraph,
};

impl QueryGraph {
    /// Builds the graph.
    pub(crate) fn build(supergraph: &Supergraph) -> Self {
        let mut builder = Builder {
            supergraph,
            graph: Self::default(),
            pending: Vec::new(),
        };
        builder.field_id(&apollo_compiler::name!("__typename"));
        builder.add_types();
        builder.add_nodes();
        builder.add_entries();
        builder.add_edges();
        builder.keep_edges_of_all_types();
        let mut graph = builder.graph;
        graph.closed = local::closed_nodes(&graph);
        graph.leads_to_entity = local::types_that_lead_to_entities(&graph);
        graph
    }
}

struct Builder<'s> {
    supergraph: &'s Supergraph,
    graph: QueryGraph,
    /// Nodes that have no edges yet.
    pending: Vec<NodeId>,
}

impl Builder<'_> {
    fn add_types(&mut self) {
        let supergraph = self.supergraph;
        let composite = || {
            supergraph
                .schema()
                .types
                .iter()
                .filter(|(name, definition)| {
                    let kind = supergraph.kind(name);
                    kind.is_some_and(|kind| kind.is_composite()) && !definition.is_built_in()
                })
        };
        for (position, (name, _)) in composite().enumerate() {
            let id = TypeId(small(position));
            self.graph.type_ids.insert(name.clone(), id);
        }
        for (name, definition) in composite() {
            let info = self.type_info(name, definition);
            self.graph.types.push(info);
        }
    }

    fn type_info(&mut self, name: &Name, definition: &ExtendedType) -> TypeInfo {
        let supergraph = self.supergraph;
        let mut possible = FixedBitSet::with_capacity(self.graph.type_ids.len());
        for object in supergraph.possible_types(name) {
            if let Some(id) = self.graph.type_id(object) {
                possible.insert(id.0 as usize);
            }
        }
        let fields = match definition {
            ExtendedType::Object(object) => Some(&object.fields),
            ExtendedType::Interface(interface) => Some(&interface.fields),
            _ => None,
        };
        let api = supergraph.api_schema();
        let mut read = IndexMap::new();
        for (field, definition) in fields.into_iter().flatten() {
            let info = FieldInfo {
                target: self.graph.type_id(definition.ty.inner_named_type()),
                in_api: api.type_field(name, field).is_ok(),
            };
            read.insert(self.field_id(field), info);
        }
        TypeInfo {
            name: name.clone(),
            kind: supergraph
                .kind(name)
                .unwrap_or(crate::SubgraphTypeKind::Object),
            root: supergraph.root_kind(name),
            in_api: api.types.contains_key(name),
            possible,
            fields: read,
            nodes: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn field_id(&mut self, name: &Name) -> FieldId {
        if let Some(known) = self.graph.field_ids.get(name) {
            return *known;
        }
        let id = FieldId(small(self.graph.field_names.len()));
        self.graph.field_names.push(name.clone());
        self.graph.field_ids.insert(name.clone(), id);
        id
    }

    /// A node for each type in each subgraph.
    fn add_nodes(&mut self) {
        let supergraph = self.supergraph;
        for (id, subgraph) in supergraph.iter_subgraphs() {
            for name in subgraph.types.keys() {
                if let Some(type_id) = self.graph.type_id(name) {
                    let node = self.ensure_node(type_id, id, SelectionId::EMPTY);
                    if let Some(node) = node {
                        self.graph.types[type_id.0 as usize].nodes.push(node);
                    }
                }
            }
        }
    }

    /// The node with that key; made when it is not there.
    fn ensure_node(
        &mut self,
        type_id: TypeId,
        subgraph: SubgraphId,
        provided: SelectionId,
    ) -> Option<NodeId> {
        let key = (type_id, subgraph, provided);
        if let Some(known) = self.graph.node_ids.get(&key) {
            return Some(*known);
        }
        let known = self.known(type_id, subgraph)?;
        if !known.kind.is_composite() {
            return None;
        }
        let possible = if known.is_interface_object {
            self.graph.type_info(type_id).possible.clone()
        } else {
            let mut possible = FixedBitSet::with_capacity(self.graph.types.len());
            let ids = known
                .possible_types
                .iter()
                .filter_map(|name| self.graph.type_id(name));
            possible.extend(ids.map(|id| id.0 as usize));
            possible
        };
        let node = Node {
            type_id,
            subgraph,
            kind: known.kind,
            is_interface_object: known.is_interface_object,
            provided,
            possible,
            edges: Vec::new(),
            narrowed: Vec::new(),
        };
        let id = NodeId(small(self.graph.nodes.len()));
        self.graph.nodes.push(node);
        self.graph.node_ids.insert(key, id);
        self.pending.push(id);
        Some(id)
    }

    fn known(&self, type_id: TypeId, subgraph: SubgraphId) -> Option<&'_ SubgraphType> {
        let name = &self.graph.type_info(type_id).name;
        self.supergraph.subgraph_type(subgraph, name)
    }

    /// The keys of each type; those of an interface object also for each implementation.
    fn add_entries(&mut self) {
        for index in 0..self.graph.nodes.len() {
            let node = NodeId(small(index));
            let (type_id, subgraph) = (
                self.graph.nodes[index].type_id,
                self.graph.nodes[index].subgraph,
            );
            let supergraph = self.supergraph;
            let name = self.graph.type_info(type_id).name.clone();
            let Some(known) = supergraph.subgraph_type(subgraph, &name) else {
                continue;
            };
            for (position, key) in known.keys.iter().enumerate() {
                if !key.resolvable {
                    continue;
                }
                let key = self.selection(&key.fields);
                let entry = Entry {
                    node,
                    key,
                    position,
                };
                self.graph.types[type_id.0 as usize].entries.push(entry);
                if known.is_interface_object {
                    let possible = self.graph.nodes[index].possible.clone();
                    for object in type_ids(&possible) {
                        self.graph.types[object.0 as usize].entries.push(entry);
                    }
                }
            }
        }
    }

    /// The interned form of a field set.
    fn selection(&mut self, set: &FieldSet) -> SelectionId {
        let mut items = Vec::with_capacity(set.items.len());
        for item in &set.items {
            let below = self.selection(item.selection());
            match item {
                FieldSetItem::Field(field) => {
                    items.push(SelectionItem::Field(self.field_id(&field.name), below));
                }
                FieldSetItem::Fragment(fragment) => {
                    if let Some(condition) = self.graph.type_id(&fragment.type_condition) {
                        items.push(SelectionItem::Fragment(condition, below));
                    }
                }
            }
        }
        self.graph.selections.intern(items)
    }

    fn add_edges(&mut self) {
        while let Some(node) = self.pending.pop() {
            self.add_narrowed(node);
            let here = &self.graph.nodes[node.0 as usize];
            let (type_id, subgraph, provided) = (here.type_id, here.subgraph, here.provided);
            let supergraph = self.supergraph;
            let name = self.graph.type_info(type_id).name.clone();
            let Some(known) = supergraph.subgraph_type(subgraph, &name) else {
                continue;
            };
            let mut edges: Vec<Edge> = (known.fields.values())
                .filter_map(|field| self.edge(subgraph, provided, field))
                .collect();
            edges.sort_unstable_by_key(|edge| edge.field);
            self.graph.nodes[node.0 as usize].edges = edges;
        }
    }

    /// An interface's field can be asked for at the interface only where every object type behind it resolves it
    /// there without condition.
    fn keep_edges_of_all_types(&mut self) {
        for index in 0..self.graph.nodes.len() {
            let node = &self.graph.nodes[index];
            if !node.kind.is_abstract() || node.edges.is_empty() {
                continue;
            }
            let everywhere = |edge: &Edge| {
                node.narrowed.iter().all(|(_, object)| {
                    let edge = self.graph.node(*object).edge(edge.field);
                    edge.is_some_and(Edge::is_unconditional)
                })
            };
            let kept = node
                .edges
                .iter()
                .filter(|edge| everywhere(edge))
                .cloned()
                .collect();
            self.graph.nodes[index].edges = kept;
        }
    }

    /// The nodes behind the type conditions at an abstract node.
    fn add_narrowed(&mut self, node: NodeId) {
        let here = &self.graph.nodes[node.0 as usize];
        if !here.kind.is_abstract() {
            return;
        }
        let (subgraph, provided, possible) = (here.subgraph, here.provided, here.possible.clone());
        let mut narrowed = Vec::new();
        for object in type_ids(&possible) {
            let types = &self.graph.types;
            let applies = |condition: TypeId| {
                condition == object
                    || types[condition.0 as usize]
                        .possible
                        .contains(object.0 as usize)
            };
            let provided = self.graph.selections.narrowed(provided, &applies);
            if let Some(target) = self.ensure_node(object, subgraph, provided) {
                narrowed.push((object, target));
            }
        }
        self.graph.nodes[node.0 as usize].narrowed = narrowed;
    }

    /// The edge of a field at a node, unless the subgraph cannot resolve it there.
    fn edge(
        &mut self,
        subgraph: SubgraphId,
        provided: SelectionId,
        field: &SubgraphField,
    ) -> Option<Edge> {
        let id = self.field_id(&field.name);
        let provided_below = self.graph.selections.below(provided, id);
        if provided_below.is_none() && (field.external || field.overridden) {
            return None;
        }
        let below = field
            .provides
            .as_ref()
            .map_or(SelectionId::EMPTY, |set| self.selection(set));
        let below =
            (self.graph.selections).union(provided_below.unwrap_or(SelectionId::EMPTY), below);
        let target = self.graph.type_id(field.ty.inner_named_type());
        let target = target.and_then(|target| self.ensure_node(target, subgraph, below));
        let requires = field.requires.as_ref();
        Some(Edge {
            field: id,
            target,
            requires: requires.map_or(SelectionId::EMPTY, |set| self.selection(set)),
            label: (field.override_label.as_ref())
                .map(|label| (self.label(&label.label), label.when)),
            contexts: (field.context_arguments.iter())
                .map(|one| self.context(one))
                .collect(),
        })
    }

    fn label(&mut self, label: &str) -> LabelId {
        let known = self.graph.labels.iter().position(|known| known == label);
        let position = known.unwrap_or_else(|| {
            self.graph.labels.push(label.to_owned());
            self.graph.labels.len() - 1
        });
        LabelId(u16::try_from(position).unwrap_or(u16::MAX))
    }

    fn context(&mut self, argument: &ContextArgument) -> ContextId {
        let known = (self.graph.contexts.iter()).position(|known| known.argument == *argument);
        let position = known.unwrap_or_else(|| {
            let setters = self.setters(argument);
            self.graph.contexts.push(ContextUse {
                argument: argument.clone(),
                setters,
            });
            self.graph.contexts.len() - 1
        });
        ContextId(small(position))
    }

    /// The object types that set a context; an abstract type sets it for all its possible types.
    fn setters(&mut self, argument: &ContextArgument) -> Vec<(TypeId, SelectionId)> {
        let mut setters: IndexMap<TypeId, SelectionId> = IndexMap::new();
        for (name, fields) in &argument.selections {
            let Some(setter) = self.graph.type_id(name) else {
                continue;
            };
            let selection = self.selection(fields);
            let possible: Vec<TypeId> = self.graph.type_info(setter).possible_ids().collect();
            let own = self.graph.type_info(setter).kind == crate::SubgraphTypeKind::Object;
            for object in possible {
                match own {
                    true => _ = setters.insert(object, selection),
                    false => _ = setters.entry(object).or_insert(selection),
                }
            }
        }
        setters.into_iter().collect()
    }
}

fn small(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
