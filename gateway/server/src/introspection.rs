//! The fields `__schema` and `__type` of a query: answered from the API schema, as JSON that the executor writes out.

use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::request::{RequestError as CompilerError, coerce_variable_values};
use apollo_compiler::response::JsonMap;
use bytes::Bytes;
use http::StatusCode;
use weft_executor::PrerenderedField;
use weft_query_plan::Operation;

use crate::graph::Graph;
use crate::request_error::{RequestError, code};

/// The response keys of an operation's introspection fields, in their order, each once.
pub(crate) fn response_keys(operation: &Operation) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for field in operation.operation().root_fields(operation.document()) {
        if matches!(field.name.as_str(), "__schema" | "__type") {
            let key = field.response_key().as_str();
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
    }
    keys
}

/// Answers the introspection fields with those response keys.
///
/// # Errors
/// A request error where the selection is too deep or the variables do not fit.
pub(crate) fn answer(
    graph: &Graph,
    operation: &Operation,
    keys: &[String],
    variables: Option<&Bytes>,
) -> Result<Vec<PrerenderedField>, RequestError> {
    let document = operation.document();
    let schema = graph.supergraph().api_schema();
    let refuse = |error: CompilerError| {
        let error = error.to_graphql_error(&document.sources);
        RequestError::with_errors(
            StatusCode::BAD_REQUEST,
            code::VALIDATION_FAILED,
            vec![error],
        )
    };
    check_max_depth(document, operation.operation()).map_err(refuse)?;
    let values: JsonMap = variables
        .and_then(|json| serde_json::from_slice(json).ok())
        .unwrap_or_default();
    let values = coerce_variable_values(schema, operation.operation(), &values).map_err(refuse)?;
    let answer = partial_execute(
        schema,
        graph.implementers(),
        document,
        operation.operation(),
        &values,
    )
    .map_err(refuse)?;
    let data = answer.data.unwrap_or_default();
    Ok(keys
        .iter()
        .filter_map(|key| {
            let value = data.get(key.as_str())?;
            Some(PrerenderedField {
                response_key: key.clone(),
                value: Bytes::from(serde_json::to_vec(value).ok()?),
            })
        })
        .collect())
}
