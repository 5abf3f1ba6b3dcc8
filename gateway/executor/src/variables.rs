//! Variables of a request: checked against the operation and the API schema, kept as the JSON that arrived.

use apollo_compiler::response::GraphQLError;
use bytes::Bytes;
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// The variables of one request, valid for its operation.
#[derive(Debug, Clone, Default)]
pub struct CoercedVariables {
    values: Vec<(apollo_compiler::Name, Bytes)>,
}

/// Checks the variables of a request: <https://spec.graphql.org/draft/#CoerceVariableValues()>.
/// `json` is the `variables` member of the request: an object, or `None` where it is absent or null.
///
/// # Errors
/// One error for each variable that is missing or has the wrong type, with `extensions.code` `BAD_USER_INPUT`.
pub fn coerce_variables(
    supergraph: &Supergraph,
    operation: &Operation,
    json: Option<&Bytes>,
) -> Result<CoercedVariables, Vec<GraphQLError>> {
    unimplemented!()
}
