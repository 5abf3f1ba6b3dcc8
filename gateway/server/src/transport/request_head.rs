//! The head of requests to one subgraph: rendered once but for what changes with each request.

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::origin::Target;
use super::{ACCEPTED, USER_AGENT_VALUE, content_encoding};
use crate::forwarded_headers::HeaderRules;

/// A body up to this size travels in one buffer with its head.
const SMALL_BODY: usize = 16 * 1024;
/// Space for the headers that change.
const ROOM: usize = 256;

/// What all requests to a subgraph begin with.
#[derive(Debug)]
pub(crate) struct RequestHead {
    prefix: Vec<u8>,
    /// Headers of the client's request that travel, where it has them.
    forward: Vec<Forwarded>,
}

#[derive(Debug)]
struct Forwarded {
    name: HeaderName,
    /// What is sent when the client has none.
    fallback: Option<HeaderValue>,
}

impl RequestHead {
    /// The head for a subgraph with those header rules.
    pub(crate) fn new(target: &Target, rules: &HeaderRules) -> Self {
        let mut prefix = format!("POST {} HTTP/1.1\r\n", target.path).into_bytes();
        let host = HeaderValue::from_str(&target.host).ok();
        let mut fallbacks = vec![
            (HOST, host),
            (USER_AGENT, Some(HeaderValue::from_static(USER_AGENT_VALUE))),
            (
                CONTENT_TYPE,
                Some(HeaderValue::from_static("application/json")),
            ),
            (ACCEPT, Some(HeaderValue::from_static(ACCEPTED))),
            (
                ACCEPT_ENCODING,
                Some(HeaderValue::from_static(content_encoding::ACCEPTED)),
            ),
        ];
        // What is set overrules what is forwarded, which overrules what we would say.
        for (name, value) in rules.set() {
            fallbacks.retain(|(known, _)| known != name);
            append(&mut prefix, name, value);
        }
        let is_set = |name: &HeaderName| rules.set().iter().any(|(known, _)| known == name);
        let forward = rules.forward().iter().filter(|name| !is_set(name));
        let forward = forward.map(|name| {
            let known = fallbacks.iter().position(|(fallback, _)| fallback == name);
            Forwarded {
                name: name.clone(),
                fallback: known.and_then(|known| fallbacks.swap_remove(known).1),
            }
        });
        let forward = forward.collect();
        for (name, value) in fallbacks {
            if let Some(value) = value {
                append(&mut prefix, &name, &value);
            }
        }
        Self { prefix, forward }
    }

    /// The head of a request with `body`, for a client's headers. A small body is part of it; what is left of the body
    /// comes second.
    pub(crate) fn render(&self, client: &HeaderMap, body: Bytes) -> (Bytes, Bytes) {
        let is_small = body.len() <= SMALL_BODY;
        let more = if is_small { body.len() } else { 0 };
        let mut head = Vec::with_capacity(self.prefix.len() + ROOM + more);
        head.extend_from_slice(&self.prefix);
        for forwarded in &self.forward {
            let mut values = client.get_all(&forwarded.name).iter().peekable();
            if let (None, Some(fallback)) = (values.peek(), &forwarded.fallback) {
                append(&mut head, &forwarded.name, fallback);
            }
            for value in values {
                append(&mut head, &forwarded.name, value);
            }
        }
        append_length(&mut head, body.len());
        if is_small {
            head.extend_from_slice(&body);
            return (head.into(), Bytes::new());
        }
        (head.into(), body)
    }
}

/// A header value has no line breaks, by its type.
fn append(head: &mut Vec<u8>, name: &HeaderName, value: &HeaderValue) {
    head.extend_from_slice(name.as_str().as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value.as_bytes());
    head.extend_from_slice(b"\r\n");
}

fn append_length(head: &mut Vec<u8>, length: usize) {
    head.extend_from_slice(b"content-length: ");
    let mut digits = [0; 20];
    let mut position = digits.len();
    let mut rest = length;
    loop {
        position -= 1;
        digits[position] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    head.extend_from_slice(&digits[position..]);
    head.extend_from_slice(b"\r\n\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::configuration::HeaderOptions;

    fn rendered(options: &HeaderOptions, client: &[(&'static str, &str)], body: &str) -> String {
        let target = Target {
            path: "/graphql".to_owned(),
            host: "a.example:4001".to_owned(),
        };
        let head = RequestHead::new(&target, &HeaderRules::new(options, None));
        let mut headers = HeaderMap::new();
        for (name, value) in client {
            headers.append(*name, value.parse().unwrap());
        }
        let (head, rest) = head.render(&headers, Bytes::copy_from_slice(body.as_bytes()));
        String::from_utf8([head, rest].concat()).unwrap()
    }

    #[test]
    fn a_head_says_what_is_asked_of_whom_and_how_long_the_body_is() {
        let text = rendered(&HeaderOptions::default(), &[("cookie", "secret")], "{}");
        let (first, rest) = text.split_once("\r\n").unwrap();
        assert_eq!(first, "POST /graphql HTTP/1.1");
        let mut lines: Vec<&str> = rest.split("\r\n").collect();
        assert_eq!(lines.pop(), Some("{}"));
        assert_eq!(lines.pop(), Some(""));
        lines.sort_unstable();
        let user_agent = format!("user-agent: {USER_AGENT_VALUE}");
        assert_eq!(
            lines,
            [
                "accept-encoding: gzip, br, zstd",
                "accept: application/graphql-response+json, application/json;q=0.9",
                "content-length: 2",
                "content-type: application/json",
                "host: a.example:4001",
                &user_agent,
            ]
        );
    }

    #[test]
    fn headers_travel_as_the_rules_say() {
        let options = HeaderOptions {
            forward: ["x-trace", "user-agent", "x-from"]
                .map(str::to_owned)
                .to_vec(),
            set: [("X-From".to_owned(), "gateway".to_owned())]
                .into_iter()
                .collect(),
        };
        let text = rendered(
            &options,
            &[("x-trace", "1"), ("x-trace", "2"), ("x-from", "client")],
            "",
        );
        assert!(text.contains("x-trace: 1\r\nx-trace: 2\r\n"), "{text}");
        assert!(
            text.contains("x-from: gateway\r\n") && !text.contains("client"),
            "{text}"
        );
        assert!(text.contains(USER_AGENT_VALUE), "{text}");
        let text = rendered(&options, &[("user-agent", "browser")], "");
        assert!(text.contains("user-agent: browser\r\n") && !text.contains(USER_AGENT_VALUE));
    }

    #[test]
    fn the_length_of_any_body_is_written() {
        for length in [0, 9, 10, 12_345, SMALL_BODY, SMALL_BODY + 1] {
            let text = rendered(&HeaderOptions::default(), &[], &"x".repeat(length));
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(
                head.ends_with(&format!("content-length: {length}")),
                "{head}"
            );
            assert_eq!(body.len(), length);
        }
    }
}
