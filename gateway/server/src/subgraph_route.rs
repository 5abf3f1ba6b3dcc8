//! How each subgraph is called: decided once per graph, from what the supergraph and the configuration say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use url::Url;
use weft_supergraph::Subgraph;

use crate::configuration::{Configuration, HttpClient, SubgraphOptions};
use crate::forwarded_headers::HeaderRules;
use crate::transport::origin::{self, Origin};
use crate::transport::request_head::RequestHead;

/// How one subgraph is called.
#[derive(Debug)]
pub(crate) struct SubgraphRoute {
    /// By which client, and where.
    pub(crate) destination: Destination,
    /// Where subscriptions are sent.
    pub(crate) subscription_url: Option<Url>,
    /// Which headers travel along.
    pub(crate) headers: HeaderRules,
    /// A call that takes longer fails.
    pub(crate) timeout: Duration,
    /// A larger answer counts as a failure.
    pub(crate) response_limit: usize,
}

/// The client for a subgraph, and what it needs.
#[derive(Debug)]
pub(crate) enum Destination {
    /// HTTP/1.1 without TLS, by our own client.
    Plain(PlainDestination),
    /// TLS, and whatever the server prefers.
    Full(Url),
    /// HTTP/2 without TLS.
    Http2(Url),
    /// Neither the supergraph nor the configuration has an address that can be called.
    Nowhere,
}

/// What is prepared for calls without TLS.
#[derive(Debug)]
pub(crate) struct PlainDestination {
    /// Where to connect.
    pub(crate) origin: Origin,
    /// What all requests begin with.
    pub(crate) head: RequestHead,
    /// How large answers were lately, head and body.
    size: AtomicUsize,
}

/// A buffer for answers has at least this size, and at most that without their announcing more.
const BUFFER: (usize, usize) = (1024, 256 * 1024);

impl PlainDestination {
    /// How large an answer will probably be.
    pub(crate) fn expected(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    /// Remembers how large an answer was: the most of late, which wanes.
    pub(crate) fn note(&self, body: usize) {
        let known = self.expected();
        let now = (body + 512).clamp(BUFFER.0, BUFFER.1);
        let next = if now > known {
            now
        } else {
            known - (known - now) / 16
        };
        if next != known {
            self.size.store(next, Ordering::Relaxed);
        }
    }
}

impl SubgraphRoute {
    /// Joins what the supergraph says about a subgraph with what the configuration does.
    pub(crate) fn new(subgraph: &Subgraph, configuration: &Configuration) -> Self {
        let default = SubgraphOptions::default();
        let options = configuration.subgraphs.get(&subgraph.name);
        let headers = HeaderRules::new(
            &configuration.headers,
            options.map(|options| &options.headers),
        );
        let options = options.unwrap_or(&default);
        let configured = options.routing_url.clone();
        let url = configured.or_else(|| subgraph.url.parse().ok());
        let destination = destination(url.as_ref(), options, configuration, &headers);
        if matches!(destination, Destination::Nowhere) {
            tracing::warn!("{}", no_address(&subgraph.name));
        }
        let subscription_url = options.subscription_url.clone();
        Self {
            subscription_url: subscription_url.or_else(|| url.as_ref().and_then(websocket_address)),
            destination,
            headers,
            timeout: options.timeout.unwrap_or(configuration.traffic.timeout).0,
            response_limit: configuration.traffic.response_limit.0,
        }
    }
}

fn destination(
    url: Option<&Url>,
    options: &SubgraphOptions,
    configuration: &Configuration,
    headers: &HeaderRules,
) -> Destination {
    let Some(url) = url else {
        return Destination::Nowhere;
    };
    match (url.scheme(), origin::split(url)) {
        ("http", _) if options.http2 => Destination::Http2(url.clone()),
        ("http", _) if configuration.traffic.http_client == HttpClient::Full => {
            Destination::Full(url.clone())
        }
        (_, Some((origin, target))) => Destination::Plain(PlainDestination {
            origin,
            head: RequestHead::new(&target, headers),
            size: AtomicUsize::new(BUFFER.0),
        }),
        ("http" | "https", None) => Destination::Full(url.clone()),
        _ => Destination::Nowhere,
    }
}

fn websocket_address(url: &Url) -> Option<Url> {
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    // `Url::set_scheme` refuses some changes; the text has no such rules.
    format!("{scheme}{}", &url.as_str()[url.scheme().len()..])
        .parse()
        .ok()
}

/// What is wrong with a subgraph that cannot be called, and what to do.
pub(crate) fn no_address(subgraph: &str) -> String {
    format!(
        "subgraph `{subgraph}` has no address that can be called: give it a `routing_url` that starts with `http://`, \
         `https://` or `unix:///`"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn the_expected_size_follows_large_answers_at_once_and_small_ones_slowly() {
        let url = "http://a.example".parse().unwrap();
        let configuration = Configuration::for_supergraph("supergraph.graphql");
        let rules = HeaderRules::new(&configuration.headers, None);
        let options = SubgraphOptions::default();
        let Destination::Plain(plain) = destination(Some(&url), &options, &configuration, &rules)
        else {
            panic!("an address without TLS is called by our own client");
        };
        plain.note(100_000);
        assert_eq!(plain.expected(), 100_512);
        plain.note(10);
        assert!((90_000..100_000).contains(&plain.expected()));
        plain.note(usize::MAX / 2);
        assert_eq!(plain.expected(), BUFFER.1);
    }

    #[test]
    fn subscriptions_go_to_the_same_address_by_websocket() {
        for (url, expected) in [
            (
                "http://localhost:4001/graphql",
                "ws://localhost:4001/graphql",
            ),
            ("https://a.example/g?x=1", "wss://a.example/g?x=1"),
        ] {
            assert_eq!(
                websocket_address(&url.parse().unwrap()).unwrap().as_str(),
                expected
            );
        }
        assert_eq!(
            websocket_address(&"unix:/run/a.sock".parse().unwrap()),
            None
        );
    }
}
