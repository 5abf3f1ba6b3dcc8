//! The options under `headers`, for all subgraphs or for one.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_diagnostic::Diagnostic;

use super::document;

/// Headers that travel to subgraphs
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HeaderOptions {
    /// Headers of the client's request that are passed on
    pub forward: Vec<String>,
    /// Headers that are added to every call
    pub set: IndexMap<String, String>,
}

/// Headers that have a meaning between two neighbours only, or describe a body.
const OF_EACH_CONNECTION: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "sec-websocket-key",
];

impl HeaderOptions {
    /// Refuses names and values that HTTP cannot carry, and headers that do not travel.
    pub(super) fn check(&self) -> Result<(), Box<Diagnostic>> {
        for name in self.forward.iter().chain(self.set.keys()) {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(Box::new(document::invalid(
                    format!("`{name}` is not a header name"),
                    None,
                )));
            }
            if OF_EACH_CONNECTION.contains(&name.to_ascii_lowercase().as_str()) {
                let message = format!("the header `{name}` cannot travel to subgraphs");
                return Err(Box::new(document::invalid(message, None).with_help(
                    "leave it out: it says something about one connection or one body, and the gateway writes its own",
                )));
            }
        }
        for (name, value) in &self.set {
            if http::HeaderValue::from_str(value).is_err() {
                return Err(Box::new(document::invalid(
                    format!(
                        "the value of the header `{name}` has a character that headers cannot carry"
                    ),
                    None,
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::tests::check;

    #[test]
    fn a_header_that_cannot_travel_is_refused() {
        let refused = |headers: &str| {
            let text = format!("supergraph: a\nheaders: {headers}\n");
            check(&text).unwrap_err().message
        };
        assert_eq!(refused("{forward: ['x y']}"), "`x y` is not a header name");
        assert!(refused("{forward: [Content-Length]}").contains("`Content-Length` cannot travel"));
        assert!(refused("{set: {x-a: \"1\\n2\"}}").contains("the value of the header `x-a`"));
        let of_one = "supergraph: a\nsubgraphs: {b: {headers: {forward: [te]}}}\n";
        assert!(
            check(of_one)
                .unwrap_err()
                .message
                .contains("`te` cannot travel")
        );
    }
}
