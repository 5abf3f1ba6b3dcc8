//! What a plan must do without: to find out what it costs to have something from elsewhere.

use crate::graph::NameId;
use crate::type_set::TypeSet;
use apollo_compiler::Name;
use std::collections::BTreeSet;
use weft_supergraph::{FieldSet, SubgraphId};

/// A limit of what a plan may use of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// Some fields may be taken from one subgraph only.
    From {
        /// That subgraph.
        subgraph: SubgraphId,
        /// The objects that have the fields.
        types: TypeSet,
        /// The fields' names.
        fields: BTreeSet<NameId>,
    },
    /// A type of a subgraph may be entered by one of its keys only.
    ByKey {
        /// The subgraph.
        subgraph: SubgraphId,
        /// The type there.
        key_type: Name,
        /// The key.
        key: FieldSet,
    },
}

impl Limit {
    /// Whether a subgraph may give a field of an object.
    pub(crate) fn allows_field(&self, from: SubgraphId, object: usize, field: NameId) -> bool {
        match self {
            Self::From {
                subgraph,
                types,
                fields,
            } => *subgraph == from || !types.contains(object) || !fields.contains(&field),
            Self::ByKey { .. } => true,
        }
    }

    /// Whether a type of a subgraph may be entered by a key.
    pub(crate) fn allows_key(&self, into: SubgraphId, entered: &Name, by: &FieldSet) -> bool {
        match self {
            Self::From { .. } => true,
            Self::ByKey {
                subgraph,
                key_type,
                key,
            } => *subgraph != into || key_type != entered || key == by,
        }
    }
}
