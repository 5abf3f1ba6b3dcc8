//! A stand-in for the users service where another service is tested alone: keys, service tokens, and the names of users.

use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::TestTokens;

/// A running stand-in; stops when dropped.
#[derive(Debug)]
pub struct IdentityProvider {
    /// Makes the tokens that are accepted.
    pub tokens: TestTokens,
    address: SocketAddr,
    server: JoinHandle<()>,
}

#[allow(clippy::expect_used, reason = "a test fails by panicking")]
impl IdentityProvider {
    /// Listens on a free port.
    ///
    /// # Panics
    /// When there is no port to listen on.
    pub async fn start() -> Self {
        let tokens = TestTokens::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener
            .local_addr()
            .expect("the port of a listening socket");
        let router = Router::new()
            .route("/keys", get(keys))
            .route("/token", post(service_token))
            .route("/graphql", post(about_user))
            .with_state(tokens.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the stand-in serves")
        });
        Self {
            tokens,
            address,
            server,
        }
    }

    /// For `--jwks-url`.
    pub fn keys_url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// For `--token-url`; every client and secret will do.
    pub fn token_url(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// For `--users-url`: every user is called `User` and the last character of their id; user 3 is a risk.
    pub fn graphql_url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn keys(State(tokens): State<TestTokens>) -> Json<Value> {
    Json(json!(tokens.key_set()))
}

async fn service_token(
    State(tokens): State<TestTokens>,
    Json(request): Json<Value>,
) -> Json<Value> {
    let client = request["client_id"].as_str().unwrap_or_default();
    Json(
        json!({ "access_token": tokens.service(client, &["stock:reserve"]), "token_type": "Bearer", "expires_in": 600 }),
    )
}

async fn about_user(Json(request): Json<Value>) -> Json<Value> {
    if request["query"]
        .as_str()
        .unwrap_or_default()
        .contains("riskScore")
    {
        let user = request["variables"]["user"]["id"]
            .as_str()
            .unwrap_or_default();
        let risk = if user.ends_with('3') { 0.9 } else { 0.1 };
        return Json(json!({ "data": { "_entities": [{ "riskScore": risk }] } }));
    }
    let id = request["variables"]["id"].as_str().unwrap_or_default();
    let last = id.chars().last().unwrap_or_default();
    Json(json!({ "data": { "user": { "displayName": format!("User {last}") } } }))
}
