//! What the users, products and orders services share: options, database, identity, GraphQL over HTTP and WebSocket,
//! the federation SDL, the life of the process. A service implements [`Service`] and calls [`run`] in its `main`.
//!
//! ```no_run
//! use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, SchemaBuilder};
//! use subgraph_service::{Identity, NoSettings, Service, ServiceOptions, Start};
//!
//! struct Greeter;
//! #[derive(Default)]
//! struct Query;
//!
//! #[Object]
//! impl Query {
//!     async fn greeting(&self) -> &str { "hello" }
//! }
//!
//! impl Service for Greeter {
//!     const NAME: &'static str = "greeter";
//!     const DEFAULT_LISTEN: &'static str = "127.0.0.1:4009";
//!     type Settings = NoSettings;
//!     type Query = Query;
//!     type Mutation = EmptyMutation;
//!     type Subscription = EmptySubscription;
//!     type Migrator = subgraph_service::NoMigrations;
//!
//!     fn schema() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
//!         Schema::build(Query, EmptyMutation, EmptySubscription)
//!     }
//!     async fn start(_start: &Start, _settings: NoSettings) -> anyhow::Result<Self> {
//!         Ok(Greeter)
//!     }
//!     fn prepare_request(&self, request: Request, _identity: &Identity) -> Request { request }
//! }
//! ```

pub mod batched_pages;
pub mod change_feed;
pub mod clock;
pub mod database;
mod error_nulls;
pub mod errors;
pub mod federation_sdl;
pub mod guard;
pub mod identity;
pub mod keyset;
pub mod limits;
pub mod money;
mod options;
pub mod owner;
pub mod peer;
mod process;
mod server;
pub mod service_token;
pub mod shared_types;
mod telemetry;
#[cfg(feature = "test-support")]
pub mod test_support;

pub use database::{Database, NoMigrations};
pub use federation_sdl::SdlAddition;
pub use identity::{Identity, TokenVerifier};
pub use options::{LogFormat, NoSettings, ServiceOptions};
pub use process::{RunningService, Service, Start, export_schema, finish, run, start};
pub use server::{ClientAddress, Network};
