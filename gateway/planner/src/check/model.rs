//! What the checker knows of the graph, read from the supergraph's own model alone: no table of the planner's, and no query graph,
//! so that a mistake in those cannot make a wrong plan look right.

use crate::type_set::TypeSet;
use apollo_compiler::Name;
use apollo_compiler::ast::OperationType;
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use weft_supergraph::{
    ContextArgument, FieldSet, FieldSetItem, Subgraph, SubgraphField, SubgraphId, SubgraphType,
    SubgraphTypeKind, Supergraph,
};

/// A supergraph, with a set of override labels that are on.
pub(super) struct Model<'a> {
    supergraph: &'a Supergraph,
    labels: &'a BTreeSet<String>,
    /// The object types; one's number is its position.
    objects: IndexSet<&'a Name>,
    /// The object types that values of each composite type can have.
    possible: FxHashMap<&'a str, TypeSet>,
    /// What each subgraph knows each object type as.
    local: FxHashMap<(SubgraphId, usize), Vec<&'a SubgraphType>>,
}

/// How a subgraph resolves a field.
#[derive(Clone, Copy)]
pub(super) enum Resolved<'a> {
    /// With nothing but the object.
    Plainly,
    /// With a representation.
    WithInputs(&'a SubgraphField),
}

impl<'a> Model<'a> {
    /// The model of a supergraph.
    pub(super) fn new(supergraph: &'a Supergraph, labels: &'a BTreeSet<String>) -> Self {
        let names = supergraph.schema().types.keys();
        let composite = names.filter(|name| {
            supergraph
                .kind(name)
                .is_some_and(SubgraphTypeKind::is_composite)
        });
        let is_object = |name: &&Name| match supergraph.kind(name) {
            Some(SubgraphTypeKind::Object) => true,
            // What nothing implements is planned, or found to be out of reach, like an object.
            Some(SubgraphTypeKind::Interface) => supergraph.possible_types(name).next().is_none(),
            _ => false,
        };
        let mut model = Self {
            supergraph,
            labels,
            objects: composite.clone().filter(is_object).collect(),
            possible: FxHashMap::default(),
            local: FxHashMap::default(),
        };
        for name in composite {
            let behind = supergraph.possible_types(name).chain([name]);
            let types = behind.filter_map(|name| model.objects.get_index_of(name));
            let types = types.collect();
            model.possible.insert(name, types);
        }
        model.add_local_types();
        model
    }

    /// A subgraph knows an object type as itself, or as the interface objects that stand for it.
    fn add_local_types(&mut self) {
        for (id, subgraph) in self.supergraph.iter_subgraphs() {
            let stand_ins = subgraph.types.values();
            let stand_ins: Vec<&SubgraphType> = stand_ins
                .filter(|local| local.is_interface_object)
                .collect();
            for (object, name) in self.objects.iter().enumerate() {
                let own = subgraph
                    .types
                    .get(*name)
                    .filter(|own| own.kind.is_composite());
                let mut known: Vec<&SubgraphType> = own.into_iter().collect();
                if own.is_none() {
                    let fits = |local: &&&SubgraphType| self.possible(&local.name).contains(object);
                    known.extend(stand_ins.iter().filter(fits));
                }
                self.local.insert((id, object), known);
            }
        }
    }

