//! The orders service: placing, paying, shipping; an outbox and a worker that bring every order to an end over two services.
//! [`OrdersService`] is the whole of it; `main.rs` runs it, tests start it on a port of their own.

mod charges;
mod demo_data;
mod entity;
mod graphql;
mod lifecycle;
mod loaders;
mod migrations;
mod order_desk;
mod order_queries;
mod placing;
mod products_api;
mod saga;
mod service;
mod statistics;
mod status_feed;
mod users_api;

pub use saga::faults::{FaultPoint, Faults, Killed};
pub use service::{OrdersService, Settings};
