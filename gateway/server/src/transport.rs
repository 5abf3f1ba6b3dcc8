//! The HTTP clients that all calls to subgraphs share, with their pools of connections.
//!
//! Subgraphs without TLS are called by a client of our own, which costs a fraction (`plain`, `docs/decisions/transport.md`);
//! all others, and all when `traffic.http_client` says so, by reqwest.

mod chunked;
mod connect;
mod connection;
pub(crate) mod content_encoding;
mod large_buffers;
pub(crate) mod origin;
pub(crate) mod plain;
mod pool;
#[cfg(test)]
mod random_bytes;
pub(crate) mod request_head;
mod response_head;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::configuration::TrafficOptions;
use plain::PlainClient;

/// What calls to subgraphs say about answers.
pub(crate) const ACCEPTED: &str = "application/graphql-response+json, application/json;q=0.9";
/// Who we are.
pub(crate) const USER_AGENT_VALUE: &str = concat!("weft/", env!("CARGO_PKG_VERSION"));

/// How often idle connections are looked through.
const SWEEP: Duration = Duration::from_secs(5);

/// The HTTP clients of the gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    plain: Arc<PlainClient>,
    http2: Arc<OnceLock<reqwest::Client>>,
    options: Arc<TrafficOptions>,
}

/// The HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// By the library that it is from.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    /// A file of certificates is of no use.
    #[error(
        "cannot read certificates from `{path}`, which `traffic.certificate_authorities` names: {reason}"
    )]
    Certificates {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Transport {
    /// Sets up the clients. Proxies of the environment and redirects are not followed: the supergraph says where
    /// subgraphs are.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(options: &TrafficOptions) -> Result<Self, TransportError> {
        // A second call finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: builder(options)?.build()?,
            plain: Arc::new(PlainClient::new(
                options.connect_timeout.0,
                options.idle_timeout.0,
            )),
            http2: Arc::default(),
            options: Arc::new(options.clone()),
        })
    }

    /// The client for everything that has no special one.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The client for HTTP/1.1 without TLS.
    pub(crate) fn plain(&self) -> &Arc<PlainClient> {
        &self.plain
    }

    /// The client for HTTP/2 without TLS, made when it is first needed.
    pub(crate) fn http2(&self) -> &reqwest::Client {
        self.http2.get_or_init(|| {
            let built = builder(&self.options)
                .and_then(|builder| Ok(builder.http2_prior_knowledge().build()?));
            built.unwrap_or_else(|error| {
                tracing::error!(%error, "HTTP/2 without TLS is not to be had: HTTP/1.1 is spoken");
                self.client.clone()
            })
        })
    }

    /// Closes connections and frees memory that nobody needs any more, for ever.
    pub(crate) async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.plain.sweep();
        }
    }
}

fn builder(options: &TrafficOptions) -> Result<reqwest::ClientBuilder, TransportError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT_VALUE)
        .connect_timeout(options.connect_timeout.0)
        .pool_idle_timeout(options.idle_timeout.0)
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    for path in &options.certificate_authorities {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    Ok(builder)
}

fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let refused = |reason: String| TransportError::Certificates {
        path: path.display().to_string(),
        reason,
    };
    let text = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let read = reqwest::Certificate::from_pem_bundle(&text);
    let certificates = read.map_err(|error| refused(error.to_string()))?;
    if certificates.is_empty() {
        return Err(refused("there is none in the form PEM".to_owned()));
    }
    Ok(certificates)
}
