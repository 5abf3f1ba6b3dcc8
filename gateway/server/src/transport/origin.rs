//! Where a subgraph without TLS is reached: a TCP port or a Unix socket.

use std::path::PathBuf;

use url::{Host, Url};

/// The other end of connections that may stand in for each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// Host (a name or an address without brackets) and port.
    Tcp(String, u16),
    /// The socket's file.
    Unix(PathBuf),
}

/// What a request line and its `host` header say about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Path and query.
    pub(crate) path: String,
    /// The value of `host`.
    pub(crate) host: String,
}

/// Splits an address; `None` for schemes that are not plain. In `unix:///run/users.sock?path=/graphql` the path names the
/// socket, and the parameter `path` what is asked of the server behind it (`/` when absent).
pub(crate) fn split(url: &Url) -> Option<(Origin, Target)> {
    match url.scheme() {
        "http" => split_http(url),
        "unix" => split_unix(url),
        _ => None,
    }
}

fn split_http(url: &Url) -> Option<(Origin, Target)> {
    // Credentials in an address become a header: that is left to the full client.
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let name = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let origin = Origin::Tcp(name, url.port_or_known_default()?);
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Some((origin, Target { path, host }))
}

fn split_unix(url: &Url) -> Option<(Origin, Target)> {
    if url.path().len() < 2 || url.host_str().is_some_and(|host| !host.is_empty()) {
        return None;
    }
    let socket: String = percent_decoded(url.path());
    let path = url.query_pairs().find(|(key, _)| key == "path");
    let path = path.map_or("/".to_owned(), |(_, path)| path.into_owned());
    let is_plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    let target = Target {
        path,
        host: "localhost".to_owned(),
    };
    is_plain.then(|| (Origin::Unix(socket.into()), target))
}

/// `Url` keeps what was escaped, and escapes spaces itself.
fn percent_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn check(url: &str, expected: Option<(Origin, &str, &str)>) {
        let split = split(&url.parse().unwrap());
        let shown = split
            .as_ref()
            .map(|(origin, target)| (origin.clone(), target.path.as_str(), target.host.as_str()));
        assert_eq!(shown, expected, "{url}");
    }

    #[test]
    fn an_address_is_split_into_where_to_connect_and_what_to_ask() {
        let tcp = |host: &str, port| Origin::Tcp(host.to_owned(), port);
        check(
            "http://a.example",
            Some((tcp("a.example", 80), "/", "a.example")),
        );
        check(
            "http://a.example:4001/graphql?x=1",
            Some((tcp("a.example", 4001), "/graphql?x=1", "a.example:4001")),
        );
        check(
            "http://[::1]:4001/g",
            Some((tcp("::1", 4001), "/g", "[::1]:4001")),
        );
        check("https://a.example", None);
        check("http://name:word@a.example", None);
    }

    #[test]
    fn a_unix_socket_is_named_by_the_path_of_its_address() {
        let unix = |path: &str| Origin::Unix(path.into());
        check(
            "unix:///run/users.sock",
            Some((unix("/run/users.sock"), "/", "localhost")),
        );
        check(
            "unix:///run/my%20users.sock?path=/graphql",
            Some((unix("/run/my users.sock"), "/graphql", "localhost")),
        );
        check("unix:///run/users.sock?path=a%0D%0Ab", None);
        check("unix://host/run/users.sock", None);
    }
}
