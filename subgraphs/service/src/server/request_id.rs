//! Gives each request an id (the caller's `x-request-id` if it has one), logs the request under it and sends it back. The trace of a
//! `traceparent` header is logged too, so that lines of several services can be found together.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, field::Empty, info, info_span};
use uuid::Uuid;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 100;

pub(super) async fn with_request_id(request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let trace = trace_id(request.headers());
    let span = info_span!("request", id, %method, path, trace, operation = Empty);
    let started = Instant::now();
    let mut response = async {
        let response = next.run(request).await;
        let milliseconds = started.elapsed().as_millis();
        // Health checks come every second and would hide everything else.
        if path == "/health" {
            tracing::debug!(
                status = response.status().as_u16(),
                milliseconds,
                "answered"
            );
        } else {
            info!(
                status = response.status().as_u16(),
                milliseconds, "answered"
            );
        }
        response
    }
    .instrument(span.clone())
    .await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// The trace id of a W3C `traceparent`: 32 hexadecimal digits between the version and the parent.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let id = headers
        .get("traceparent")?
        .to_str()
        .ok()?
        .split('-')
        .nth(1)?;
    let well_formed = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed.then(|| id.to_owned())
}

fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let printable = id.bytes().all(|byte| byte.is_ascii_graphic());
    (printable && !id.is_empty() && id.len() <= LONGEST).then(|| id.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn check(value: &str, accepted: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, value.parse().unwrap());
        assert_eq!(given_id(&headers).is_some(), accepted, "{value}");
    }

    #[test]
    fn only_short_printable_ids_are_taken_over() {
        check("0190a000-trace", true);
        check("", false);
        check("two words", false);
        check(&"x".repeat(101), false);
    }

    #[test]
    fn a_trace_is_taken_from_a_well_formed_header_only() {
        let trace = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::from_static(value));
            trace_id(&headers)
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let found = trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assert_eq!(found.as_deref(), Some(id));
        assert_eq!(trace("00-x-00f067aa0ba902b7-01"), None);
        assert_eq!(trace("nothing"), None);
    }
}