    /// The subgraph with that id.
    pub(super) fn subgraph(&self, id: SubgraphId) -> &'a Subgraph {
        self.supergraph.subgraph(id)
    }

    /// All subgraphs.
    pub(super) fn subgraph_ids(&self) -> impl Iterator<Item = SubgraphId> + use<'a> {
        self.supergraph.iter_subgraphs().map(|(id, _)| id)
    }

    /// How many object types there are.
    pub(super) fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// The name of an object type.
    pub(super) fn object_name(&self, object: usize) -> &'a Name {
        self.objects[object]
    }

    /// The interfaces and unions that an object can be of, sorted.
    pub(super) fn abstract_types_of(&self, object: usize) -> Vec<&'a str> {
        let all = self.possible.iter();
        let all = all.filter(|(name, types)| {
            types.contains(object) && **name != self.objects[object].as_str()
        });
        let mut names: Vec<&str> = all.map(|(name, _)| *name).collect();
        names.sort_unstable();
        names
    }

    /// The object types that a value of the type can have in the supergraph.
    pub(super) fn possible(&self, name: &str) -> TypeSet {
        self.possible.get(name).cloned().unwrap_or_default()
    }

    /// The object types that a value of the type can have in a subgraph; an interface object can be any of the implementations.
    pub(super) fn local_possible(&self, id: SubgraphId, name: &str) -> TypeSet {
        let Some(local) = self.subgraph(id).types.get(name) else {
            return TypeSet::default();
        };
        if local.is_interface_object || self.objects.contains(&local.name) {
            return self.possible(name);
        }
        let mut types = TypeSet::default();
        for member in &local.possible_types {
            types.extend(&self.possible(member));
        }
        types
    }

    /// What the subgraph knows an object type as.
    pub(super) fn local_types(&self, id: SubgraphId, object: usize) -> &[&'a SubgraphType] {
        self.local.get(&(id, object)).map_or(&[], Vec::as_slice)
    }

    /// The field of an object type in a subgraph, whether it is resolvable there or not.
    pub(super) fn field(
        &self,
        id: SubgraphId,
        object: usize,
        name: &str,
    ) -> Option<&'a SubgraphField> {
        let mut local = self.local_types(id, object).iter();
        local.find_map(|local| local.fields.get(name))
    }

    /// How the subgraph resolves a field, what paths provide left aside.
    pub(super) fn resolved(
        &self,
        id: SubgraphId,
        object: usize,
        name: &str,
    ) -> Option<Resolved<'a>> {
        let field = self.field(id, object, name)?;
        let is_off = field
            .override_label
            .as_ref()
            .is_some_and(|overriding| self.labels.contains(&overriding.label) != overriding.when);
        if field.external || field.overridden || is_off {
            return None;
        }
        let is_plain = field.requires.is_none() && field.context_arguments.is_empty();
        Some(match is_plain {
            true => Resolved::Plainly,
            false => Resolved::WithInputs(field),
        })
    }

    /// The type of a root.
    pub(super) fn root(&self, operation_type: OperationType) -> Option<usize> {
        let name = self.supergraph.root_type(operation_type)?;
        self.objects.get_index_of(name)
    }

    /// What a context takes from objects of a type, where those set it: what their own type says goes before what an interface says.
    pub(super) fn value_of_context(
        &self,
        argument: &'a ContextArgument,
        object: usize,
    ) -> Option<&'a FieldSet> {
        let own = argument.selections.get(self.objects[object]);
        own.or_else(|| {
            let mut others = argument.selections.iter();
            let behind = others.find(|(name, _)| self.possible(name).contains(object));
            behind.map(|(_, fields)| fields)
        })
    }

    /// Whether what a path provides has a field of an object.
    pub(super) fn provides(&self, fields: &FieldSet, name: &Name, object: usize) -> bool {
        fields.items.iter().any(|item| match item {
            FieldSetItem::Field(field) => field.name == *name,
            FieldSetItem::Fragment(fragment) => {
                self.possible(&fragment.type_condition).contains(object)
                    && self.provides(&fragment.selection, name, object)
            }
        })
    }

    /// What a path provides below a field of an object.
    pub(super) fn provided_below(
        &self,
        fields: &FieldSet,
        name: &Name,
        object: usize,
    ) -> Vec<FieldSetItem> {
        let mut below = Vec::new();
        for item in &fields.items {
            match item {
                FieldSetItem::Field(field) if field.name == *name => {
                    below.extend(field.selection.items.clone());
                }
                FieldSetItem::Field(_) => {}
                FieldSetItem::Fragment(fragment) => {
                    if self.possible(&fragment.type_condition).contains(object) {
                        below.extend(self.provided_below(&fragment.selection, name, object));
                    }
                }
            }
        }
        below
    }
}
