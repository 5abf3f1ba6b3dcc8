//! The users service: accounts, sessions, access tokens and the keys they are checked with.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use subgraph_service::ServiceOptions;
//! use users::{Users, UsersSettings};
//!
//! let running = subgraph_service::start::<Users>(ServiceOptions::default(), UsersSettings::default()).await?;
//! println!("{}", running.graphql_url());
//! # Ok(())
//! # }
//! ```

mod access_tokens;
mod accounts;
mod attempts;
mod authentication;
mod demo_data;
mod entities;
mod housekeeping;
mod http;
mod loaders;
mod migrations;
mod passwords;
mod roles;
mod schema;
mod service;
mod service_clients;
mod sessions;
mod settings;
mod signing_keys;

pub use accounts::grant_role;
pub use demo_data::{DEMO_PASSWORD, DEMO_USERS, DemoUser};
pub use migrations::Migrator;
pub use roles::Role;
pub use schema::{Mutation, Query};
pub use service::Users;
pub use service_clients::ServiceClient;
pub use settings::UsersSettings;
pub use signing_keys::rotate_keys;
