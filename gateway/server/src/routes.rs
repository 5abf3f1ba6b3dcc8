//! The routes of the gateway and the layers around them, each with its reason.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use axum::routing::{any, get};
use bytes::Bytes;
use http::header::UPGRADE;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tracing::Instrument;

use crate::configuration::CorsOptions;
use crate::gateway::Gateway;
use crate::http_request::{self, GraphqlRequest};
use crate::http_response;
use crate::media_type::{self, MediaType};
use crate::pipeline::{self, Arrival};
use crate::request_error::{RequestError, code};
use crate::request_log::{RequestLog, X_REQUEST_ID};
use crate::{client_address, console, csrf, health, subscriptions};

/// Smaller answers fit into one packet either way.
const WORTH_COMPRESSING: u16 = 1024;

/// Everything that the gateway answers.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let configuration = gateway.configuration();
    let path = configuration.server.path.clone();
    let mut graphql = Router::new().route(&path, any(graphql));
    if configuration.server.compression {
        // Only answers of GraphQL: the console's files are compressed already.
        let large = CompressionLayer::new()
            .quality(CompressionLevel::Fastest)
            .compress_when(SizeAbove::new(WORTH_COMPRESSING));
        graphql = graphql.layer(large);
    }
    if !configuration.cors.origins.is_empty() {
        // Without origins no header is sent, and browsers keep foreign pages out.
        graphql = graphql.layer(cors(&configuration.cors));
    }
    let mut router = graphql
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready));
    if configuration.console.enabled {
        router = router.merge(console::routes(&path));
    }
    let hint = format!("nothing is here: GraphQL is at `{path}`\n");
    let nothing = move || async move { (StatusCode::NOT_FOUND, hint) };
    router.fallback(nothing).with_state(gateway)
}

/// GraphQL by HTTP, or the start of a WebSocket.
async fn graphql(State(gateway): State<Arc<Gateway>>, request: axum::extract::Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut log = RequestLog::start(&mut parts);
    let mut response = respond(gateway, parts, body, &mut log).await;
    log.finish(&mut response);
    response
}

async fn respond(
    gateway: Arc<Gateway>,
    mut parts: Parts,
    body: Body,
    log: &mut RequestLog,
) -> Response {
    if gateway.forwards_client_address() {
        client_address::append(&mut parts);
    }
    if parts.headers.contains_key(UPGRADE) {
        return websocket(gateway, parts).await;
    }
    let Some(media_type) = media_type::negotiate(&parts.headers) else {
        return http_response::not_acceptable();
    };
    let answered = match parts.method {
        Method::GET => by_get(&gateway, parts, log).await,
        Method::POST => by_post(&gateway, parts, body, log).await,
        _ => return http_response::method_not_allowed(),
    };
    match answered {
        Ok(body) => http_response::executed(body, media_type),
        Err(error) => http_response::refused(&error, media_type),
    }
}

async fn by_get(
    gateway: &Gateway,
    parts: Parts,
    log: &mut RequestLog,
) -> Result<Bytes, RequestError> {
    let configuration = gateway.configuration();
    csrf::check(&parts.headers, &configuration.csrf, &configuration.cors)?;
    let request = http_request::from_get(parts.uri.query().unwrap_or(""))?;
    answer(gateway, &request, Arrival::Get, &parts, log).await
}

async fn by_post(
    gateway: &Gateway,
    parts: Parts,
    body: Body,
    log: &mut RequestLog,
) -> Result<Bytes, RequestError> {
    http_request::require_json(&parts.headers)?;
    let options = &gateway.configuration().server;
    let reading = read_body(body, options.body_limit.0);
    let body = tokio::time::timeout_at(log.arrived() + options.request_timeout.0, reading)
        .await
        .map_err(|_| {
            RequestError::malformed(
                StatusCode::REQUEST_TIMEOUT,
                "the request body did not arrive in time",
            )
        })??;
    let request = http_request::from_json(&body)?;
    answer(gateway, &request, Arrival::Post, &parts, log).await
}

async fn answer(
    gateway: &Gateway,
    request: &GraphqlRequest,
    arrival: Arrival,
    parts: &Parts,
    log: &mut RequestLog,
) -> Result<Bytes, RequestError> {
    let arrived = log.arrived();
    let deadline = arrived + gateway.configuration().server.request_timeout.0;
    let span = tracing::debug_span!("graphql", operation = request.operation_name.as_deref());
    async {
        let admitting = pipeline::admit(gateway, request, arrival);
        let admitted = tokio::time::timeout_at(deadline, admitting)
            .await
            .map_err(|_| too_slow())??;
        log.runs(&admitted.prepared);
        Ok(pipeline::run(gateway, &admitted, &parts.headers, arrived).await)
    }
    .instrument(span)
    .await
}

async fn read_body(body: Body, limit: usize) -> Result<Bytes, RequestError> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.to_string().contains("length limit"));
        if too_large {
            RequestError::malformed(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the request body is larger than {limit} bytes"),
            )
        } else {
            RequestError::malformed(StatusCode::BAD_REQUEST, "the request body broke off")
        }
    })
}

async fn websocket(gateway: Arc<Gateway>, mut parts: Parts) -> Response {
    let configuration = gateway.configuration();
    if !configuration.subscriptions.enabled {
        let error = RequestError::malformed(
            StatusCode::NOT_FOUND,
            "subscriptions are switched off: see `subscriptions.enabled`",
        );
        return http_response::refused(&error, MediaType::GraphqlResponse);
    }
    if let Err(error) = csrf::check(&parts.headers, &configuration.csrf, &configuration.cors) {
        return http_response::refused(&error, MediaType::GraphqlResponse);
    }
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => subscriptions::accept(gateway, upgrade, parts.headers),
        Err(rejection) => {
            let error = RequestError::malformed(rejection.status(), rejection.body_text());
            http_response::refused(&error, MediaType::GraphqlResponse)
        }
    }
}

fn too_slow() -> RequestError {
    RequestError::new(
        StatusCode::GATEWAY_TIMEOUT,
        code::REQUEST_TIMEOUT,
        "the request took longer than `server.request_timeout`",
    )
}

fn cors(options: &CorsOptions) -> CorsLayer {
    let any = options.origins.iter().any(|origin| origin == "*");
    let origins = if any {
        AllowOrigin::any()
    } else {
        let listed = options
            .origins
            .iter()
            .filter_map(|origin| HeaderValue::from_str(origin).ok());
        AllowOrigin::list(listed)
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(options.credentials)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([X_REQUEST_ID])
}
