//! The edge's side of execution: how a request body reaches a subgraph and what comes back.

use apollo_compiler::ast::OperationType;
use bytes::Bytes;
use std::future::Future;
use weft_query_plan::FetchId;
use weft_supergraph::SubgraphId;

/// Sends requests to subgraphs. Made by the edge for each client request, so that it can carry what that request
/// brings along (headers to forward, a trace); dropping the future of a fetch cancels the call.
pub trait SubgraphClient: Send + Sync {
    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// A [`FetchError`] where no complete answer arrived. An answer with a status of 400 or more is an answer.
    fn fetch(
        &self,
        request: SubgraphRequest<'_>,
    ) -> impl Future<Output = Result<SubgraphResponse, FetchError>> + Send;

    /// Ends when a request that is ready in part has waited long enough for its other entities: then it leaves without them,
    /// and they follow in a request of their own. By default it waits for no answer that is not there yet.
    fn wait(&self, patience: Patience) -> impl Future<Output = ()> + Send {
        let _ = patience;
        std::future::ready(())
    }
}

/// How long a request that is ready in part may wait for the rest of what it would ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Not long: other requests can go on with what it brings.
    Short,
    /// Longer: nothing can go on before the rest is there too, so that leaving early is only a safeguard against a
    /// subgraph that does not answer before the request's deadline.
    Long,
}

/// One request to one subgraph.
#[derive(Debug, Clone)]
pub struct SubgraphRequest<'plan> {
    /// The subgraph, in the supergraph that the plan was made for.
    pub subgraph: SubgraphId,
    /// Its name.
    pub subgraph_name: &'plan str,
    /// Which fetch of the plan this is; the same number for all batches of a fetch that was split.
    pub fetch: FetchId,
    /// Query, mutation or subscription: what may be sent again, and what may be shared.
    pub operation_type: OperationType,
    /// The name of the operation in the document, where it has one.
    pub operation_name: Option<&'plan str>,
    /// How many entities it asks for; zero for root fields.
    pub representations: usize,
    /// The complete JSON body: `{"query":…,"variables":…,"operationName":…}`.
    pub body: Bytes,
}

/// What a subgraph answered.
#[derive(Debug, Clone, Default)]
pub struct SubgraphResponse {
    /// The HTTP status; 200 where the transport has none.
    pub status: u16,
    /// The media type, where one was given.
    pub content_type: Option<String>,
    /// The body, decompressed.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct FetchError {
    /// What kind of failure it is.
    pub code: FetchErrorCode,
    /// For logs: everything that is known. Clients see it only where [`crate::ErrorPolicy`] reveals details.
    pub detail: String,
}

impl FetchError {
    /// A failure with what is known about it.
    pub fn new(code: FetchErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

/// The kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FetchErrorCode {
    /// No connection, or it broke before the whole answer had arrived.
    Connection,
    /// The answer did not arrive in time.
    Timeout,
    /// The answer is larger than allowed.
    TooLarge,
    /// The edge refused to send it: a rate limit, an open circuit breaker.
    Refused,
    /// Nobody said where the subgraph is.
    NoAddress,
}

impl FetchErrorCode {
    /// The value of `extensions.code` in the client's response.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "SUBREQUEST_HTTP_ERROR",
            Self::Timeout => "GATEWAY_TIMEOUT",
            Self::TooLarge => "SUBREQUEST_TOO_LARGE",
            Self::Refused => "SUBREQUEST_REFUSED",
            Self::NoAddress => "SUBGRAPH_ADDRESS_MISSING",
        }
    }

    /// What a client may always be told, after "subgraph `name` ".
    pub(crate) fn summary(self) -> &'static str {
        match self {
            Self::Connection => "could not be reached",
            Self::Timeout => "did not answer in time",
            Self::TooLarge => "sent an answer that is too large",
            Self::Refused => "was not asked, by a limit of the gateway",
            Self::NoAddress => "has no address that the gateway can call",
        }
    }
}
