//! Which headers of a client's request travel to which subgraph: decided once per graph, applied per call.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;

use crate::configuration::HeaderOptions;
use crate::request_log::X_REQUEST_ID;

/// The rules for one subgraph.
#[derive(Debug)]
pub(crate) struct HeaderRules {
    forward: Vec<HeaderName>,
    set: Vec<(HeaderName, HeaderValue)>,
}

impl HeaderRules {
    /// The rules for all subgraphs and those for one, joined; the request's id always travels. Names and values were checked with the configuration.
    pub(crate) fn new(all: &HeaderOptions, one: Option<&HeaderOptions>) -> Self {
        let mut rules = Self {
            forward: vec![X_REQUEST_ID],
            set: Vec::new(),
        };
        for options in std::iter::once(all).chain(one) {
            for name in &options.forward {
                if let Ok(name) = HeaderName::from_bytes(name.as_bytes())
                    && !rules.forward.contains(&name)
                {
                    rules.forward.push(name);
                }
            }
            for (name, value) in &options.set {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::from_bytes(name.as_bytes()), value.parse())
                {
                    rules.set.retain(|(known, _)| *known != name);
                    rules.set.push((name, value));
                }
            }
        }
        rules
    }

    /// Headers of the client's request that travel, where it has them.
    pub(crate) fn forward(&self) -> &[HeaderName] {
        &self.forward
    }

    /// Headers that every call has, whatever the client sent.
    pub(crate) fn set(&self) -> &[(HeaderName, HeaderValue)] {
        &self.set
    }

    /// Puts the headers of a call to the subgraph into `target`.
    pub(crate) fn apply(&self, client: &HeaderMap, target: &mut HeaderMap) {
        for name in &self.forward {
            if client.contains_key(name) {
                target.remove(name);
            }
            for value in client.get_all(name) {
                target.append(name.clone(), value.clone());
            }
        }
        for (name, value) in &self.set {
            target.insert(name.clone(), value.clone());
        }
    }
}

/// The headers of a WebSocket's upgrade, with the members of `connection_init`'s payload as headers over them: a
/// browser cannot set headers on a WebSocket.
pub(crate) fn with_init_payload(headers: &HeaderMap, payload: Option<&RawValue>) -> HeaderMap {
    let mut headers = headers.clone();
    let members: Option<serde_json::Map<String, serde_json::Value>> =
        payload.and_then(|payload| serde_json::from_str(payload.get()).ok());
    for (name, value) in members.into_iter().flatten() {
        let parsed = value.as_str().and_then(|text| text.parse().ok());
        if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), parsed) {
            headers.insert(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn options(forward: &[&str], set: &[(&str, &str)]) -> HeaderOptions {
        HeaderOptions {
            forward: forward.iter().map(|name| (*name).to_owned()).collect(),
            set: set
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn only_the_headers_that_are_configured_travel() {
        let rules = HeaderRules::new(
            &options(&["Authorization"], &[("x-from", "all")]),
            Some(&options(&["x-trace"], &[("x-from", "one")])),
        );
        let mut client = HeaderMap::new();
        client.insert("authorization", "Bearer a".parse().unwrap());
        client.insert("cookie", "secret".parse().unwrap());
        client.append("x-trace", "1".parse().unwrap());
        client.append("x-trace", "2".parse().unwrap());
        let mut target = HeaderMap::new();
        rules.apply(&client, &mut target);
        assert_eq!(target["authorization"], "Bearer a");
        assert_eq!(target.get_all("x-trace").iter().count(), 2);
        assert_eq!(target["x-from"], "one");
        assert!(!target.contains_key("cookie"));
    }

    #[test]
    fn what_a_websocket_says_at_its_start_counts_as_headers() {
        let payload =
            RawValue::from_string(r#"{"Authorization":"Bearer b","n":1}"#.to_owned()).unwrap();
        let headers = with_init_payload(&HeaderMap::new(), Some(&payload));
        assert_eq!(headers["authorization"], "Bearer b");
        assert_eq!(headers.len(), 1);
    }
}
