//! Answers to requests that never reach a resolver: a status and a GraphQL error body.

use axum::{
    Json,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    errors::{BAD_USER_INPUT, NOT_FOUND, SERVICE_UNAVAILABLE, UNAUTHENTICATED},
    identity::TokenError,
};

/// A request that is not a GraphQL request.
pub(super) fn bad_request(message: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, BAD_USER_INPUT, message)
}

/// A request with another method or media type than we understand.
pub(super) fn unsupported(status: StatusCode, message: &str) -> Response {
    refusal(status, BAD_USER_INPUT, message)
}

/// A path that nothing is served at.
pub(super) async fn not_found(uri: Uri) -> Response {
    let message = format!(
        "nothing is served at `{}`: GraphQL is at `/graphql`, health at `/health`",
        uri.path()
    );
    refusal(StatusCode::NOT_FOUND, NOT_FOUND, &message)
}

impl TokenError {
    /// The code that a client sees.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) | Self::Expired => UNAUTHENTICATED,
            Self::KeysUnavailable => SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let message = self.to_string();
        match self {
            Self::KeysUnavailable => {
                refusal(StatusCode::SERVICE_UNAVAILABLE, self.code(), &message)
            }
            Self::Invalid(_) | Self::Expired => {
                let challenge = [(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)];
                (
                    challenge,
                    refusal(StatusCode::UNAUTHORIZED, self.code(), &message),
                )
                    .into_response()
            }
        }
    }
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, Json(body)).into_response()
}
