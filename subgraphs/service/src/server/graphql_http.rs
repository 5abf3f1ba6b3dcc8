//! GraphQL over HTTP: a `POST` body or a `GET` query string in, a JSON response out
//! (<https://graphql.github.io/graphql-over-http/draft/>).

use std::sync::Arc;

use async_graphql::{
    Request, Response as GraphqlResponse, Variables, parser::types::OperationType,
};
use axum::{
    body::Bytes,
    extract::{Extension, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tracing::Span;

use super::{
    ServerState,
    client_address::ClientAddress,
    refusal::{bad_request, unsupported},
};
use crate::process::Service;

const JSON: &str = "application/json";
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// The query string of a `GET`; `extensions` are of no use here.
#[derive(Deserialize)]
struct Parameters {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
}

/// `POST /graphql`.
pub(super) async fn post<S: Service>(
    State(state): State<Arc<ServerState<S>>>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_json(&headers) {
        let message = "send the request as JSON, with the header `content-type: application/json`";
        return unsupported(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    if body.trim_ascii_start().starts_with(b"[") {
        return bad_request("send one operation at a time: the body must be an object, not a list");
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => execute(&state, &headers, address, request).await,
        Err(error) => bad_request(&format!(
            "the body is no GraphQL request ({error}); send an object such as {{\"query\": \"{{ __typename }}\"}}"
        )),
    }
}

/// `GET /graphql?query=…`; refuses mutations.
pub(super) async fn get<S: Service>(
    state: &ServerState<S>,
    headers: &HeaderMap,
    address: ClientAddress,
    uri: &Uri,
) -> Response {
    let mut request = match request_of(uri) {
        Ok(request) => request,
        Err(problem) => return bad_request(&problem),
    };
    if selects_a_mutation(&mut request) {
        return unsupported(
            StatusCode::METHOD_NOT_ALLOWED,
            "a mutation must be sent with `POST`",
        );
    }
    execute(state, headers, address, request).await
}

fn request_of(uri: &Uri) -> Result<Request, String> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(uri)
        .map_err(|error| format!("the query string cannot be read: {error}"))?;
    let Some(query) = parameters.query.filter(|query| !query.is_empty()) else {
        return Err(
            "give the operation in the parameter `query`, or send it with `POST`".to_owned(),
        );
    };
    let mut request = Request::new(query);
    request.operation_name = parameters.operation_name.filter(|name| !name.is_empty());
    if let Some(variables) = parameters.variables.filter(|text| !text.is_empty()) {
        let variables = serde_json::from_str(&variables)
            .map_err(|error| format!("the parameter `variables` is no JSON object: {error}"))?;
        request = request.variables(Variables::from_json(variables));
    }
    Ok(request)
}

async fn execute<S: Service>(
    state: &ServerState<S>,
    headers: &HeaderMap,
    address: ClientAddress,
    request: Request,
) -> Response {
    if let Some(name) = &request.operation_name {
        Span::current().record("operation", name);
    }
    let authorization = match headers.get(header::AUTHORIZATION).map(HeaderValue::to_str) {
        Some(Err(_)) => {
            return bad_request("the `authorization` header has characters outside of ASCII");
        }
        Some(Ok(value)) => Some(value),
        None => None,
    };
    match state.verifier.identify(authorization).await {
        Ok(identity) => {
            let request = state.executor.prepare(request, identity, address);
            respond(
                headers,
                &async_graphql::Executor::execute(&state.executor, request).await,
            )
        }
        Err(error) => error.into_response(),
    }
}

/// `application/json` answers 200 whenever there is a GraphQL response; `application/graphql-response+json` tells a request error (no data
/// at all) by 400.
fn respond(headers: &HeaderMap, response: &GraphqlResponse) -> Response {
    let modern = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains(GRAPHQL_RESPONSE));
    let never_executed = response.is_err()
        && response.data == async_graphql::Value::Null
        && response.errors.iter().all(|error| error.path.is_empty());
    let status = if modern && never_executed {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let media_type = if modern { GRAPHQL_RESPONSE } else { JSON };
    match serde_json::to_vec(response) {
        Ok(body) => (status, [(header::CONTENT_TYPE, media_type)], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "a response cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case(JSON)
}

fn selects_a_mutation(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return false;
    };
    let mut operations = document.operations.iter();
    operations.any(|(found, operation)| {
        operation.node.ty == OperationType::Mutation
            && (name.is_none() || found.map(|found| found.as_str()) == name.as_deref())
    })
}
