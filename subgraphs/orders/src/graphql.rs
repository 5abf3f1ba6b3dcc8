//! The GraphQL schema of the orders service: the roots and the types behind them, a file for each.

pub(crate) mod connection;
pub(crate) mod entities;
pub(crate) mod inputs;
pub(crate) mod money;
pub(crate) mod mutation;
pub(crate) mod order;
pub(crate) mod product;
pub(crate) mod query;
pub(crate) mod results;
pub(crate) mod root;
pub(crate) mod subscription;
pub(crate) mod user;
