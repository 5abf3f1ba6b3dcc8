//! What the gateway answers: GraphQL, health, the console. The layers around GraphQL are in `entry`.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use bytes::{Bytes, BytesMut};
use http::header::UPGRADE;
use http::request::Parts;
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use weft_executor::ResponseBody;

use crate::configuration::CorsOptions;
use crate::gateway::Gateway;
use crate::http_request::{self, GraphqlRequest};
use crate::http_response;
use crate::incremental::{self, Accepted};
use crate::media_type::{self, MediaType};
use crate::pipeline::{self, Arrival};
use crate::request_error::{RequestError, code};
use crate::request_log::{RequestLog, X_REQUEST_ID};
use crate::{client_address, console, csrf, health, subscriptions};

/// Everything that the gateway answers but GraphQL itself, which comes in by `entry`.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let configuration = gateway.configuration();
    let path = configuration.server.path.clone();
    let mut router = Router::new()
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
pub(crate) async fn graphql(
    gateway: Arc<Gateway>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if gateway.forwards_client_address() {
        client_address::append(&mut parts, peer);
    }
    let mut log = RequestLog::start(&mut parts);
    let mut response = respond(gateway, parts, body, &mut log).await;
    log.finish(&mut response);
    response
}

async fn respond(
    gateway: Arc<Gateway>,
    parts: Parts,
    body: Incoming,
    log: &mut RequestLog,
) -> Response {
    if parts.headers.contains_key(UPGRADE) {
        return Box::pin(websocket(gateway, parts)).await;
    }
    let accepted = incremental::accepted(&parts.headers);
    // Who accepts answers in parts only gets refusals as JSON.
    let whole = media_type::negotiate(&parts.headers);
    let Some(media_type) = whole.or(accepted.map(|_| MediaType::Json)) else {
        return http_response::not_acceptable();
    };
    let answered = match parts.method {
        Method::GET => by_get(&gateway, parts, accepted, log).await,
        Method::POST => by_post(&gateway, parts, body, accepted, log).await,
        _ => return http_response::method_not_allowed(),
    };
    match answered {
        Ok(Answer::Whole(body)) => http_response::executed(body, media_type),
        Ok(Answer::InParts(response)) => *response,
        Err(error) => http_response::refused(&error, media_type),
    }
}

/// What became of a request that was not refused.
enum Answer {
    Whole(ResponseBody),
    InParts(Box<Response>),
}

async fn by_get(
    gateway: &Arc<Gateway>,
    parts: Parts,
    accepted: Option<Accepted>,
    log: &mut RequestLog,
) -> Result<Answer, RequestError> {
    let configuration = gateway.configuration();
    csrf::check(&parts.headers, &configuration.csrf, &configuration.cors)?;
    let request = http_request::from_get(parts.uri.query().unwrap_or(""))?;
    answer(gateway, &request, (Arrival::Get, accepted), &parts, log).await
}

async fn by_post(
    gateway: &Arc<Gateway>,
    parts: Parts,
    body: Incoming,
    accepted: Option<Accepted>,
    log: &mut RequestLog,
) -> Result<Answer, RequestError> {
    http_request::require_json(&parts.headers)?;
    let options = &gateway.configuration().server;
    let reading = pin!(read_body(body, options.body_limit.0));
    let body = tokio::time::timeout_at(log.arrived() + options.request_timeout.0, reading)
        .await
        .map_err(|_| {
            RequestError::malformed(
                StatusCode::REQUEST_TIMEOUT,
                "the request body did not arrive in time",
            )
        })??;
    let request = http_request::from_json(&body)?;
    answer(gateway, &request, (Arrival::Post, accepted), &parts, log).await
}

async fn answer(
    gateway: &Arc<Gateway>,
    request: &GraphqlRequest,
    (arrival, accepted): (Arrival, Option<Accepted>),
    parts: &Parts,
    log: &mut RequestLog,
) -> Result<Answer, RequestError> {
    let arrived = log.arrived();
    let deadline = arrived + gateway.configuration().server.request_timeout.0;
    let admitting = pin!(pipeline::admit(gateway, request, arrival));
    let admitted = tokio::time::timeout_at(deadline, admitting)
        .await
        .map_err(|_| too_slow())??;
    log.runs(&admitted.prepared);
    admitted.count(gateway, &parts.headers);
    let mut admitted = admitted;
    if let Some(accepted) = accepted
        && admitted.prepared.operation.defer_variables().is_some()
    {
        let headers = &parts.headers;
        let answering = incremental::answer(gateway, request, admitted, headers, arrived, accepted);
        match Box::pin(answering).await {
            Ok(response) => return Ok(Answer::InParts(Box::new(response))),
            Err(given_back) => admitted = *given_back,
        }
    }
    let body = pipeline::run(gateway, &admitted, &parts.headers, arrived).await;
    Ok(Answer::Whole(body))
}

/// The whole body; one that arrives in one piece is not copied.
async fn read_body(mut body: Incoming, limit: usize) -> Result<Bytes, RequestError> {
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broken =
            |_| RequestError::malformed(StatusCode::BAD_REQUEST, "the request body broke off");
        let Ok(piece) = frame.map_err(broken)?.into_data() else {
            continue;
        };
        if first.len() + whole.len() + piece.len() > limit {
            return Err(too_large(limit));
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
        } else {
            whole.extend_from_slice(&std::mem::take(&mut first));
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() {
        first
    } else {
        whole.freeze()
    })
}

fn too_large(limit: usize) -> RequestError {
    RequestError::malformed(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the request body is larger than {limit} bytes"),
    )
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

/// What browsers are told about pages of other origins, where any may call.
pub(crate) fn cors(options: &CorsOptions) -> Option<CorsLayer> {
    if options.origins.is_empty() {
        return None;
    }
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
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(options.credentials)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([X_REQUEST_ID]);
    Some(layer)
}
