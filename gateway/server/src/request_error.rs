//! Why a request is refused before it runs: the one type for it, with its status, its code and its GraphQL errors.
//!
//! <https://spec.graphql.org/draft/#sec-Errors.Request-Errors>

use apollo_compiler::response::{GraphQLError, JsonValue};
use http::StatusCode;

/// A request that is refused as a whole: its answer has no `data`.
#[derive(Debug, Clone)]
pub(crate) struct RequestError {
    /// The status under `application/graphql-response+json`.
    pub(crate) status: StatusCode,
    /// Whether the request was no GraphQL request at all, so that `application/json` gets the status too.
    pub(crate) malformed: bool,
    /// At least one.
    pub(crate) errors: Vec<GraphQLError>,
}

/// The values of `extensions.code`.
pub(crate) mod code {
    /// The HTTP request carries no well-formed GraphQL request.
    pub(crate) const BAD_REQUEST: &str = "BAD_REQUEST";
    /// A browser may have sent it for a foreign page.
    pub(crate) const CSRF_PREVENTED: &str = "CSRF_PREVENTED";
    /// The document does not parse.
    pub(crate) const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
    /// The document is not valid for the schema.
    pub(crate) const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
    /// `operationName` does not pick one operation.
    pub(crate) const OPERATION_RESOLUTION_FAILURE: &str = "OPERATION_RESOLUTION_FAILURE";
    /// A variable's value does not fit its type.
    pub(crate) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// Introspection is switched off.
    pub(crate) const INTROSPECTION_DISABLED: &str = "INTROSPECTION_DISABLED";
    /// The subgraphs cannot answer the operation together.
    pub(crate) const PLANNING_FAILED: &str = "QUERY_PLANNING_FAILED";
    /// Planning took too long.
    pub(crate) const PLANNING_TIMEOUT: &str = "QUERY_PLANNING_TIMEOUT";
    /// A mutation came by GET, or a subscription by HTTP.
    pub(crate) const METHOD_NOT_ALLOWED: &str = "METHOD_NOT_ALLOWED";
    /// The request took too long.
    pub(crate) const REQUEST_TIMEOUT: &str = "REQUEST_TIMEOUT";
    /// The source of a subscription went away.
    pub(crate) const SUBSCRIPTION_FAILED: &str = "SUBSCRIPTION_FAILED";
    /// No supergraph is loaded yet.
    pub(crate) const NOT_READY: &str = "GATEWAY_NOT_READY";
    /// A defect of ours.
    pub(crate) const INTERNAL: &str = "INTERNAL_SERVER_ERROR";
}

impl RequestError {
    /// A well-formed GraphQL request that is refused with one message.
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let error = GraphQLError {
            message: message.into(),
            locations: Vec::new(),
            path: Vec::new(),
            extensions: Default::default(),
        };
        Self::with_errors(status, code, vec![error])
    }

    /// A well-formed GraphQL request that is refused with several errors under one code.
    pub(crate) fn with_errors(status: StatusCode, code: &str, errors: Vec<GraphQLError>) -> Self {
        let errors = errors
            .into_iter()
            .map(|mut error| {
                error.extensions.insert("code", JsonValue::from(code));
                error
            })
            .collect();
        Self {
            status,
            malformed: false,
            errors,
        }
    }

    /// An HTTP request that carries no well-formed GraphQL request.
    pub(crate) fn malformed(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            malformed: true,
            ..Self::new(status, code::BAD_REQUEST, message)
        }
    }

    /// The response body: `{"errors": […]}`.
    pub(crate) fn body(&self) -> Vec<u8> {
        let errors = serde_json::to_vec(&self.errors).unwrap_or_else(|_| b"[]".to_vec());
        [b"{\"errors\":", errors.as_slice(), b"}"].concat()
    }
}
