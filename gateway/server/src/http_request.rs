//! The parts of an HTTP request in, a GraphQL request out, or why it is none.
//!
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Request>

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use url::form_urlencoded;
use weft_executor::request_body::RequestBody;

use crate::request_error::RequestError;

/// A well-formed GraphQL request. Document and variables are the JSON that arrived: slices of the body.
#[derive(Debug)]
pub(crate) struct GraphqlRequest {
    /// The document as a JSON string with its quotes and escapes: the key under which it is cached.
    pub(crate) raw_query: Bytes,
    /// Which of its operations to run.
    pub(crate) operation_name: Option<String>,
    /// The JSON object of its variables, not yet coerced.
    pub(crate) variables: Option<Bytes>,
}

impl GraphqlRequest {
    /// The text of the document.
    ///
    /// # Errors
    /// Status 400 when its escapes are no text.
    pub(crate) fn document(&self) -> Result<String, RequestError> {
        serde_json::from_slice(&self.raw_query).map_err(|_| bad("`query` must be a string"))
    }
}

/// Reads the parameters of a GET.
///
/// # Errors
/// Status 400 when they are not a GraphQL request.
pub(crate) fn from_get(query_string: &str) -> Result<GraphqlRequest, RequestError> {
    let mut query = None;
    let mut operation_name = None;
    let mut variables = None;
    let mut extensions = None;
    for (key, value) in form_urlencoded::parse(query_string.as_bytes()) {
        let parameter = match key.as_ref() {
            "query" => &mut query,
            "operationName" => &mut operation_name,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if parameter.replace(value).is_some() {
            return Err(bad(format!("the parameter `{key}` is given twice")));
        }
    }
    let query = query.ok_or_else(|| bad(MISSING_QUERY))?;
    parameter_object("extensions", extensions.as_deref())?;
    Ok(GraphqlRequest {
        raw_query: Bytes::from(serde_json::Value::from(query.as_ref()).to_string()),
        operation_name: operation_name
            .filter(|name| !name.is_empty())
            .map(|name| name.into_owned()),
        variables: parameter_object("variables", variables.as_deref())?,
    })
}

/// Reads a request in its JSON form, as it comes in POST bodies and WebSocket messages.
///
/// # Errors
/// Status 400 when the bytes are not a GraphQL request.
pub(crate) fn from_json(body: &Bytes) -> Result<GraphqlRequest, RequestError> {
    let scanned = RequestBody::scan(body).map_err(|error| bad(error.to_string()))?;
    Ok(GraphqlRequest {
        raw_query: scanned
            .raw_query()
            .cloned()
            .ok_or_else(|| bad(MISSING_QUERY))?,
        operation_name: scanned.operation_name().map(|name| name.into_owned()),
        variables: scanned.variables().cloned(),
    })
}

const MISSING_QUERY: &str = "`query` is missing: send the GraphQL document in it";

fn parameter_object(name: &str, text: Option<&str>) -> Result<Option<Bytes>, RequestError> {
    let Some(text) = text.filter(|text| !text.is_empty() && *text != "null") else {
        return Ok(None);
    };
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
        .map(|_| Some(Bytes::copy_from_slice(text.as_bytes())))
        .map_err(|error| {
            bad(format!(
                "the parameter `{name}` is not a JSON object: {error}"
            ))
        })
}

/// Checks that a POST says that its body is JSON.
///
/// # Errors
/// Status 415 for anything but JSON in UTF-8.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), RequestError> {
    let refuse = |message: &str| {
        Err(RequestError::malformed(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            message,
        ))
    };
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return refuse("the header `content-type` is missing: send `application/json`");
    };
    if value == "application/json" {
        return Ok(());
    }
    let parsed: Option<mime::Mime> = value.to_str().ok().and_then(|text| text.parse().ok());
    match parsed {
        Some(mime) if mime.essence_str() != "application/json" => {
            refuse("the content type is not supported: send `application/json`")
        }
        Some(mime) if mime.get_param("charset").is_some_and(|it| it != "utf-8") => {
            refuse("the charset is not supported: send UTF-8")
        }
        Some(_) => Ok(()),
        None => refuse("the content type cannot be read: send `application/json`"),
    }
}

fn bad(message: impl Into<String>) -> RequestError {
    RequestError::malformed(StatusCode::BAD_REQUEST, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn read(body: &str) -> Result<GraphqlRequest, RequestError> {
        from_json(&Bytes::copy_from_slice(body.as_bytes()))
    }

    fn check_refused(body: &str, message: &str) {
        let error = read(body).unwrap_err();
        assert!(
            error.errors[0].message.starts_with(message),
            "{body}: {}",
            error.errors[0].message
        );
        assert_eq!(error.status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn document_and_variables_are_kept_as_they_arrived() {
        let request =
            read(r#"{"query":"{\n me }","variables":{"a": 1.0},"operationName":"A","x":1}"#);
        let request = request.unwrap();
        assert_eq!(&request.raw_query[..], br#""{\n me }""#);
        assert_eq!(request.document().unwrap(), "{\n me }");
        assert_eq!(request.variables.as_deref(), Some(&br#"{"a": 1.0}"#[..]));
        assert_eq!(request.operation_name.as_deref(), Some("A"));
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let request =
            read(r#"{"query":"{ me }","variables":null,"operationName":null,"extensions":null}"#);
        assert_eq!(request.unwrap().variables, None);
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_reason() {
        check_refused(r#"{"query":1}"#, "`query` must be a string");
        check_refused(
            r#"{"query":"{a}","operationName":[]}"#,
            "`operationName` must",
        );
        check_refused(
            r#"{"query":"{a}","variables":"x"}"#,
            "`variables` must be an object",
        );
        check_refused(
            r#"{"query":"{a}","extensions":[]}"#,
            "`extensions` must be an object",
        );
        check_refused("{}", "`query` is missing");
        check_refused(r#"{"query":null}"#, "`query` is missing");
        check_refused("", "the body is not valid JSON");
        check_refused("[{}]", "batches of operations are not supported");
        check_refused("7", "the body must be a JSON object");
    }

    #[test]
    fn parameters_of_a_get_are_decoded() {
        let request =
            from_get("query=%7B+me+%7D&variables=%7B%22a%22%3A1%7D&operationName=").unwrap();
        assert_eq!(request.document().unwrap(), "{ me }");
        assert_eq!(request.variables.as_deref(), Some(&br#"{"a":1}"#[..]));
        assert_eq!(request.operation_name, None);
        let error = from_get("query=a&variables=%7B").unwrap_err();
        assert!(
            error.errors[0]
                .message
                .starts_with("the parameter `variables`")
        );
        assert!(from_get("variables=%7B%7D").is_err());
        assert!(from_get("query=a&query=b").is_err());
    }

    #[test]
    fn content_types_other_than_json_in_utf_8_are_refused() {
        for (value, ok) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/graphql", false),
            ("nonsense", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(require_json(&headers).is_ok(), ok, "{value}");
        }
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
