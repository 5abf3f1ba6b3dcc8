//! The socket to subgraphs: a request body of the executor in, the whole answer of a subgraph out.

use std::error::Error as _;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::ast::OperationType;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use reqwest::Method;
use tokio::time::Instant;
use url::Url;
use weft_executor::{
    FetchError, FetchErrorCode, Patience, SubgraphClient, SubgraphRequest, SubgraphResponse,
};
use weft_supergraph::SubgraphId;

use crate::graph::Graph;
use crate::shared_calls::{CallKey, SharedCalls};
use crate::subgraph_route::{Destination, PlainDestination, SubgraphRoute, no_address};
use crate::transport::plain::{PlainCall, PlainClient, PlainError};
use crate::transport::{ACCEPTED, Transport};

type Answer = Result<SubgraphResponse, FetchError>;

/// The client of one request: carries the headers that it may forward.
pub(crate) struct RequestClient<'request> {
    pub(crate) graph: &'request Arc<Graph>,
    pub(crate) transport: &'request Transport,
    pub(crate) headers: &'request HeaderMap,
    /// When the request began.
    pub(crate) began: Instant,
}

impl SubgraphClient for RequestClient<'_> {
    fn fetch(&self, request: SubgraphRequest<'_>) -> impl Future<Output = Answer> + Send {
        let is_query = request.operation_type == OperationType::Query;
        let shared = self.graph.shared_calls().filter(|_| is_query);
        let subgraph = request.subgraph;
        async move {
            if let Some(shared) = shared {
                return Box::pin(self.fetch_shared(request, shared)).await;
            }
            let route = self.graph.route(subgraph);
            let message = Message::new(route, self.headers, request.body);
            send(self.transport, route, message, is_query)
                .await
                .unwrap_or_else(|| Err(nowhere(request.subgraph_name)))
        }
    }

    fn wait(&self, patience: Patience) -> impl Future<Output = ()> + Send {
        let wait = self.graph.call_wait();
        tokio::time::sleep_until(wait.end(patience, self.began, Instant::now()))
    }
}

impl RequestClient<'_> {
    /// The answer of an equal call that is under way, or of one that is begun and may be joined by others.
    async fn fetch_shared(
        &self,
        request: SubgraphRequest<'_>,
        shared: &Arc<SharedCalls>,
    ) -> Answer {
        let route = self.graph.route(request.subgraph);
        let mut headers = HeaderMap::new();
        route.headers.apply(self.headers, &mut headers);
        let key = CallKey::new(&request, &headers);
        let message = Message::new(route, self.headers, request.body);
        // It may outlive the request that begins it.
        let call = OwnedCall {
            graph: Arc::clone(self.graph),
            transport: self.transport.clone(),
            subgraph: request.subgraph,
            name: request.subgraph_name.to_owned(),
        };
        shared.join(key, call.send(message)).await
    }
}

struct OwnedCall {
    graph: Arc<Graph>,
    transport: Transport,
    subgraph: SubgraphId,
    name: String,
}

impl OwnedCall {
    async fn send(self, message: Message) -> Answer {
        let route = self.graph.route(self.subgraph);
        send(&self.transport, route, message, true)
            .await
            .unwrap_or_else(|| Err(nowhere(&self.name)))
    }
}

/// A request in the form that its client takes.
enum Message {
    /// Head and body.
    Plain(Bytes, Bytes),
    /// Headers and body.
    Full(HeaderMap, Bytes),
}

