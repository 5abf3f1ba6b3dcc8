//! The messages of `graphql-transport-ws`, read and written.
//!
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md>

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The name under which client and server agree on the protocol.
pub(crate) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// A message, by its `type`; payloads are kept as the text that arrived.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    /// Which message it is.
    #[serde(rename = "type", borrow)]
    pub(crate) kind: std::borrow::Cow<'a, str>,
    /// Which operation it belongs to.
    #[serde(borrow, default)]
    pub(crate) id: Option<std::borrow::Cow<'a, str>>,
    /// What it carries.
    #[serde(borrow, default)]
    pub(crate) payload: Option<&'a RawValue>,
}

/// Why a socket is closed: a code of the protocol and its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Close(pub(crate) u16, pub(crate) &'static str);

impl Close {
    pub(crate) const GOING_AWAY: Self = Self(1001, "Going away");
    pub(crate) const INVALID_MESSAGE: Self = Self(4400, "Invalid message");
    pub(crate) const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    pub(crate) const TOKEN_ENDED: Self = Self(4401, "Unauthorized: the token has ended");
    pub(crate) const SUBPROTOCOL_NOT_ACCEPTABLE: Self = Self(4406, "Subprotocol not acceptable");
    pub(crate) const INITIALISATION_TIMEOUT: Self = Self(4408, "Connection initialisation timeout");
    pub(crate) const TOO_MANY_INITIALISATIONS: Self =
        Self(4429, "Too many initialisation requests");
    pub(crate) const TOO_MANY_OPERATIONS: Self = Self(4430, "Too many operations");
}

/// A message with an id and a payload that is JSON already.
pub(crate) fn with_payload(kind: &str, id: &str, payload: &str) -> String {
    let mut text = String::with_capacity(payload.len() + id.len() + 48);
    text.push_str("{\"id\":");
    text.push_str(&quoted(id));
    text.push_str(",\"type\":\"");
    text.push_str(kind);
    text.push_str("\",\"payload\":");
    text.push_str(payload);
    text.push('}');
    text
}

/// `complete` for an operation.
pub(crate) fn complete(id: &str) -> String {
    format!("{{\"id\":{},\"type\":\"complete\"}}", quoted(id))
}

/// A message without id, and with a payload where there is one.
pub(crate) fn bare(kind: &str, payload: Option<&RawValue>) -> String {
    #[derive(Serialize)]
    struct Bare<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a RawValue>,
    }
    serde_json::to_string(&Bare { kind, payload }).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn ids_are_quoted_and_payloads_kept_as_they_are() {
        assert_eq!(
            with_payload("next", "a\"b", r#"{"data":1.10}"#),
            r#"{"id":"a\"b","type":"next","payload":{"data":1.10}}"#
        );
        assert_eq!(complete("1"), r#"{"id":"1","type":"complete"}"#);
        assert_eq!(bare("pong", None), r#"{"type":"pong"}"#);
    }

    #[test]
    fn messages_are_read_with_their_payload_as_text() {
        let message: Message<'_> =
            serde_json::from_str(r#"{"type":"subscribe","id":"1","payload":{"query":"{a}"}}"#)
                .unwrap();
        assert_eq!(message.kind, "subscribe");
        assert_eq!(message.payload.unwrap().get(), r#"{"query":"{a}"}"#);
    }
}
