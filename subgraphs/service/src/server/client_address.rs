//! The network address of the client: the peer's, or, when the peer is a trusted proxy, what it says in `x-forwarded-for`.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

use super::network::Network;

/// The client's address; none when it came through a trusted proxy that does not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Puts the [`ClientAddress`] into the request's extensions.
pub(super) async fn find_client_address(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_canonical());
    let address = client_address(peer, request.headers(), &trusted);
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// The last address that no trusted proxy has: what stands before it in the header may be made up.
fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[Network],
) -> Option<IpAddr> {
    let peer = peer?;
    if !is_trusted(peer, trusted) {
        return Some(peer);
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let addresses = forwarded
        .flat_map(|value| value.split(','))
        .map(|text| text.trim().parse::<IpAddr>());
    let addresses = addresses.collect::<Vec<_>>();
    addresses
        .into_iter()
        .rev()
        .map_while(Result::ok)
        .map(|address| address.to_canonical())
        .find(|address| !is_trusted(*address, trusted))
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: Option<&str>, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        if let Some(value) = forwarded {
            headers.insert("x-forwarded-for", value.parse().unwrap());
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let found = client_address(Some(peer.parse().unwrap()), &headers, &trusted);
        assert_eq!(
            found,
            expected.map(|text| text.parse().unwrap()),
            "{peer} {forwarded:?}"
        );
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        check("203.0.113.9", Some("198.51.100.1"), Some("203.0.113.9"));
    }

    #[test]
    fn the_last_untrusted_hop_is_the_client() {
        check(
            "127.0.0.1",
            Some("198.51.100.1, 203.0.113.9, 10.0.0.1"),
            Some("203.0.113.9"),
        );
    }

    #[test]
    fn a_proxy_that_tells_no_address_leaves_it_unknown() {
        check("127.0.0.1", None, None);
        check("127.0.0.1", Some("unknown"), None);
    }
}
