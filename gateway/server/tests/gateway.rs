//! The gateway over real sockets, with stub subgraphs: what clients see of HTTP, WebSockets, reloads and failures.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "gateway/harness.rs"]
mod harness;

#[path = "gateway/calls.rs"]
mod calls;
#[path = "gateway/certificates.rs"]
mod certificates;
#[path = "gateway/console.rs"]
mod console;
#[path = "gateway/contexts.rs"]
mod contexts;
#[path = "gateway/deferred.rs"]
mod deferred;
#[path = "gateway/documentation.rs"]
mod documentation;
#[path = "gateway/federation.rs"]
mod federation;
#[path = "gateway/http_semantics.rs"]
mod http_semantics;
#[path = "gateway/planning.rs"]
mod planning;
#[path = "gateway/raw_subgraph.rs"]
mod raw_subgraph;
#[path = "gateway/reload.rs"]
mod reload;
#[path = "gateway/slow_clients.rs"]
mod slow_clients;
#[path = "gateway/subscriptions.rs"]
mod subscriptions;
#[path = "gateway/transport.rs"]
mod transport;
