//! The socket to subgraphs: a request body of the executor in, the whole answer of a subgraph out.

use std::error::Error as _;
use std::time::Duration;

use apollo_compiler::ast::OperationType;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use reqwest::Method;
use url::Url;
use weft_executor::{
    FetchError, FetchErrorCode, SubgraphClient, SubgraphRequest, SubgraphResponse,
};
use weft_supergraph::Subgraph;

use crate::configuration::Configuration;
use crate::forwarded_headers::HeaderRules;
use crate::graph::Graph;
use crate::shared_calls::CallKey;
use crate::transport::Transport;

const ACCEPTED: HeaderValue =
    HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How one subgraph is called: decided once per graph.
#[derive(Debug)]
pub(crate) struct SubgraphRoute {
    /// `None` when neither the supergraph nor the configuration has an address that can be read.
    pub(crate) url: Option<Url>,
    /// Where subscriptions are sent.
    pub(crate) subscription_url: Option<Url>,
    /// Which headers travel along.
    pub(crate) headers: HeaderRules,
    /// A call that takes longer fails.
    pub(crate) timeout: Duration,
    /// A larger answer counts as a failure.
    pub(crate) response_limit: usize,
}

impl SubgraphRoute {
    /// Joins what the supergraph says about a subgraph with what the configuration does.
    pub(crate) fn new(subgraph: &Subgraph, configuration: &Configuration) -> Self {
        let options = configuration.subgraphs.get(&subgraph.name);
        let configured = options.and_then(|options| options.routing_url.clone());
        let url = configured
            .or_else(|| subgraph.url.parse().ok())
            .filter(|url: &Url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() {
            tracing::warn!("{}", no_address(&subgraph.name));
        }
        let subscription_url = options
            .and_then(|options| options.subscription_url.clone())
            .or_else(|| url.as_ref().and_then(websocket_address));
        let timeout = options
            .and_then(|options| options.timeout)
            .unwrap_or(configuration.traffic.timeout);
        Self {
            url,
            subscription_url,
            headers: HeaderRules::new(
                &configuration.headers,
                options.map(|options| &options.headers),
            ),
            timeout: timeout.0,
            response_limit: configuration.traffic.response_limit.0,
        }
    }
}

fn websocket_address(url: &Url) -> Option<Url> {
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    // `Url::set_scheme` refuses some changes; the text has no such rules.
    format!("{scheme}{}", &url.as_str()[url.scheme().len()..])
        .parse()
        .ok()
}

/// The client of one request: carries the headers that it may forward.
pub(crate) struct RequestClient<'request> {
    pub(crate) graph: &'request Graph,
    pub(crate) transport: &'request Transport,
    pub(crate) headers: &'request HeaderMap,
}

impl SubgraphClient for RequestClient<'_> {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        let route = self.graph.route(request.subgraph);
        let url = route.url.clone().ok_or_else(|| {
            FetchError::new(FetchErrorCode::Refused, no_address(request.subgraph_name))
        })?;
        let mut call = reqwest::Request::new(Method::POST, url);
        let headers = call.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, ACCEPTED);
        route.headers.apply(self.headers, headers);
        *call.timeout_mut() = Some(route.timeout);
        let shared = self.graph.shared_calls();
        let shared = shared.filter(|_| request.operation_type == OperationType::Query);
        let key = shared.map(|_| CallKey::new(&request, call.headers()));
        *call.body_mut() = Some(request.body.into());
        let client = self.transport.client();
        match shared.zip(key) {
            None => send(client, call, route.response_limit).await,
            Some((shared, key)) => {
                let (client, limit) = (client.clone(), route.response_limit);
                let sending = async move { send(&client, call, limit).await };
                shared.join(key, sending).await
            }
        }
    }
}

async fn send(
    client: &reqwest::Client,
    call: reqwest::Request,
    limit: usize,
) -> Result<SubgraphResponse, FetchError> {
    let answer = client.execute(call).await.map_err(describe)?;
    let status = answer.status().as_u16();
    let content_type = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = read_body(answer, limit).await?;
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

fn no_address(subgraph: &str) -> String {
    format!(
        "subgraph `{subgraph}` has no address that can be called: give it a `routing_url` that starts with `http://` or `https://`"
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn subscriptions_go_to_the_same_address_by_websocket() {
        for (url, expected) in [
            (
                "http://localhost:4001/graphql",
                "ws://localhost:4001/graphql",
            ),
            ("https://a.example/g?x=1", "wss://a.example/g?x=1"),
        ] {
            assert_eq!(
                websocket_address(&url.parse().unwrap()).unwrap().as_str(),
                expected
            );
        }
        assert_eq!(
            websocket_address(&"unix:/run/a.sock".parse().unwrap()),
            None
        );
    }
}
