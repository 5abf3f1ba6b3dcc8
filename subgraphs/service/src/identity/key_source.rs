//! Where the public keys of access tokens come from: the users service over HTTP, or keys held in memory.

use std::{fmt, time::Duration};

use futures::future::BoxFuture;
use jsonwebtoken::jwk::JwkSet;

/// Finds the keys that are valid now.
pub trait KeySource: Send + Sync + 'static {
    /// The published keys; called rarely, the verifier keeps what it returns.
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>>;
}

/// Why the keys could not be had; says where they were looked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeySourceError(pub String);

/// Keys published at a URL (JWKS).
pub struct HttpKeys {
    url: String,
    client: reqwest::Client,
}

impl HttpKeys {
    /// Keys at `url`; nothing is fetched before the first token.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client: http_client(),
        }
    }

    async fn get(&self) -> Result<JwkSet, reqwest::Error> {
        self.client
            .get(&self.url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}

impl fmt::Debug for HttpKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HttpKeys({})", self.url)
    }
}

impl KeySource for HttpKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>> {
        Box::pin(async {
            self.get().await.map_err(|error| {
                KeySourceError(format!(
                    "cannot fetch the keys of access tokens from `{}`: {error}",
                    self.url
                ))
            })
        })
    }
}

/// Keys that never change, for tests.
#[derive(Clone, Debug)]
pub struct FixedKeys(pub JwkSet);

impl KeySource for FixedKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<JwkSet, KeySourceError>> {
        let keys = self.0.clone();
        Box::pin(async { Ok(keys) })
    }
}

/// An HTTP client with deadlines, for calls between services.
pub(crate) fn http_client() -> reqwest::Client {
    // reqwest is built without a TLS provider of its own; a second installation is refused and harmless.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap_or_default()
}
