//! What the checker knows of the graph under some override labels.

use super::classes::standings;
use super::facts::Facts;
use crate::type_set::TypeSet;
use apollo_compiler::ast::OperationType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use std::collections::BTreeSet;
use weft_supergraph::{
    ContextArgument, FieldSet, FieldSetItem, Subgraph, SubgraphField, SubgraphId, SubgraphType,
    Supergraph,
};

/// A supergraph, with a set of override labels that are on.
pub(crate) struct Model<'a> {
    supergraph: &'a Supergraph,
    facts: &'a Facts,
    labels: &'a BTreeSet<String>,
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
    /// The model of a supergraph, from its facts.
    pub(crate) fn new(
        supergraph: &'a Supergraph,
        facts: &'a Facts,
        labels: &'a BTreeSet<String>,
    ) -> Self {
        Self {
            supergraph,
            facts,
            labels,
        }
    }

    /// The schema against which requests to a subgraph must be valid.
    pub(super) fn schema(&self, id: SubgraphId) -> &'a Valid<Schema> {
        self.facts.schema(self.supergraph, id)
    }

    /// For each object type, what it is in each subgraph: the same number for types that are alike.
    pub(super) fn standings(&self) -> &'a [usize] {
        self.facts.standings.get_or_init(|| standings(self))
    }

    /// All that some field requires or provides, or takes from a context.
    pub(super) fn field_sets(&self) -> &'a str {
        &self.facts.field_sets
    }

    /// Whether any argument takes its value from a context.
    pub(super) fn has_contexts(&self) -> bool {
        self.facts.has_contexts
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
        self.facts.objects.len()
    }

    /// The name of an object type.
    pub(super) fn object_name(&self, object: usize) -> &'a Name {
        &self.facts.objects[object]
    }

    /// The interfaces and unions that an object can be of, sorted.
    pub(super) fn abstract_types_of(&self, object: usize) -> Vec<&'a str> {
        let all = self.facts.possible.iter();
        let all = all
            .filter(|(name, types)| types.contains(object) && **name != self.facts.objects[object]);
        let mut names: Vec<&str> = all.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The object types that a value of the type can have in the supergraph.
    pub(super) fn possible(&self, name: &str) -> TypeSet {
        self.facts.possible.get(name).cloned().unwrap_or_default()
    }

    /// The object types that a value of the type can have in a subgraph; an interface object can be any of the implementations.
    pub(super) fn local_possible(&self, id: SubgraphId, name: &str) -> TypeSet {
        let Some(local) = self.subgraph(id).types.get(name) else {
            return TypeSet::default();
        };
        if local.is_interface_object || self.facts.objects.contains(&local.name) {
            return self.possible(name);
        }
        let mut types = TypeSet::default();
        for member in &local.possible_types {
            types.extend(&self.possible(member));
        }
        types
    }

    /// What the subgraph knows an object type as.
    pub(super) fn local_types(
        &self,
        id: SubgraphId,
        object: usize,
    ) -> impl Iterator<Item = &'a SubgraphType> + use<'a> {
        let types = &self.subgraph(id).types;
        let known = self.facts.local_types(id, object).iter();
        known.filter_map(|&position| Some(types.get_index(position)?.1))
    }

    /// The field of an object type in a subgraph, whether it is resolvable there or not.
    pub(super) fn field(
        &self,
        id: SubgraphId,
        object: usize,
        name: &str,
    ) -> Option<&'a SubgraphField> {
        let mut local = self.local_types(id, object);
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
        self.facts.objects.get_index_of(name)
    }

    /// What a context takes from objects of a type, where those set it: what their own type says goes before what an interface says.
    pub(super) fn value_of_context(
        &self,
        argument: &'a ContextArgument,
        object: usize,
    ) -> Option<&'a FieldSet> {
        let own = argument.selections.get(self.object_name(object));
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
