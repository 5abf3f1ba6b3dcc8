//! Another service, called over GraphQL usually with this service's token: a document and variables in, `data` out.

use std::sync::Arc;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::identity::http_client;
use crate::service_token::{ServiceTokenClient, ServiceTokenError};

/// A service that this one calls; clones share its connections.
#[derive(Clone)]
pub struct Peer(Arc<Shared>);

struct Shared {
    name: &'static str,
    url: String,
    tokens: Option<ServiceTokenClient>,
    client: reqwest::Client,
}

/// Why a call gave no data.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// No answer, or one that says nothing about the request: another try may succeed.
    #[error("the {service} service does not answer at `{url}`: {cause}")]
    Unavailable {
        /// Which service.
        service: &'static str,
        /// Where it was called.
        url: String,
        /// What went wrong.
        cause: String,
    },
    /// The service answered with GraphQL errors: the same request will fail again.
    #[error("the {service} service refuses the request: {messages}")]
    Refused {
        /// Which service.
        service: &'static str,
        /// Its messages.
        messages: String,
    },
    /// There is no token to call it with.
    #[error(transparent)]
    Token(#[from] ServiceTokenError),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
    #[serde(default)]
    extensions: Value,
}

impl Peer {
    /// The service `name`, whose GraphQL endpoint is `url`.
    pub fn new(name: &'static str, url: impl Into<String>, tokens: ServiceTokenClient) -> Self {
        Self(Arc::new(Shared {
            name,
            url: url.into(),
            tokens: Some(tokens),
            client: http_client(),
        }))
    }

    /// The same, called without a token: for what everybody may read.
    pub fn anonymous(name: &'static str, url: impl Into<String>) -> Self {
        Self(Arc::new(Shared {
            name,
            url: url.into(),
            tokens: None,
            client: http_client(),
        }))
    }

    /// Sends an operation and returns its `data`. A refused token is renewed once.
    ///
    /// # Errors
    /// When the service cannot be reached, refuses, or answers with any error.
    pub async fn call(&self, document: &str, variables: Value) -> Result<Value, PeerError> {
        let body = json!({ "query": document, "variables": variables });
        match self.0.send(&body).await? {
            Some(data) => Ok(data),
            None => {
                if let Some(tokens) = &self.0.tokens {
                    tokens.forget().await;
                }
                self.0.send(&body).await?.ok_or_else(|| {
                    self.0
                        .refused("the token of this service is not accepted".to_owned())
                })
            }
        }
    }

    /// The error for data that is not what was asked for.
    pub fn unreadable(&self, cause: impl ToString) -> PeerError {
        self.0.unavailable(format!(
            "its answer is not what was asked for: {}",
            cause.to_string()
        ))
    }
}

impl Shared {
    /// `None` when the token is refused.
    async fn send(&self, body: &Value) -> Result<Option<Value>, PeerError> {
        let mut request = self
            .client
            .post(&self.url)
            .header("accept", "application/json")
            .json(body);
        if let Some(tokens) = &self.tokens {
            request = request.bearer_auth(tokens.token().await?);
        }
        let response = request
            .send()
            .await
            .map_err(|cause| self.unavailable(cause))?;
        if response.status() == StatusCode::UNAUTHORIZED {
            return Ok(None);
        }
        let status = response.status();
        let answer: Answer = response
            .json()
            .await
            .map_err(|cause| self.unavailable(format!("{status}, {cause}")))?;
        self.data(answer).map(Some)
    }

    fn data(&self, answer: Answer) -> Result<Value, PeerError> {
        let messages: Vec<_> = answer
            .errors
            .iter()
            .map(|error| error.message.as_str())
            .collect();
        if answer.errors.iter().any(AnswerError::is_temporary) {
            return Err(self.unavailable(messages.join("; ")));
        }
        match answer.data {
            Some(data) if messages.is_empty() => Ok(data),
            _ => Err(self.refused(messages.join("; "))),
        }
    }

    fn unavailable(&self, cause: impl ToString) -> PeerError {
        PeerError::Unavailable {
            service: self.name,
            url: self.url.clone(),
            cause: cause.to_string(),
        }
    }

    fn refused(&self, messages: String) -> PeerError {
        PeerError::Refused {
            service: self.name,
            messages,
        }
    }
}

impl AnswerError {
    fn is_temporary(&self) -> bool {
        let code = self.extensions.get("code").and_then(Value::as_str);
        matches!(
            code,
            Some(crate::errors::INTERNAL_SERVER_ERROR | crate::errors::SERVICE_UNAVAILABLE)
        )
    }
}
