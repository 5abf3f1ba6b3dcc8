//! GraphQL in WebSockets: `graphql-transport-ws` towards clients and towards subgraphs.
//!
//! `connection` keeps the state of one client's socket, `operation` runs what it subscribes to, `upstream` is the
//! socket to a subgraph. Each event of a source runs the rest of the plan, so it may reach entities of other subgraphs.

mod connection;
mod operation;
mod operation_log;
mod protocol;
mod source;
mod token;
mod upstream;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use http::HeaderMap;

use crate::gateway::Gateway;

/// Accepts a client's WebSocket; `headers` are those of its upgrade.
pub(crate) fn accept(
    gateway: Arc<Gateway>,
    upgrade: WebSocketUpgrade,
    headers: HeaderMap,
) -> Response {
    let limit = gateway.configuration().server.body_limit.0;
    upgrade
        .protocols([protocol::SUBPROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| {
            let connections = gateway.connections().clone();
            connections.track_future(connection::serve(gateway, socket, headers))
        })
}
