//! What became of a request in, an HTTP response out: the one place that picks status and media type.
//!
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes>

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use http::{HeaderValue, StatusCode};
use weft_executor::ResponseBody;

use crate::media_type::MediaType;
use crate::request_error::RequestError;

/// The answer to a request that was executed: `{"data": …}`, with errors of fields perhaps. Its status is 200 in both
/// media types, because the GraphQL answer says what failed.
pub(crate) fn executed(body: ResponseBody, media_type: MediaType) -> Response {
    let length = body.len();
    let mut parts = body.into_parts();
    if parts.len() < 2 {
        let whole = parts.pop().unwrap_or_default();
        return build(StatusCode::OK, media_type, Body::from(whole));
    }
    // Its parts leave as they are: putting them together would copy what may be many megabytes.
    let parts = parts.into_iter().map(Ok::<_, Infallible>);
    let body = Body::from_stream(futures::stream::iter(parts));
    let mut response = build(StatusCode::OK, media_type, body);
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The answer to a request that was refused. Under `application/json`, where only status 200 tells clients that the
/// body is GraphQL's, a well-formed request gets it also when it is refused.
pub(crate) fn refused(error: &RequestError, media_type: MediaType) -> Response {
    let ours = error.malformed || error.status.is_server_error();
    let forbidden_method = error.status == StatusCode::METHOD_NOT_ALLOWED;
    let status = match media_type {
        MediaType::Json if !ours && !forbidden_method => StatusCode::OK,
        _ => error.status,
    };
    let mut response = build(status, media_type, Body::from(error.body()));
    if forbidden_method {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

/// The answer to a client that accepts neither of GraphQL's media types.
pub(crate) fn not_acceptable() -> Response {
    let error = RequestError::malformed(
        StatusCode::NOT_ACCEPTABLE,
        "accept `application/graphql-response+json` or `application/json`",
    );
    refused(&error, MediaType::GraphqlResponse)
}

/// The answer to another method than GET and POST.
pub(crate) fn method_not_allowed() -> Response {
    let error = RequestError::malformed(
        StatusCode::METHOD_NOT_ALLOWED,
        "send GraphQL requests by POST, or queries by GET",
    );
    let mut response = refused(&error, MediaType::GraphqlResponse);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

fn build(status: StatusCode, media_type: MediaType, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(media_type.content_type()),
    );
    headers.insert(VARY, HeaderValue::from_static("accept"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
