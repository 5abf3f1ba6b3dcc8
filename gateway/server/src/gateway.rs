//! What all requests share: the configuration, the graph in use, the HTTP client, the signal to stop.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use weft_supergraph::Supergraph;

use crate::client_address;
use crate::configuration::Configuration;
use crate::graph::Graph;
use crate::request_error::{RequestError, code};
use crate::transport::{Transport, TransportError};
use crate::usage::UsageRecorder;

/// A gateway. It is ready once a supergraph was swapped in.
#[derive(Debug)]
pub struct Gateway {
    configuration: Configuration,
    transport: Transport,
    graph: ArcSwapOption<Graph>,
    stop: CancellationToken,
    connections: TaskTracker,
    forwards_client_address: bool,
    usage: Option<Arc<UsageRecorder>>,
}

impl Gateway {
    /// A gateway without a graph.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(configuration: Configuration) -> Result<Arc<Self>, TransportError> {
        Ok(Arc::new(Self {
            transport: Transport::new(&configuration.traffic)?,
            forwards_client_address: client_address::is_forwarded(&configuration),
            usage: UsageRecorder::new(&configuration.usage),
            configuration,
            graph: ArcSwapOption::empty(),
            stop: CancellationToken::new(),
            connections: TaskTracker::new(),
        }))
    }

    /// Serves another supergraph from now on. Requests that have begun end with the one they began with.
    pub fn swap(&self, supergraph: Supergraph) {
        let graph = Graph::new(supergraph, &self.configuration);
        self.graph.store(Some(Arc::new(graph)));
    }

    /// The options that it was made with.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The client for calls to subgraphs.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Whether a supergraph is loaded.
    pub fn is_ready(&self) -> bool {
        self.graph.load().is_some() && !self.stop.is_cancelled()
    }

    /// Cancelled when the gateway stops taking requests.
    pub fn stop_signal(&self) -> &CancellationToken {
        &self.stop
    }

    /// Whether any subgraph is told where requests came from.
    pub(crate) fn forwards_client_address(&self) -> bool {
        self.forwards_client_address
    }

    /// Counts who uses what, where that is switched on.
    pub(crate) fn usage(&self) -> Option<&Arc<UsageRecorder>> {
        self.usage.as_ref()
    }

    /// The connections of clients, and the WebSockets that outlive their request.
    pub(crate) fn connections(&self) -> &TaskTracker {
        &self.connections
    }

    /// The graph in use.
    pub(crate) fn graph(&self) -> Result<Arc<Graph>, RequestError> {
        self.graph.load_full().ok_or_else(|| {
            RequestError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::NOT_READY,
                "no supergraph is loaded yet: try again in a moment",
            )
        })
    }
}
