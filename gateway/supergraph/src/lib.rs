//! The composed graph: what every subgraph can resolve, and what clients see.
//!
//! [`Supergraph::parse`] reads supergraph SDL (the `join` specification, from v0.1 on); composition arrives at the
//! same type through [`Supergraph::from_schema`]. There is no other way to get one, so a `Supergraph` is always
//! checked. The planner and satisfiability walk its [`Subgraph`]s; the API schema is for clients.

mod field_set;
mod model;

pub use field_set::{FieldSelection, FieldSet, FieldSetItem, FragmentSelection};
pub use model::{
    ContextArgument, Key, Override, Subgraph, SubgraphArgument, SubgraphField, SubgraphId,
    SubgraphType, SubgraphTypeKind, Supergraph,
};
