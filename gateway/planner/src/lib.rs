//! The planner: a supergraph and a client's operation in, the best query plan out.
//!
//! What it does, in order: `normalise` the operation; find the least number of dependent steps (`search/earliest`) and the cheapest
//! entries under it (`search/solve`); `build` groups of selections; `schedule` them; again with `fewer` requests; `write` and `assemble` the requests.
//!
//! ```
//! use weft_diagnostic::Source;
//! use weft_planner::{PlanOptions, Planner, check};
//! use weft_query_plan::Operation;
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
//! let operation = Operation::parse(&supergraph, "{ me { name reviewCount } }", None).unwrap();
//! let options = PlanOptions::default();
//! let planner = Planner::new(&supergraph);
//! let plan = planner.plan(&operation, &options).unwrap();
//!
//! assert_eq!(&*plan.fetches[0].document, "{me{__typename name id}}");
//! assert_eq!(&*plan.fetches[1].subgraph_name, "reviews");
//! assert!(check(&supergraph, &operation, &plan, &options).is_empty());
//! ```

mod assemble;
mod build;
mod check;
mod context;
mod defer;
mod error;
mod explain;
mod fewer;
mod field_set;
mod graph;
mod limit;
mod memory;
mod normalise;
mod options;
mod planner;
mod root;
mod schedule;
mod search;
mod selection;
mod shared_members;
mod stop;
mod tables;
mod type_set;
mod write;

pub use check::check;
pub use error::PlanError;
pub use explain::{Alternative, Explanation, PlanCost, Price};
pub use options::PlanOptions;
pub use planner::Planner;
pub use stop::Stop;

use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

/// Plans one operation; where there are more of them on one supergraph, prepare a [`Planner`].
///
/// # Errors
/// As [`Planner::plan`].
pub fn plan(
    supergraph: &Supergraph,
    operation: &Operation,
    options: &PlanOptions,
) -> Result<QueryPlan, PlanError> {
    Planner::new(supergraph).plan(operation, options)
}
