//! The line in the log that an operation of a WebSocket leaves: one event at level `info` when it ends, also when the client
//! ends it or goes away. It has the target of requests by HTTP, so that one switch is for both.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::prepared_operation::PreparedOperation;
use crate::request_log::X_REQUEST_ID;

/// What is known about an operation so far.
#[derive(Debug)]
pub(super) struct OperationLog {
    request_id: Option<HeaderValue>,
    id: String,
    arrived: Instant,
    operation: Option<Arc<PreparedOperation>>,
    answers: u64,
    end: &'static str,
}

impl OperationLog {
    /// Begins; `headers` are those of the connection, `id` is the client's for the operation.
    pub(super) fn start(headers: &HeaderMap, id: &str) -> Self {
        Self {
            request_id: headers.get(X_REQUEST_ID).cloned(),
            id: id.to_owned(),
            arrived: Instant::now(),
            operation: None,
            answers: 0,
            end: "the client ended it",
        }
    }

    /// The operation is known from here on.
    pub(super) fn runs(&mut self, operation: &Arc<PreparedOperation>) {
        self.operation = Some(Arc::clone(operation));
    }

    /// An answer was sent: to a query, or to an event of a subscription.
    pub(super) fn answered(&mut self) {
        self.answers += 1;
    }

    /// It ended by itself.
    pub(super) fn completed(&mut self) {
        self.end = "complete";
    }

    /// It ended with an error.
    pub(super) fn failed(&mut self) {
        self.end = "error";
    }
}

impl Drop for OperationLog {
    fn drop(&mut self) {
        let operation = self.operation.as_ref().map(|it| it.operation.operation());
        let milliseconds = (self.arrived.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        tracing::info!(
            target: "weft_server::request_log",
            method = "WEBSOCKET",
            kind = operation.map(|it| it.operation_type.name()),
            milliseconds,
            operation = operation.and_then(|it| it.name.as_ref()).map(|name| name.as_str()),
            id = self.id,
            answers = self.answers,
            end = self.end,
            request_id = self.request_id.as_ref().and_then(|id| id.to_str().ok()),
            "operation"
        );
    }
}
