//! For tests of the services: databases of their own on both engines, tokens for anybody, a GraphQL client.

mod client;
mod identity_provider;
mod postgres;
mod subscription;
mod test_database;
mod test_tokens;

pub use client::{GraphqlClient, GraphqlResponse};
pub use identity_provider::IdentityProvider;
pub use postgres::{PostgresUnavailable, postgres_server};
pub use subscription::Subscription;
pub use test_database::{Engine, TestDatabase};
pub use test_tokens::TestTokens;
