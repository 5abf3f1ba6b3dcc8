//! Where a request came from, for subgraphs that want to know: the peer's address joins `x-forwarded-for`.
//!
//! The header travels only to subgraphs whose `headers.forward` names it. Each proxy appends the peer that it saw, so a
//! subgraph that trusts this gateway may believe the last entry, whatever a client wrote before it.

use std::net::SocketAddr;

use http::request::Parts;
use http::{HeaderName, HeaderValue};

use crate::configuration::Configuration;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whether any subgraph is to be told.
pub(crate) fn is_forwarded(configuration: &Configuration) -> bool {
    let of_one = configuration.subgraphs.values().map(|one| &one.headers);
    std::iter::once(&configuration.headers)
        .chain(of_one)
        .flat_map(|headers| &headers.forward)
        .any(|name| X_FORWARDED_FOR.as_str().eq_ignore_ascii_case(name))
}

/// Appends the peer's address to the list that the request came with.
pub(crate) fn append(parts: &mut Parts, peer: SocketAddr) {
    let mut addresses: Vec<&str> = parts
        .headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let peer = peer.ip().to_canonical().to_string();
    addresses.push(&peer);
    // Addresses and header values that were text are a header value.
    if let Ok(value) = HeaderValue::from_str(&addresses.join(", ")) {
        parts.headers.insert(X_FORWARDED_FOR, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    /// What a request has become that came from `peer` with those headers.
    fn appended(peer: &str, forwarded: &[&str]) -> Parts {
        let mut request = http::Request::new(());
        for value in forwarded {
            request
                .headers_mut()
                .append(X_FORWARDED_FOR, value.parse().unwrap());
        }
        let mut parts = request.into_parts().0;
        append(&mut parts, peer.parse().unwrap());
        parts
    }

    #[test]
    fn the_peer_is_the_last_of_the_list() {
        let parts = appended("192.0.2.7:5000", &["198.51.100.1, 203.0.113.9", "10.0.0.1"]);
        assert_eq!(
            parts.headers[X_FORWARDED_FOR],
            "198.51.100.1, 203.0.113.9, 10.0.0.1, 192.0.2.7"
        );
        assert_eq!(parts.headers.get_all(X_FORWARDED_FOR).iter().count(), 1);
    }

    #[test]
    fn an_address_of_version_four_in_version_six_is_written_as_version_four() {
        let parts = appended("[::ffff:192.0.2.7]:5000", &[]);
        assert_eq!(parts.headers[X_FORWARDED_FOR], "192.0.2.7");
    }

    #[test]
    fn it_travels_only_where_the_configuration_says_so() {
        let mut configuration = Configuration::for_supergraph("supergraph.graphql");
        assert!(!is_forwarded(&configuration));
        configuration
            .headers
            .forward
            .push("X-Forwarded-For".to_owned());
        assert!(is_forwarded(&configuration));
    }
}
