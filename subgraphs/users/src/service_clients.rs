//! The services that may get tokens of their own (client credentials): id, secret and scopes, from the command line.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use subgraph_service::service_token::DEMO_CLIENT_SECRET;

/// A service that may get tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceClient {
    id: String,
    /// SHA-256: comparing digests tells nothing about the secret by its time.
    secret: [u8; 32],
    scope: String,
}

/// The services that are known here.
#[derive(Clone, Debug)]
pub(crate) struct ServiceClients(Vec<ServiceClient>);

impl FromStr for ServiceClient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(id), Some(secret), Some(scope)) if !id.is_empty() && secret.len() >= 16 && !scope.trim().is_empty() => {
                Ok(Self::new(id, secret, scope))
            }
            _ => Err("a service client is `ID:SECRET:SCOPE SCOPE…` with at least 16 characters of secret".to_owned()),
        }
    }
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.id, self.scope)
    }
}

impl ServiceClient {
    fn new(id: &str, secret: &str, scope: &str) -> Self {
        let scope = scope.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            id: id.to_owned(),
            secret: Sha256::digest(secret.as_bytes()).into(),
            scope,
        }
    }

    /// The client that comes with demo data.
    fn demo() -> Self {
        Self::new("orders", DEMO_CLIENT_SECRET, "stock:reserve users:read")
    }
}

impl ServiceClients {
    /// The configured clients; the demo's when there are none and demo data was asked for.
    pub(crate) fn new(configured: Vec<ServiceClient>, demo_data: bool) -> Self {
        if configured.is_empty() && demo_data {
            Self(vec![ServiceClient::demo()])
        } else {
            Self(configured)
        }
    }

    /// The scopes of the client with this id and secret.
    pub(crate) fn scope(&self, id: &str, secret: &str) -> Option<&str> {
        let digest = <[u8; 32]>::from(Sha256::digest(secret.as_bytes()));
        let client = self
            .0
            .iter()
            .find(|client| client.id == id && client.secret == digest)?;
        Some(&client.scope)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_by_id_and_secret_together() {
        let clients = ServiceClients::new(
            vec![
                "orders:a-long-enough-secret:stock:reserve users:read"
                    .parse()
                    .unwrap(),
            ],
            true,
        );
        assert_eq!(
            clients.scope("orders", "a-long-enough-secret"),
            Some("stock:reserve users:read")
        );
        assert_eq!(clients.scope("orders", "another"), None);
        assert_eq!(clients.scope("products", "a-long-enough-secret"), None);
    }

    #[test]
    fn the_published_secret_works_with_demo_data_only() {
        assert!(
            ServiceClients::new(Vec::new(), true)
                .scope("orders", DEMO_CLIENT_SECRET)
                .is_some()
        );
        assert!(
            ServiceClients::new(Vec::new(), false)
                .scope("orders", DEMO_CLIENT_SECRET)
                .is_none()
        );
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(
            "orders:short:stock:reserve"
                .parse::<ServiceClient>()
                .unwrap_err()
                .contains("16")
        );
    }
}
