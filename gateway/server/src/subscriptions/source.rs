//! The source of a subscription: events of a subgraph, over one connection after another where connections break.
//!
//! A source that is opened again tells what happens from then on; events in between are lost, as they are for any client
//! that connects again. It is not opened again when the subgraph ended it: by `complete`, by errors, or by closing the
//! connection with a reason that would hold again.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use weft_executor::SubgraphRequest;

use super::upstream::{self, Event, Upstream, UpstreamError};
use crate::configuration::SubscriptionOptions;
use crate::gateway::Gateway;
use crate::pipeline::Admitted;
use crate::request_log::X_REQUEST_ID;
use crate::subgraph_route::SubgraphRoute;

/// The longest that an attempt waits.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// An open source.
pub(super) struct Source<'a> {
    request: upstream::Request<'a>,
    upstream: Upstream,
    subgraph: &'a str,
    options: &'a SubscriptionOptions,
    /// Attempts to open it again since the last event.
    attempts: u32,
}

/// Why there will be no more events.
#[derive(Debug)]
pub(super) struct SourceError {
    /// What happened last.
    error: UpstreamError,
    /// How often it was opened again in vain.
    pub(super) attempts: u32,
}

impl<'a> Source<'a> {
    /// Opens the source that a plan asks for.
    ///
    /// # Errors
    /// When the subgraph cannot be reached, or does not speak the protocol.
    pub(super) async fn open(
        gateway: &'a Gateway,
        admitted: &'a Admitted,
        headers: &HeaderMap,
        source: &'a SubgraphRequest<'a>,
    ) -> Result<Self, SourceError> {
        let once = |error| SourceError { error, attempts: 0 };
        let route = admitted.graph.route(source.subgraph);
        let request = request(gateway, route, headers, source).map_err(once)?;
        Ok(Self {
            upstream: upstream::subscribe(&request).await.map_err(once)?,
            request,
            subgraph: source.subgraph_name,
            options: &gateway.configuration().subscriptions,
            attempts: 0,
        })
    }

    /// The next event; `None` when the subgraph says that there are no more.
    ///
    /// # Errors
    /// When the connection broke and cannot be had again.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, SourceError> {
        loop {
            match self.upstream.next().await {
                Ok(event) => {
                    self.attempts = 0;
                    return Ok(event);
                }
                Err(error) => self.reopen(error).await?,
            }
        }
    }

    /// Tells the subgraph that nobody listens any more.
    pub(super) async fn close(self) {
        self.upstream.close().await;
    }

    async fn reopen(&mut self, mut error: UpstreamError) -> Result<(), SourceError> {
        while error.may_pass() && self.attempts < self.options.reopen_attempts {
            let delay = delay(self.options.reopen_delay.0, self.attempts);
            self.attempts += 1;
            tracing::info!(
                subgraph = self.subgraph,
                %error,
                attempt = self.attempts,
                "a subscription broke: opening it again"
            );
            tokio::time::sleep(delay).await;
            match upstream::subscribe(&self.request).await {
                Ok(upstream) => {
                    self.upstream = upstream;
                    return Ok(());
                }
                Err(next) => error = next,
            }
        }
        Err(SourceError {
            error,
            attempts: self.attempts,
        })
    }
}

/// Twice as long each time.
fn delay(first: Duration, attempts: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempts.min(20)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(LONGEST_DELAY)
}

fn request<'a>(
    gateway: &Gateway,
    route: &'a SubgraphRoute,
    headers: &HeaderMap,
    source: &'a SubgraphRequest<'_>,
) -> Result<upstream::Request<'a>, UpstreamError> {
    let url = route
        .subscription_url
        .as_ref()
        .ok_or_else(|| UpstreamError::Protocol("it has no WebSocket address".to_owned()))?;
    let mut forwarded = HeaderMap::new();
    route.headers.apply(headers, &mut forwarded);
    let configuration = gateway.configuration();
    Ok(upstream::Request {
        url: url.as_str(),
        init_payload: Some(init_payload(&forwarded)),
        headers: forwarded,
        operation: std::str::from_utf8(&source.body).unwrap_or("{}"),
        patience: route.timeout.min(configuration.server.request_timeout.0),
        message_limit: route.response_limit,
        ping_interval: configuration.subscriptions.ping_interval.0,
    })
}

/// The forwarded headers once more, but for the request's id: many servers look for credentials in `connection_init` only.
fn init_payload(headers: &HeaderMap) -> String {
    let members: serde_json::Map<String, serde_json::Value> = headers
        .iter()
        .filter(|(name, _)| *name != X_REQUEST_ID)
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    serde_json::Value::Object(members).to_string()
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_wait_twice_as_long_each_time_up_to_a_minute() {
        let first = Duration::from_millis(500);
        let waits: Vec<u128> = (0..9)
            .map(|attempts| delay(first, attempts).as_millis())
            .collect();
        assert_eq!(
            waits,
            [500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]
        );
        assert_eq!(delay(first, u32::MAX), LONGEST_DELAY);
    }
}
