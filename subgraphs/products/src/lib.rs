//! The products service: a catalogue of two kinds of product behind one entity interface, stock that cannot be oversold, reviews.
//! [`ProductsService`] is the whole of it; `main.rs` runs it, tests start it on a port of their own.

mod author_names;
mod catalogue;
mod catalogue_edit;
mod demo_data;
mod entity;
mod expiry;
mod graphql;
mod loaders;
mod migrations;
mod review_pages;
mod reviews;
mod service;
mod stock;
mod stock_feed;

pub use service::{ProductsService, Settings};
