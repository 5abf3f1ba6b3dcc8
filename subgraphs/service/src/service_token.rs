//! The token with which this service calls another: client credentials in, a cached access token out (RFC 6749, section 4.4).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::identity::http_client;

/// A token is renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(30);

/// The secret of the demo's service clients: published, hence accepted by the users service with `--demo-data` only.
pub const DEMO_CLIENT_SECRET: &str = "weft-demo-service-secret";

/// Options of a service that calls others.
#[derive(Args, Clone, Debug)]
pub struct ServiceTokenOptions {
    /// Where service tokens are made
    #[arg(
        long,
        env = "TOKEN_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:4001/token"
    )]
    pub token_url: String,

    /// This service's name at the users service
    #[arg(long, env = "CLIENT_ID", default_value = "orders")]
    pub client_id: String,

    /// This service's secret at the users service; the default works with demo data only
    #[arg(long, env = "CLIENT_SECRET", default_value = DEMO_CLIENT_SECRET, hide_env_values = true)]
    pub client_secret: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum ServiceTokenError {
    /// The users service does not answer; worth another try.
    #[error("cannot reach `{url}` for a service token: {cause}")]
    Unreachable {
        /// Where the token was asked for.
        url: String,
        /// What the connection said.
        cause: reqwest::Error,
    },
    /// The users service refuses this client.
    #[error(
        "`{url}` refuses a service token ({code}): {description}; check `--client-id` and `--client-secret`"
    )]
    Refused {
        /// Where the token was asked for.
        url: String,
        /// The code of RFC 6749.
        code: String,
        /// Its explanation.
        description: String,
    },
}

/// Gets and keeps this service's token; clones share it.
#[derive(Clone)]
pub struct ServiceTokenClient(Arc<Shared>);

struct Shared {
    options: ServiceTokenOptions,
    client: reqwest::Client,
    token: Mutex<Option<(String, Instant)>>,
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize, Default)]
struct TokenRefusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl ServiceTokenClient {
    /// A client that asks for a token when one is needed first.
    pub fn new(options: ServiceTokenOptions) -> Self {
        Self(Arc::new(Shared {
            options,
            client: http_client(),
            token: Mutex::default(),
        }))
    }

    /// A token that is good for half a minute at least. Concurrent callers share one request.
    pub async fn token(&self) -> Result<String, ServiceTokenError> {
        let mut kept = self.0.token.lock().await;
        if let Some((token, until)) = &*kept
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let response = self.0.request().await?;
        let lifetime = Duration::from_secs(response.expires_in).saturating_sub(MARGIN);
        *kept = Some((response.access_token.clone(), Instant::now() + lifetime));
        Ok(response.access_token)
    }

    /// Forgets the token, after a service has refused it.
    pub async fn forget(&self) {
        *self.0.token.lock().await = None;
    }
}

impl Shared {
    async fn request(&self) -> Result<TokenResponse, ServiceTokenError> {
        let url = &self.options.token_url;
        let unreachable = |cause| ServiceTokenError::Unreachable {
            url: url.clone(),
            cause,
        };
        let request = TokenRequest {
            grant_type: "client_credentials",
            client_id: &self.options.client_id,
            client_secret: &self.options.client_secret,
        };
        let response = self
            .client
            .post(url)
            .json(&request)
            .send()
            .await
            .map_err(unreachable)?;
        if response.status().is_success() {
            return response.json().await.map_err(unreachable);
        }
        let code = response.status().to_string();
        let refusal = response.json().await.unwrap_or(TokenRefusal {
            error: code,
            ..TokenRefusal::default()
        });
        Err(ServiceTokenError::Refused {
            url: url.clone(),
            code: refusal.error,
            description: refusal.error_description,
        })
    }
}
