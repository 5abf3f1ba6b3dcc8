//! The orders service over real sockets, on SQLite and on PostgreSQL: alone with a stand-in for products, and with the real one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "orders/entities.rs"]
mod entities;
#[path = "orders/harness.rs"]
mod harness;
#[path = "orders/killed_workers.rs"]
mod killed_workers;
#[path = "orders/lifecycle.rs"]
mod lifecycle;
#[path = "orders/placing.rs"]
mod placing;
#[path = "orders/schema.rs"]
mod schema;
#[path = "orders/subscriptions.rs"]
mod subscriptions;
#[path = "orders/visibility.rs"]
mod visibility;
#[path = "orders/without_products.rs"]
mod without_products;
