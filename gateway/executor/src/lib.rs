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

mod client;
mod compile;
mod complete;
mod error_path;
mod errors;
mod execute;
mod fetch;
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

pub use client::{FetchError, FetchErrorCode, SubgraphClient, SubgraphRequest, SubgraphResponse};
pub use compile::CompiledPlan;
pub use execute::{ExecutionRequest, PrerenderedField, execute, execute_event};
pub use options::{CompileOptions, ErrorPolicy, ExecutionOptions, Limits, MemoScope, Reveal};
pub use response::Response;
pub use variables::{CoercedVariables, coerce_variables};
