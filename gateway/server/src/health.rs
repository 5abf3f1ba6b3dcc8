//! Whether the gateway runs (`/health/live`) and whether it can answer (`/health/ready`), for orchestrators.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::gateway::Gateway;

/// Always 200: the process answers.
pub(crate) async fn live() -> Response {
    answer(StatusCode::OK, "{\"status\":\"live\"}")
}

/// 200 once a supergraph is loaded and until the gateway stops, 503 otherwise.
pub(crate) async fn ready(State(gateway): State<Arc<Gateway>>) -> Response {
    if gateway.is_ready() {
        answer(StatusCode::OK, "{\"status\":\"ready\"}")
    } else {
        answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "{\"status\":\"not ready\"}",
        )
    }
}

fn answer(status: StatusCode, body: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}
