//! What the checker knows of a supergraph whatever labels are on, read from the supergraph's own model alone: no table of the planner's,
//! and no query graph, so that a mistake in those cannot make a wrong plan look right.

use super::schema;
use crate::type_set::TypeSet;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::sync::OnceLock;
use weft_supergraph::{Subgraph, SubgraphId, SubgraphTypeKind, Supergraph};

/// What all checks of plans on one supergraph share.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The object types; one's number is its position.
    pub(super) objects: IndexSet<Name>,
    /// The object types that values of each composite type can have.
    pub(super) possible: FxHashMap<Name, TypeSet>,
    /// All that some field requires or provides, or takes from a context.
    pub(super) field_sets: String,
    /// Whether any argument takes its value from a context.
    pub(super) has_contexts: bool,
    /// What each object type is, as a number; the many of a large supergraph are compared once a plan comes to many of them.
    pub(super) standings: OnceLock<Vec<usize>>,
    /// What each subgraph knows each object type as: positions among the subgraph's types.
    local: Vec<Vec<Vec<usize>>>,
    /// The schema of each subgraph, once a plan asks it something.
    schemas: Vec<OnceLock<Valid<Schema>>>,
}

impl Facts {
    /// The facts of a supergraph.
    pub(crate) fn new(supergraph: &Supergraph) -> Self {
        let objects = objects(supergraph);
        let possible = possible(supergraph, &objects);
        let subgraphs = supergraph.subgraphs().iter();
        let local = |subgraph| local_types(subgraph, &objects, &possible);
        Self {
            local: subgraphs.clone().map(local).collect(),
            schemas: subgraphs.map(|_| OnceLock::new()).collect(),
            field_sets: field_sets(supergraph),
            has_contexts: has_contexts(supergraph),
            standings: OnceLock::new(),
            objects,
            possible,
        }
    }

    /// What a subgraph knows an object type as: positions among the subgraph's types.
    pub(super) fn local_types(&self, id: SubgraphId, object: usize) -> &[usize] {
        let known = self.local.get(id.index());
        known
            .and_then(|known| known.get(object))
            .map_or(&[], Vec::as_slice)
    }

    /// The schema of a subgraph.
    pub(super) fn schema(&self, supergraph: &Supergraph, id: SubgraphId) -> &Valid<Schema> {
        self.schemas[id.index()].get_or_init(|| schema::of_subgraph(supergraph, id))
    }
}

/// The object types of a supergraph; what nothing implements is planned, or found to be out of reach, like an object.
fn objects(supergraph: &Supergraph) -> IndexSet<Name> {
    let is_object = |name: &&Name| match supergraph.kind(name) {
        Some(SubgraphTypeKind::Object) => true,
        Some(SubgraphTypeKind::Interface) => supergraph.possible_types(name).next().is_none(),
        _ => false,
    };
    let names = supergraph.schema().types.keys();
    names.filter(is_object).cloned().collect()
}

fn possible(supergraph: &Supergraph, objects: &IndexSet<Name>) -> FxHashMap<Name, TypeSet> {
    let is_composite = |name: &&Name| {
        let kind = supergraph.kind(name);
        kind.is_some_and(SubgraphTypeKind::is_composite)
    };
    let types = |name: &Name| -> TypeSet {
        let behind = supergraph.possible_types(name).chain([name]);
        let numbers = behind.filter_map(|name| objects.get_index_of(name));
        numbers.collect()
    };
    let names = supergraph.schema().types.keys().filter(is_composite);
    names.map(|name| (name.clone(), types(name))).collect()
}

/// A subgraph knows an object type as itself, or as the interface objects that stand for it.
fn local_types(
    subgraph: &Subgraph,
    objects: &IndexSet<Name>,
    possible: &FxHashMap<Name, TypeSet>,
) -> Vec<Vec<usize>> {
    let types = || subgraph.types.values().enumerate();
    let stand_ins: Vec<(usize, &TypeSet)> = types()
        .filter(|(_, local)| local.is_interface_object)
        .filter_map(|(position, local)| Some((position, possible.get(&local.name)?)))
        .collect();
    let known_as = |(object, name): (usize, &Name)| match subgraph.types.get_full(name) {
        Some((position, _, own)) if own.kind.is_composite() => vec![position],
        _ => {
            let fits = stand_ins.iter().filter(|(_, types)| types.contains(object));
            fits.map(|(position, _)| *position).collect()
        }
    };
    objects.iter().enumerate().map(known_as).collect()
}

/// All that some field requires or provides, or takes from a context: it may be fetched without being asked for.
fn field_sets(supergraph: &Supergraph) -> String {
    let mut text = String::new();
    for subgraph in supergraph.subgraphs() {
        let types = subgraph.types.values();
        for field in types.flat_map(|local| local.fields.values()) {
            for fields in [&field.requires, &field.provides].into_iter().flatten() {
                // Writing to a string cannot fail.
                let _ = write!(text, " {fields}");
            }
            let contexts = field.context_arguments.iter();
            for (setter, fields) in contexts.flat_map(|argument| &argument.selections) {
                let _ = write!(text, " {setter} {fields}");
            }
        }
    }
    text
}

fn has_contexts(supergraph: &Supergraph) -> bool {
    let types = supergraph
        .subgraphs()
        .iter()
        .flat_map(|one| one.types.values());
    let mut fields = types.flat_map(|ty| ty.fields.values());
    fields.any(|field| !field.context_arguments.is_empty())
}
