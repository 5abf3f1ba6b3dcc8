//! Checks that the ports of the services to start are free, before anything is built.

use std::io::ErrorKind;
use std::net::TcpListener;

use anyhow::bail;
use url::{Host, Url};
use weft_server::configuration::SupergraphFile;

/// Checks the port of every subgraph that has a process.
///
/// # Errors
/// When one is taken: which, and what to do.
pub(crate) fn check(file: &SupergraphFile) -> anyhow::Result<()> {
    for (name, entry) in &file.subgraphs {
        let address = entry
            .routing_url
            .parse::<Url>()
            .ok()
            .and_then(|url| local_address(&url));
        let (Some((host, port)), Some(_)) = (address, &entry.dev) else {
            continue;
        };
        let taken = TcpListener::bind((host.as_str(), port))
            .is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
        if taken {
            bail!(
                "port {port} of subgraph `{name}` is taken by another process: stop it (`ss -ltnp 'sport = :{port}'` names it), \
                 or give the subgraph another port in `routing_url` and `dev.command`"
            );
        }
    }
    Ok(())
}

/// Host and port of an address on this machine.
fn local_address(url: &Url) -> Option<(String, u16)> {
    let host = match url.host()? {
        Host::Domain("localhost") => "127.0.0.1".to_owned(),
        Host::Ipv4(address) if address.is_loopback() => address.to_string(),
        Host::Ipv6(address) if address.is_loopback() => address.to_string(),
        _ => return None,
    };
    Some((host, url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::path::Path;

    use weft_diagnostic::Source;
    use weft_server::configuration::parse_supergraph_file;

    use super::*;

    fn check_port(port: u16, dev: &str) -> anyhow::Result<()> {
        let text = format!(
            "subgraphs:\n  users:\n    routing_url: http://localhost:{port}/graphql\n    schema: {{sdl: x}}\n{dev}"
        );
        let source = Source::new("a", "a", text);
        check(&parse_supergraph_file(Path::new("a"), &source).unwrap())
    }

    #[test]
    fn a_taken_port_is_named_with_its_subgraph() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = check_port(port, "    dev: {command: x}\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(&format!("port {port} of subgraph `users` is taken")),
            "{error}"
        );
        check_port(port, "").unwrap();
        drop(listener);
        check_port(port, "    dev: {command: x}\n").unwrap();
    }
}
