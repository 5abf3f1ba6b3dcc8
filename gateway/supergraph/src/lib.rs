//! The composed graph: what every subgraph can resolve, and what clients see.
//!
//! [`Supergraph::parse`] reads supergraph SDL (the `join` specification, from v0.1 on); composition arrives at the
//! same type through [`Supergraph::from_schema`]. There is no other way to get one, so a `Supergraph` is always
//! checked. The planner and satisfiability walk its [`Subgraph`]s; the API schema is for clients.
//!
//! ```
//! use weft_diagnostic::Source;
//! use weft_supergraph::Supergraph;
//!
//! let sdl = r#"
//!     schema
//!       @link(url: "https://specs.apollo.dev/link/v1.0")
//!       @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
//!     { query: Query }
//!
//!     directive @link(url: String, for: link__Purpose) repeatable on SCHEMA
//!     directive @join__graph(name: String!, url: String!) on ENUM_VALUE
//!     directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT
//!     directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
//!     scalar join__FieldSet
//!     enum link__Purpose { EXECUTION SECURITY }
//!     enum join__Graph {
//!       USERS @join__graph(name: "users", url: "http://users")
//!       REVIEWS @join__graph(name: "reviews", url: "http://reviews")
//!     }
//!
//!     type Query @join__type(graph: USERS) @join__type(graph: REVIEWS) {
//!       me: User @join__field(graph: USERS)
//!     }
//!     type User @join__type(graph: USERS, key: "id") @join__type(graph: REVIEWS, key: "id") {
//!       id: ID!
//!       name: String @join__field(graph: USERS)
//!       reviewCount: Int @join__field(graph: REVIEWS)
//!     }
//! "#;
//! let supergraph = Supergraph::parse(&Source::new("supergraph", "supergraph.graphql", sdl)).unwrap();
//!
//! let (reviews, subgraph) = supergraph.subgraph_by_name("reviews").unwrap();
//! assert_eq!(subgraph.types["User"].keys[0].fields.to_string(), "id");
//! assert_eq!(supergraph.resolvers("User", "reviewCount"), [reviews]);
//! assert!(supergraph.api_schema().get_object("User").is_some());
//! assert!(supergraph.api_schema().get_enum("join__Graph").is_none());
//! ```

mod api_schema;
mod field_set;
mod model;
mod print;
pub mod query_graph;
mod read;
#[cfg(test)]
mod testing;

pub use field_set::{FieldSelection, FieldSet, FieldSetError, FieldSetItem, FragmentSelection};
pub use model::{
    ContextArgument, Key, Override, Subgraph, SubgraphArgument, SubgraphField, SubgraphId,
    SubgraphType, SubgraphTypeKind, Supergraph,
};
pub use query_graph::QueryGraph;
pub use read::{INVALID_GRAPHQL, INVALID_SUPERGRAPH, UNSUPPORTED_LINKED_FEATURE};
