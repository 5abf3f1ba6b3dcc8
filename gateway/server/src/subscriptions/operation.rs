//! One operation of a client's WebSocket: a query or mutation is answered once, a subscription for each event.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;
use tokio::time::Instant;
use weft_executor::{ExecutionRequest, SubgraphRequest, execute_event};

use super::connection::Outgoing;
use super::protocol;
use super::upstream::{self, Event, Upstream, UpstreamError};
use crate::gateway::Gateway;
use crate::http_request::GraphqlRequest;
use crate::pipeline::{self, Admitted, Arrival};
use crate::request_error::{RequestError, code};
use crate::request_log::X_REQUEST_ID;
use crate::subgraph_route::SubgraphRoute;

/// Who hears about an operation.
pub(crate) struct Subscriber {
    /// The operation's id.
    pub(crate) id: String,
    /// The client's socket.
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
}

/// Runs an operation to its end.
pub(crate) async fn run(
    gateway: Arc<Gateway>,
    headers: Arc<HeaderMap>,
    request: GraphqlRequest,
    subscriber: Subscriber,
) {
    let admitted = match pipeline::admit(&gateway, &request, Arrival::WebSocket).await {
        Ok(admitted) => admitted,
        Err(error) => return subscriber.error(&error).await,
    };
    if !admitted.prepared.operation.operation().is_subscription() {
        let body = pipeline::run(&gateway, &admitted, &headers, Instant::now()).await;
        if subscriber.next(&body.to_bytes()).await {
            subscriber.complete().await;
        }
        return;
    }
    match stream(&gateway, &admitted, &headers, &subscriber).await {
        Ok(()) => subscriber.complete().await,
        Err(error) => subscriber.error(&error).await,
    }
}

/// Opens the source and answers its events, until it ends or nobody listens.
async fn stream(
    gateway: &Gateway,
    admitted: &Admitted,
    headers: &HeaderMap,
    subscriber: &Subscriber,
) -> Result<(), RequestError> {
    let plan = match admitted.plan() {
        Ok(plan) => plan,
        Err(body) => {
            subscriber.next(&body).await;
            return Ok(());
        }
    };
    let Some(source) = plan.subscription(&admitted.variables) else {
        return Ok(());
    };
    let mut events = open(gateway, admitted, headers, &source)
        .await
        .map_err(|error| failed(source.subgraph_name, &error))?;
    let client = admitted.client(gateway, headers);
    loop {
        match events.next().await {
            Ok(Some(Event::Next(event))) => {
                let request = ExecutionRequest::new(&admitted.variables);
                let options = admitted.graph.execution();
                let response = execute_event(plan, event, request, &client, options).await;
                if !subscriber.next(&response.body.to_bytes()).await {
                    events.close().await;
                    return Ok(());
                }
            }
            // Errors that end the subscription have the form of an event without data.
            Ok(Some(Event::Error(errors))) => {
                let event =
                    Bytes::from([b"{\"data\":null,\"errors\":", &errors[..], b"}"].concat());
                let request = ExecutionRequest::new(&admitted.variables);
                let options = admitted.graph.execution();
                let response = execute_event(plan, event, request, &client, options).await;
                subscriber.next(&response.body.to_bytes()).await;
                return Ok(());
            }
            Ok(None) => return Ok(()),
            Err(error) => return Err(failed(source.subgraph_name, &error)),
        }
    }
}

async fn open(
    gateway: &Gateway,
    admitted: &Admitted,
    headers: &HeaderMap,
    source: &SubgraphRequest<'_>,
) -> Result<Upstream, UpstreamError> {
    let route = admitted.graph.route(source.subgraph);
    let url = route
        .subscription_url
        .as_ref()
        .ok_or_else(|| UpstreamError::Protocol("it has no WebSocket address".to_owned()))?;
    let mut forwarded = HeaderMap::new();
    route.headers.apply(headers, &mut forwarded);
    upstream::subscribe(upstream::Request {
        url: url.as_str(),
        init_payload: Some(init_payload(&forwarded)),
        headers: forwarded,
        operation: std::str::from_utf8(&source.body).unwrap_or("{}"),
        patience: patience(gateway, route),
        message_limit: route.response_limit,
        ping_interval: gateway.configuration().subscriptions.ping_interval.0,
    })
    .await
}

fn patience(gateway: &Gateway, route: &SubgraphRoute) -> std::time::Duration {
    route
        .timeout
        .min(gateway.configuration().server.request_timeout.0)
}

/// The forwarded headers once more, but for the request's id: many servers look for credentials in `connection_init` only.
fn init_payload(headers: &HeaderMap) -> String {
    let members: serde_json::Map<String, serde_json::Value> = headers
        .iter()
        .filter(|(name, _)| *name != X_REQUEST_ID)
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    serde_json::Value::Object(members).to_string()
}

fn failed(subgraph: &str, error: &UpstreamError) -> RequestError {
    tracing::warn!(subgraph, %error, "a subscription failed");
    RequestError::new(
        StatusCode::BAD_GATEWAY,
        code::SUBSCRIPTION_FAILED,
        format!("the subscription to subgraph `{subgraph}` failed: subscribe again"),
    )
}

impl Subscriber {
    /// Sends a response; `false` when nobody listens any more.
    async fn next(&self, body: &[u8]) -> bool {
        let payload = String::from_utf8_lossy(body);
        self.send(protocol::with_payload("next", &self.id, &payload))
            .await
    }

    async fn complete(&self) {
        self.send(protocol::complete(&self.id)).await;
    }

    async fn error(&self, error: &RequestError) {
        let errors = serde_json::to_string(&error.errors).unwrap_or_else(|_| "[]".to_owned());
        self.send(protocol::with_payload("error", &self.id, &errors))
            .await;
    }

    async fn send(&self, text: String) -> bool {
        self.outgoing.send(Outgoing::Text(text)).await.is_ok()
    }
}
