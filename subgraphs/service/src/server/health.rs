//! `GET /health`: 200 when the service can do its work, 503 when its database does not answer.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::ServerState;
use crate::process::Service;

const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn health<S: Service>(
    State(state): State<Arc<ServerState<S>>>,
) -> (StatusCode, Json<Value>) {
    let problem = match tokio::time::timeout(PATIENCE, state.database.ping()).await {
        Ok(Ok(())) => {
            return (
                StatusCode::OK,
                Json(json!({ "status": "ok", "service": S::NAME })),
            );
        }
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => format!("no answer within {PATIENCE:?}"),
    };
    tracing::error!(%problem, "the database does not answer");
    let body = json!({ "status": "failing", "service": S::NAME, "problem": "the database does not answer" });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body))
}
