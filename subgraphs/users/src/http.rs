//! The routes beside GraphQL: the published keys, and tokens for services.

mod jwks;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    access_tokens::AccessTokens, service_clients::ServiceClients, signing_keys::SigningKeys,
};

/// What the routes need.
pub(crate) struct HttpState {
    pub(crate) keys: SigningKeys,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) clients: ServiceClients,
}

/// The routes of the users service alone.
pub(crate) fn routes(state: Arc<HttpState>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks::published_keys))
        .route("/token", post(token::client_credentials))
        .with_state(state)
}
