//! Answers in parts (`@defer`), for clients that accept `multipart/mixed`: each part is sent as soon as it is there.
//!
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md>

mod accept;
mod deferring;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::channel::mpsc;
use futures::{FutureExt, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;
use weft_executor::{Increment, execute_incrementally};

use crate::gateway::Gateway;
use crate::http_request::GraphqlRequest;
use crate::pipeline::Admitted;

pub(crate) use accept::{Accepted, accepted};
pub(crate) use deferring::DeferringPlans;

/// The answer in parts; gives the request back where nothing of it comes later.
pub(crate) async fn answer(
    gateway: &Arc<Gateway>,
    request: &GraphqlRequest,
    admitted: Admitted,
    headers: &HeaderMap,
    arrived: Instant,
    accepted: Accepted,
) -> Result<Response, Box<Admitted>> {
    let Some(deferring) = deferring::plan(&admitted, request).await else {
        return Err(Box::new(admitted));
    };
    let (gateway, headers) = (Arc::clone(gateway), headers.clone());
    let (sender, received) = mpsc::unbounded();
    let executing = async move {
        let deadline = arrived + gateway.configuration().server.request_timeout.0;
        let client = admitted.client(&gateway, &headers, arrived);
        let request = admitted.execution_request(None, deadline);
        let options = admitted.graph.execution();
        let deliver = |increment| {
            // The receiver is gone only together with this.
            let _ = sender.unbounded_send(increment);
        };
        let format = accepted.format();
        execute_incrementally(&deferring, request, &client, options, format, deliver).await;
    };
    Ok(respond(executing, received, accepted))
}

/// Dropping the body drops what executes, and with it all calls that are under way.
fn respond(
    executing: impl Future<Output = ()> + Send + 'static,
    received: mpsc::UnboundedReceiver<Increment>,
    accepted: Accepted,
) -> Response {
    let mut is_first = true;
    let parts = received.map(move |increment| {
        Some(Ok::<_, Infallible>(part(
            &increment,
            std::mem::take(&mut is_first),
        )))
    });
    let executing = executing.map(|()| None).into_stream();
    let both = futures::stream::select(executing, parts);
    let body = Body::from_stream(both.filter_map(futures::future::ready));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(accepted.content_type()),
    );
    headers.insert(VARY, HeaderValue::from_static("accept"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A part with the delimiter behind it, so that clients know at once that it is complete.
fn part(increment: &Increment, is_first: bool) -> Bytes {
    let before: &[u8] = if is_first { b"\r\n---" } else { b"" };
    let after: &[u8] = if increment.has_next {
        b"\r\n---"
    } else {
        b"\r\n-----\r\n"
    };
    let head = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n";
    Bytes::from([before, head, &increment.body, after].concat())
}
