//! The options under `traffic`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_diagnostic::Diagnostic;
use weft_executor::Limits;

use super::{ByteSize, EntityReuse, HttpClient, TimeSpan, document};

/// How subgraphs are called
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrafficOptions {
    /// A call that takes longer fails
    pub timeout: TimeSpan,
    /// How long establishing a connection may take
    pub connect_timeout: TimeSpan,
    /// How long a connection is kept that has nothing to do
    pub idle_timeout: TimeSpan,
    /// A larger answer of a subgraph counts as a failure
    pub response_limit: ByteSize,
    /// An answer of a subgraph whose objects and lists are nested deeper counts as a failure; at most 1000
    pub response_depth_limit: usize,
    /// How many entities one call to a subgraph may ask for; more are split into several calls
    pub entities_per_call: usize,
    /// How many entities one request may ask subgraphs for in all; the calls that would ask for more fail
    pub entities_per_request: usize,
    /// How many errors one answer lists; what further ones cost is null without a word
    pub errors_per_answer: usize,
    /// Who calls subgraphs at `http:` addresses. `lean`: a client of the gateway's own for HTTP/1.1, which costs less. `full`: the library that `https:` addresses are called by
    pub http_client: HttpClient,
    /// Files of certificates (PEM) whose owners may sign for subgraphs at `https:` addresses, besides those that the system trusts. Relative to this file
    pub certificate_authorities: Vec<PathBuf>,
    /// From where the fields of an entity are reused within one request. `off`: every call is made. `entity_calls`: what an earlier call for entities brought is not asked of the same subgraph again. `root_fields`: also what came below a field of `Query`; this relies on each field of an entity having one value within a request, however the entity is reached. Never from mutations, from `@provides`, or where an error was
    pub entity_reuse: EntityReuse,
    /// Calls for entities that go to one subgraph in one step are one request. How long those that are ready wait at most for those whose inputs are late before they leave on their own, and never longer than the request has taken so far; `0ms` waits for nothing. Calls whose answers nothing else waits for leave when a quarter of `server.request_timeout` is over
    pub entity_call_wait: TimeSpan,
    /// Whether queries to a subgraph that are the same byte for byte, with the same headers but for `x-request-id`, share one call while it is under way. One that begins while another's call runs gets an answer that was asked for a little before
    pub share_identical_calls: bool,
}

impl Default for TrafficOptions {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            timeout: TimeSpan::seconds(30),
            connect_timeout: TimeSpan::seconds(5),
            idle_timeout: TimeSpan::seconds(60),
            http_client: HttpClient::default(),
            certificate_authorities: Vec::new(),
            response_limit: ByteSize::mebibytes(64),
            response_depth_limit: limits.body_depth,
            entities_per_call: limits.representations_per_request,
            entities_per_request: limits.representations,
            errors_per_answer: limits.errors,
            entity_reuse: EntityReuse::default(),
            entity_call_wait: TimeSpan::milliseconds(2),
            share_identical_calls: false,
        }
    }
}

/// What is passed over in an answer takes some stack for each level.
const DEEPEST_LIMIT: usize = 1_000;

impl TrafficOptions {
    /// Refuses limits that leave nothing, or more than the gateway's stack can take.
    pub(super) fn check(&self) -> Result<(), Box<Diagnostic>> {
        for (key, limit) in [
            ("response_limit", self.response_limit.0),
            ("response_depth_limit", self.response_depth_limit),
            ("entities_per_call", self.entities_per_call),
            ("entities_per_request", self.entities_per_request),
            ("errors_per_answer", self.errors_per_answer),
        ] {
            if limit == 0 {
                let message = format!("`traffic.{key}` is 0, which leaves nothing");
                return Err(Box::new(document::invalid(message, None).with_help(
                    "write a number of at least 1, or leave the key out for the default",
                )));
            }
        }
        if self.response_depth_limit > DEEPEST_LIMIT {
            let message = format!("`traffic.response_depth_limit` is larger than {DEEPEST_LIMIT}");
            return Err(Box::new(document::invalid(message, None).with_help(
                "write a smaller number: deeper answers could exhaust the gateway's stack",
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::tests::check;
    use super::*;

    #[test]
    fn the_reuse_of_entities_has_three_names_and_no_other() {
        for (name, expected) in [
            ("off", EntityReuse::Off),
            ("entity_calls", EntityReuse::EntityCalls),
            ("root_fields", EntityReuse::RootFields),
        ] {
            let text = format!("supergraph: a\ntraffic: {{entity_reuse: {name}}}\n");
            assert_eq!(check(&text).unwrap().traffic.entity_reuse, expected);
        }
        assert!(check("supergraph: a\ntraffic: {entity_reuse: all}\n").is_err());
        assert_eq!(
            check("supergraph: a\n").unwrap().traffic.entity_reuse,
            EntityReuse::EntityCalls
        );
    }

    #[test]
    fn a_limit_is_a_whole_number_of_at_least_one() {
        for key in [
            "response_limit",
            "response_depth_limit",
            "entities_per_call",
            "entities_per_request",
            "errors_per_answer",
        ] {
            let with =
                |value: &str| check(&format!("supergraph: a\ntraffic: {{{key}: {value}}}\n"));
            assert!(with("7").is_ok(), "{key}");
            for value in ["-1", "1.5", "many"] {
                assert!(with(value).is_err(), "{key}: {value}");
            }
            let message = with("0").unwrap_err().message;
            assert!(
                message.starts_with(&format!("`traffic.{key}` is 0")),
                "{message}"
            );
        }
        let deep = |limit: u32| {
            check(&format!(
                "supergraph: a\ntraffic: {{response_depth_limit: {limit}}}\n"
            ))
        };
        assert!(deep(1_000).is_ok());
        let message = deep(1_001).unwrap_err().message;
        assert!(message.contains("larger than 1000"), "{message}");
    }
}