impl Message {
    fn new(route: &SubgraphRoute, client: &HeaderMap, body: Bytes) -> Self {
        if let Destination::Plain(plain) = &route.destination {
            let (head, body) = plain.head.render(client, body);
            return Self::Plain(head, body);
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        route.headers.apply(client, &mut headers);
        Self::Full(headers, body)
    }
}

/// The answer; `None` where there is no address.
async fn send(
    transport: &Transport,
    route: &SubgraphRoute,
    message: Message,
    is_query: bool,
) -> Option<Answer> {
    Some(match (&route.destination, message) {
        (Destination::Plain(plain), Message::Plain(head, body)) => {
            let call = PlainCall {
                origin: &plain.origin,
                head,
                body,
                limit: route.response_limit,
                expected: plain.expected(),
                is_safe: is_query,
            };
            send_plain(transport.plain(), route, plain, call).await
        }
        (Destination::Full(url), Message::Full(headers, body)) => {
            // Its future is many times as large as that of the other client.
            Box::pin(send_full(transport.client(), route, url, headers, body)).await
        }
        (Destination::Http2(url), Message::Full(headers, body)) => {
            Box::pin(send_full(transport.http2(), route, url, headers, body)).await
        }
        _ => return None,
    })
}

async fn send_plain(
    client: &PlainClient,
    route: &SubgraphRoute,
    plain: &PlainDestination,
    call: PlainCall<'_>,
) -> Answer {
    let sending = pin!(client.send(call));
    let answer = match tokio::time::timeout(route.timeout, sending).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(describe_plain(&error)),
        Err(_) => return Err(too_slow(route.timeout)),
    };
    plain.note(answer.body.len());
    Ok(SubgraphResponse {
        status: answer.status,
        content_type: answer.content_type,
        body: answer.body,
    })
}

async fn send_full(
    client: &reqwest::Client,
    route: &SubgraphRoute,
    url: &Url,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut call = reqwest::Request::new(Method::POST, url.clone());
    *call.headers_mut() = headers;
    *call.timeout_mut() = Some(route.timeout);
    *call.body_mut() = Some(body.into());
    let answer = client.execute(call).await.map_err(describe)?;
    let status = answer.status().as_u16();
    let content_type = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = read_body(answer, route.response_limit).await?;
    Ok(SubgraphResponse {
        status,
        content_type,
        body,
    })
}

/// Reads the body into one buffer of the size that was announced; a body that arrives whole is not copied.
async fn read_body(mut answer: reqwest::Response, limit: usize) -> Result<Bytes, FetchError> {
    let announced = answer.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large(limit));
    }
    let Some(first) = answer.chunk().await.map_err(describe)? else {
        return Ok(Bytes::new());
    };
    let Some(second) = answer.chunk().await.map_err(describe)? else {
        return if first.len() > limit {
            Err(too_large(limit))
        } else {
            Ok(first)
        };
    };
    let mut body = BytesMut::with_capacity((announced as usize).max(first.len() + second.len()));
    let mut next = Some(second);
    body.extend_from_slice(&first);
    while let Some(chunk) = next {
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
        next = answer.chunk().await.map_err(describe)?;
    }
    Ok(body.freeze())
}

fn nowhere(subgraph: &str) -> FetchError {
    FetchError::new(FetchErrorCode::NoAddress, no_address(subgraph))
}

fn too_slow(timeout: Duration) -> FetchError {
    FetchError::new(
        FetchErrorCode::Timeout,
        format!("no answer within {} ms", timeout.as_millis()),
    )
}

fn too_large(limit: usize) -> FetchError {
    FetchError::new(
        FetchErrorCode::TooLarge,
        format!("the answer is larger than {limit} bytes"),
    )
}

fn describe(error: reqwest::Error) -> FetchError {
    let code = if error.is_timeout() {
        FetchErrorCode::Timeout
    } else {
        FetchErrorCode::Connection
    };
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        detail.push_str(": ");
        detail.push_str(&cause.to_string());
        source = cause.source();
    }
    FetchError::new(code, detail)
}

fn describe_plain(error: &PlainError) -> FetchError {
    let code = match error {
        PlainError::Connection(_) => FetchErrorCode::Connection,
        PlainError::Timeout(_) => FetchErrorCode::Timeout,
        PlainError::TooLarge(_) => FetchErrorCode::TooLarge,
    };
    FetchError::new(code, error.to_string())
}
