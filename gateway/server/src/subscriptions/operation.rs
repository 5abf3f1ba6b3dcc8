//! One operation of a client's WebSocket: a query or mutation is answered once, a subscription for each event.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;
use tokio::time::Instant;
use weft_executor::{ExecutionRequest, execute_event};

use super::connection::Outgoing;
use super::operation_log::OperationLog;
use super::protocol;
use super::source::{Source, SourceError};
use super::upstream::Event;
use crate::gateway::Gateway;
use crate::http_request::GraphqlRequest;
use crate::pipeline::{self, Admitted, Arrival};
use crate::request_error::{RequestError, code};

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
    let mut log = OperationLog::start(&headers, &subscriber.id);
    let ended = answer(&gateway, &headers, &request, &subscriber, &mut log).await;
    match ended {
        Ok(()) => {
            log.completed();
            subscriber.complete().await;
        }
        Err(End::Failed(error)) => {
            log.failed();
            subscriber.error(&error).await;
        }
        Err(End::Unheard) => {}
    }
}

/// Why an operation ends before it is complete.
enum End {
    /// It cannot go on.
    Failed(RequestError),
    /// Nobody listens any more.
    Unheard,
}

impl From<RequestError> for End {
    fn from(error: RequestError) -> Self {
        Self::Failed(error)
    }
}

async fn answer(
    gateway: &Gateway,
    headers: &HeaderMap,
    request: &GraphqlRequest,
    subscriber: &Subscriber,
    log: &mut OperationLog,
) -> Result<(), End> {
    let admitted = pipeline::admit(gateway, request, Arrival::WebSocket).await?;
    log.runs(&admitted.prepared);
    admitted.count(gateway, headers);
    if admitted.prepared.operation.operation().is_subscription() {
        return stream(gateway, &admitted, headers, subscriber, log).await;
    }
    let body = pipeline::run(gateway, &admitted, headers, Instant::now()).await;
    log.answered();
    subscriber.next(&body.to_bytes()).await
}

/// Opens the source and answers its events, until it ends or nobody listens.
async fn stream(
    gateway: &Gateway,
    admitted: &Admitted,
    headers: &HeaderMap,
    subscriber: &Subscriber,
    log: &mut OperationLog,
) -> Result<(), End> {
    let plan = match admitted.plan() {
        Ok(plan) => plan,
        Err(body) => return subscriber.next(&body).await,
    };
    let Some(request) = plan.subscription(&admitted.variables) else {
        return Ok(());
    };
    let failed = |error| failed(request.subgraph_name, &error);
    let mut source = Source::open(gateway, admitted, headers, &request)
        .await
        .map_err(failed)?;
    let options = admitted.graph.execution();
    while let Some(event) = source.next().await.map_err(failed)? {
        let (event, is_last) = match event {
            Event::Next(event) => (event, false),
            // Errors that end the subscription have the form of an event without data.
            Event::Error(errors) => {
                let event = [b"{\"data\":null,\"errors\":", &errors[..], b"}"].concat();
                (Bytes::from(event), true)
            }
        };
        let client = admitted.client(gateway, headers, Instant::now());
        let request = ExecutionRequest::new(&admitted.variables);
        let response = execute_event(plan, event, request, &client, options).await;
        log.answered();
        if let Err(end) = subscriber.next(&response.body.to_bytes()).await {
            source.close().await;
            return Err(end);
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

fn failed(subgraph: &str, error: &SourceError) -> RequestError {
    tracing::warn!(subgraph, %error, "a subscription failed");
    let attempts = match error.attempts {
        0 => String::new(),
        1 => ", and could not be opened again".to_owned(),
        attempts => format!(", and could not be opened again in {attempts} attempts"),
    };
    RequestError::new(
        StatusCode::BAD_GATEWAY,
        code::SUBSCRIPTION_FAILED,
        format!("the subscription to subgraph `{subgraph}` failed{attempts}: subscribe again"),
    )
}

impl Subscriber {
    /// Sends a response.
    async fn next(&self, body: &[u8]) -> Result<(), End> {
        let payload = String::from_utf8_lossy(body);
        let message = protocol::with_payload("next", &self.id, &payload);
        match self.send(message).await {
            true => Ok(()),
            false => Err(End::Unheard),
        }
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
