//! `GET /.well-known/jwks.json`: the public keys (RFC 7517).

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::HttpState;

/// Shorter than the time that a new key is published before it signs.
const CACHE: &str = "public, max-age=30";

pub(super) async fn published_keys(State(state): State<Arc<HttpState>>) -> Response {
    match state.keys.published().await {
        Ok(keys) => ([(header::CACHE_CONTROL, CACHE)], Json(keys)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the keys cannot be published");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
