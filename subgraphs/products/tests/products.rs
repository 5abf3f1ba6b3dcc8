//! The products service over real sockets, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "products/catalogue.rs"]
mod catalogue;
#[path = "products/editing.rs"]
mod editing;
#[path = "products/entities.rs"]
mod entities;
#[path = "products/harness.rs"]
mod harness;
#[path = "products/reviews.rs"]
mod reviews;
#[path = "products/schema.rs"]
mod schema;
#[path = "products/stock.rs"]
mod stock;
#[path = "products/subscriptions.rs"]
mod subscriptions;
