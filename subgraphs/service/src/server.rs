//! The HTTP side of a service: routes and layers in, a router out. `graphql_http` and `graphql_websocket` serve `/graphql`, on one
//! path as federation clients expect.

mod client_address;
mod executor;
mod graphql_http;
mod graphql_websocket;
mod health;
mod network;
mod refusal;
mod request_id;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;

pub use client_address::ClientAddress;
pub(crate) use executor::ServiceExecutor;
pub use network::Network;

use crate::{database::Database, identity::TokenVerifier, process::Service};

/// The largest request body: entity queries carry long lists of representations.
const MAXIMUM_BODY_BYTES: usize = 4 << 20;

/// What the handlers need.
pub(crate) struct ServerState<S: Service> {
    pub(crate) executor: ServiceExecutor<S>,
    pub(crate) verifier: TokenVerifier,
    pub(crate) database: Database,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) stopping: CancellationToken,
}

/// All routes of a service; `own` are those that only this service has.
pub(crate) fn router<S: Service>(state: ServerState<S>, own: Router) -> Router {
    let state = Arc::new(state);
    let trusted_proxies: Arc<[Network]> = state.trusted_proxies.as_slice().into();
    Router::new()
        .route(
            "/graphql",
            get(graphql_websocket::upgrade_or_get::<S>).post(graphql_http::post::<S>),
        )
        .route("/health", get(health::health::<S>))
        .with_state(state)
        .merge(own)
        .fallback(refusal::not_found)
        // A body that does not end must not fill the memory.
        .layer(RequestBodyLimitLayer::new(MAXIMUM_BODY_BYTES))
        // Resolvers limit attempts per client address.
        .layer(middleware::from_fn_with_state(
            trusted_proxies,
            client_address::find_client_address,
        ))
        // Outermost, so that every log line of a request has its id.
        .layer(middleware::from_fn(request_id::with_request_id))
}
