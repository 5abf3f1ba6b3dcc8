//! The gateway's HTTP edge: a configuration and a supergraph in, a served GraphQL endpoint out.
//!
//! A request goes `routes` → `http_request` → `pipeline` (prepare, coerce, execute) → `http_response`. The graph in
//! use is a [`Graph`]: everything that was prepared for one supergraph, swapped as a whole by [`Gateway::swap`].

mod call_wait;
mod client_address;
mod client_patience;
mod compression;
pub mod configuration;
mod console;
mod csrf;
mod document_cache;
mod entry;
mod forwarded_headers;
mod gateway;
mod graph;
mod health;
mod http_request;
mod http_response;
mod incremental;
mod introspection;
mod media_range;
mod media_type;
mod pipeline;
mod prepared_operation;
mod preparing;
mod request_error;
mod request_log;
mod routes;
mod serve;
mod shared_calls;
mod subgraph_client;
mod subgraph_route;
mod subscriptions;
pub mod supergraph_source;
mod transport;
mod usage;

pub use gateway::Gateway;
pub use graph::Graph;
pub use serve::{bind, serve};
pub use transport::{Transport, TransportError};
