//! `POST /token`: a service's id and secret in, an access token out (the client credentials grant, RFC 6749 section 4.4). Takes a form, as the
//! RFC has it, or JSON; the secret in the body or as HTTP basic authentication.

use std::sync::Arc;

use axum::{
    Form, Json,
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::json;

use super::HttpState;
use crate::access_tokens::LIFETIME;

#[derive(Deserialize)]
struct TokenRequest {
    #[serde(default)]
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

/// An error of RFC 6749, section 5.2.
struct Refused(StatusCode, &'static str, String);

pub(super) async fn client_credentials(
    State(state): State<Arc<HttpState>>,
    request: Request,
) -> Response {
    match grant(&state, request).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

async fn grant(state: &HttpState, request: Request) -> Result<Response, Refused> {
    let (headers, request) = read(request).await?;
    if request.grant_type != "client_credentials" {
        let description =
            "this endpoint gives tokens to services: `grant_type` must be `client_credentials`"
                .to_owned();
        return Err(Refused(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            description,
        ));
    }
    let (id, secret) = credentials(&headers, &request)?;
    let Some(allowed) = state.clients.scope(&id, &secret) else {
        tracing::warn!(client = id, "a service was refused a token");
        return Err(Refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            format!("no service `{id}` with this secret is configured (`--service-clients`)"),
        ));
    };
    let scope = narrowed(allowed, request.scope.as_deref())?;
    let token = state
        .access_tokens
        .for_service(&id, &scope)
        .await
        .map_err(|error| {
            tracing::error!(%error, "a service token cannot be made");
            Refused(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "try again in a few seconds".to_owned(),
            )
        })?;
    let body = json!({ "access_token": token.text, "token_type": "Bearer", "expires_in": LIFETIME.as_secs(), "scope": scope });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

async fn read(request: Request) -> Result<(HeaderMap, TokenRequest), Refused> {
    let headers = request.headers().clone();
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    let parsed = if is_json {
        let body = Bytes::from_request(request, &())
            .await
            .map_err(|error| invalid_request(error.to_string()))?;
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    } else {
        Form::from_request(request, &())
            .await
            .map(|Form(request)| request)
            .map_err(|error| error.to_string())
    };
    Ok((headers, parsed.map_err(invalid_request)?))
}

fn credentials(headers: &HeaderMap, request: &TokenRequest) -> Result<(String, String), Refused> {
    if let (Some(id), Some(secret)) = (&request.client_id, &request.client_secret) {
        return Ok((id.clone(), secret.clone()));
    }
    basic_credentials(headers).ok_or_else(|| {
        invalid_request(
            "send `client_id` and `client_secret`, or HTTP basic authentication".to_owned(),
        )
    })
}

fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (id.to_owned(), secret.to_owned()))
}

/// The scopes asked for, which must be among the allowed; all of these when none were asked for.
fn narrowed(allowed: &str, asked: Option<&str>) -> Result<String, Refused> {
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else {
        return Ok(allowed.to_owned());
    };
    for scope in asked.split_whitespace() {
        if !allowed.split(' ').any(|allowed| allowed == scope) {
            return Err(Refused(
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                format!("this service may not have the scope `{scope}`"),
            ));
        }
    }
    Ok(asked.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn invalid_request(description: String) -> Refused {
    Refused(StatusCode::BAD_REQUEST, "invalid_request", description)
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        let body = Json(json!({ "error": error, "error_description": description }));
        if status == StatusCode::UNAUTHORIZED {
            return (status, [(header::WWW_AUTHENTICATE, "Basic")], body).into_response();
        }
        (status, body).into_response()
    }
}
