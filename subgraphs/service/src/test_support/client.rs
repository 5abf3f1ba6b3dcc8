//! A GraphQL client for tests: a document and variables in, status, data and errors out.

use serde_json::{Value, json};

/// Sends operations to one endpoint, with or without a token.
#[derive(Clone, Debug)]
pub struct GraphqlClient {
    url: String,
    token: Option<String>,
    client: reqwest::Client,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct GraphqlResponse {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Value,
}

impl GraphqlClient {
    /// A client of the endpoint at `url`, anonymous.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: None,
            client: crate::identity::http_client(),
        }
    }

    /// The same client with a token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }

    /// Sends an operation and returns the response, whatever it is.
    ///
    /// # Panics
    /// When the endpoint does not answer with JSON: a test fails here.
    #[allow(clippy::expect_used, reason = "a test fails by panicking")]
    pub async fn send(&self, query: &str, variables: Value) -> GraphqlResponse {
        let mut request = self
            .client
            .post(&self.url)
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("the endpoint answers");
        let status = response.status().as_u16();
        let body = response
            .json()
            .await
            .expect("the endpoint answers with JSON");
        GraphqlResponse { status, body }
    }

    /// Sends an operation that must succeed and returns its data.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let response = self.send(query, variables).await;
        assert!(
            response.body.get("errors").is_none(),
            "unexpected errors: {:#}",
            response.body
        );
        response.body["data"].clone()
    }
}

impl GraphqlResponse {
    /// `data`.
    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The code of the first error; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }

    /// The message of the first error; empty without one.
    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"]
            .as_str()
            .unwrap_or_default()
    }
}
