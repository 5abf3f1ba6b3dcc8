//! The HTTP client that all calls to subgraphs share, with its pools of connections.

use std::time::Duration;

use crate::configuration::TrafficOptions;

/// The HTTP client of the gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
}

/// The HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client: {0}")]
pub struct TransportError(#[from] reqwest::Error);

impl Transport {
    /// Sets up the client. Proxies of the environment and redirects are not followed: the supergraph says where
    /// subgraphs are.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(options: &TrafficOptions) -> Result<Self, TransportError> {
        // A second call finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("weft/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout.0)
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client })
    }

    /// The client itself.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}
