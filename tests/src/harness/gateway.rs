//! A gateway over given subgraphs, on a port of its own, in this process.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use tokio::task::JoinHandle;
use weft_composition::{SubgraphSource, compose};
use weft_diagnostic::Source;
use weft_server::Gateway;
use weft_server::configuration::Configuration;

/// A subgraph as a registry knows it.
#[derive(Debug, Clone)]
pub struct RegisteredSubgraph {
    /// Its name.
    pub name: String,
    /// Where it answers.
    pub url: String,
    /// Its schema.
    pub sdl: String,
}

/// A running gateway; it stops when dropped, or by [`RunningGateway::stop`] with its requests ended.
pub struct RunningGateway {
    gateway: Arc<Gateway>,
    /// Where it listens.
    pub address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

impl RunningGateway {
    /// Composes `subgraphs` and serves the result as `configuration` says.
    ///
    /// # Errors
    /// When they do not compose, or there is no port to be had.
    pub async fn start(
        subgraphs: &[RegisteredSubgraph],
        mut configuration: Configuration,
    ) -> anyhow::Result<Self> {
        configuration.planning.check = true;
        // Another test of this process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let gateway = Gateway::new(configuration)?;
        let listener = weft_server::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .map_err(|message| anyhow!(message))?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(weft_server::serve(gateway.clone(), listener));
        let running = Self {
            gateway,
            address,
            server,
        };
        running.swap(subgraphs)?;
        Ok(running)
    }

    /// Composes `subgraphs` again and serves the result from now on.
    ///
    /// # Errors
    /// When they do not compose; the graph in use stays.
    pub fn swap(&self, subgraphs: &[RegisteredSubgraph]) -> anyhow::Result<()> {
        let sources = subgraphs
            .iter()
            .map(|subgraph| SubgraphSource {
                name: subgraph.name.clone(),
                url: subgraph.url.clone(),
                sdl: Source::new(
                    &subgraph.name,
                    format!("{}.graphql", subgraph.name),
                    &subgraph.sdl,
                ),
            })
            .collect();
        let composed = compose(sources).map_err(|diagnostics| {
            let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            anyhow!("the subgraphs do not compose:\n{}", lines.join("\n"))
        })?;
        self.gateway.swap(composed.supergraph);
        Ok(())
    }

    /// The endpoint's URL.
    pub fn graphql_url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// The endpoint's URL for WebSockets.
    pub fn websocket_url(&self) -> String {
        format!("ws://{}/graphql", self.address)
    }

    /// Stops taking requests, and waits until those in flight have ended.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.gateway.stop_signal().cancel();
        (&mut self.server)
            .await
            .context("the gateway's task ended early")??;
        Ok(())
    }
}

impl Drop for RunningGateway {
    fn drop(&mut self) {
        self.gateway.stop_signal().cancel();
        self.server.abort();
    }
}
