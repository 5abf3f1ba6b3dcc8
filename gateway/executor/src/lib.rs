//! Runs query plans: subgraph answers in, the bytes of one GraphQL response out.
//!
//! The crate opens no socket and reads no clock: calls go through a [`SubgraphClient`], time limits are the client's
//! own or a future that is passed in. What does not change between requests is compiled once:
//!
//! 1. [`CompiledPlan::new`], once for each cached document: request bodies around their variables, one slot for each
//!    field of each object, the order and nullability of what the client gets.
//! 2. [`coerce_variables`], for each request, before anything is sent.
//! 3. [`execute`], or [`execute_event`] for each event of a subscription that [`CompiledPlan::subscription`] started.
//!
//! Subgraph bodies are scanned once and never become a tree of values: leaves stay slices of the bytes that arrived.
//! A failing subgraph costs the fields that depended on it and nothing else; [`Response`] says what happened.
//!
//! ```
//! use std::sync::Arc;
//! use weft_diagnostic::Source;
//! use weft_executor::{
//!     CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, SubgraphClient,
//!     SubgraphRequest, SubgraphResponse, coerce_variables, execute,
//! };
//! use weft_query_plan::Operation;
//! use weft_supergraph::Supergraph;
//!
//! /// Answers without a network; a server's client sends `request.body` to where the subgraph is.
//! struct Canned;
//!
//! impl SubgraphClient for Canned {
//!     async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
//!         assert_eq!(request.subgraph_name, "users");
//!         let body = br#"{"data":{"me":{"nickname":"Ann"}}}"#;
//!         Ok(SubgraphResponse { status: 200, body: body.to_vec().into(), ..Default::default() })
//!     }
//! }
//!
//! let sdl = r#"
//!     schema
//!       @link(url: "https://specs.apollo.dev/link/v1.0")
//!       @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
//!     { query: Query }
//!     directive @link(url: String, for: link__Purpose) repeatable on SCHEMA
//!     directive @join__graph(name: String!, url: String!) on ENUM_VALUE
//!     directive @join__type(graph: join__Graph!) repeatable on OBJECT
//!     enum link__Purpose { EXECUTION SECURITY }
//!     enum join__Graph { USERS @join__graph(name: "users", url: "http://users") }
//!     type Query @join__type(graph: USERS) { me: User }
//!     type User @join__type(graph: USERS) { name: String }
//! "#;
//! let source = Source::new("supergraph", "supergraph.graphql", sdl);
//! let supergraph = Arc::new(Supergraph::parse(&source).unwrap());
//! let operation = Operation::parse(&supergraph, "{ me { nickname: name } }", None).unwrap();
//! let plan = weft_planner::plan(&supergraph, &operation, &Default::default()).unwrap();
//! let plan = CompiledPlan::new(&supergraph, &operation, plan, &CompileOptions::default());
//!
//! let variables = coerce_variables(&supergraph, &operation, None).unwrap();
//! let request = ExecutionRequest::new(&variables);
//! let options = ExecutionOptions::default();
//! let response = futures::executor::block_on(execute(&plan, request, &Canned, &options));
//! assert_eq!(response.body.to_bytes(), r#"{"data":{"me":{"nickname":"Ann"}}}"#);
//! ```

mod asked;
mod client;
mod compile;
mod complete;
mod error_path;
mod errors;
mod execute;
mod fetch;
mod flow;
mod incremental;
mod json;
mod memo;
mod merge;
mod options;
mod reported;
mod representations;
pub mod request_body;
mod response;
mod scan;
mod store;
mod variables;

pub use client::{
    FetchError, FetchErrorCode, Patience, SubgraphClient, SubgraphRequest, SubgraphResponse,
};
pub use compile::CompiledPlan;
pub use execute::{ExecutionRequest, PrerenderedField, execute, execute_event};
pub use incremental::{Increment, IncrementalFormat, execute_incrementally};
pub use options::{CompileOptions, ErrorPolicy, ExecutionOptions, Limits, MemoScope, Reveal};
pub use response::{Response, ResponseBody};
pub use variables::{CoercedVariables, coerce_variables};
