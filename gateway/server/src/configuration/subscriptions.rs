//! The options under `subscriptions`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TimeSpan;

/// Subscriptions over WebSocket
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionOptions {
    /// Whether the GraphQL path accepts WebSockets that speak `graphql-transport-ws`
    pub enabled: bool,
    /// A connection that says no `connection_init` for so long is closed
    pub init_timeout: TimeSpan,
    /// How often a quiet connection is asked for a sign of life
    pub ping_interval: TimeSpan,
    /// How many operations one connection may have at a time
    pub operations_per_connection: usize,
    /// How many messages may wait for a slow client before its subgraphs have to wait too
    pub message_buffer: usize,
    /// How often a subscription whose connection to its subgraph breaks is opened again before it fails; 0 for never. What happens meanwhile is not seen
    pub reopen_attempts: u32,
    /// How long the first attempt waits; each further one waits twice as long, up to a minute
    pub reopen_delay: TimeSpan,
    /// Whether a connection is closed with code 4401 when the JSON Web Token in its `authorization` ends. Its `exp` is read, not verified: that is for the subgraphs to do
    pub close_with_token: bool,
}

impl Default for SubscriptionOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            init_timeout: TimeSpan::seconds(10),
            ping_interval: TimeSpan::seconds(20),
            operations_per_connection: 100,
            message_buffer: 64,
            reopen_attempts: 5,
            reopen_delay: TimeSpan(Duration::from_millis(500)),
            close_with_token: true,
        }
    }
}
