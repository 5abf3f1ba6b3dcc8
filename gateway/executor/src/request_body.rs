//! Scans the JSON body of a GraphQL-over-HTTP request: bytes in, the places of its members out, no value tree.
//!
//! ```
//! use weft_executor::request_body::RequestBody;
//!
//! let body = bytes::Bytes::from_static(br#"{"query":"query($id: ID!) { a(id: $id) }","variables":{"id":1}}"#);
//! let request = RequestBody::scan(&body)?;
//! assert_eq!(request.query().as_deref(), Some("query($id: ID!) { a(id: $id) }"));
//! assert_eq!(request.variables().map(AsRef::as_ref), Some(&br#"{"id":1}"#[..]));
//! # Ok::<(), weft_executor::request_body::RequestBodyError>(())
//! ```

use crate::json::{Cursor, Kind, Malformed};
use bytes::Bytes;
use std::borrow::Cow;
use std::ops::Range;

/// How deep variables and extensions may be nested.
const DEPTH: usize = 128;

/// The members of a request body. Members that the specification does not name are checked and left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestBody {
    query: Option<Bytes>,
    operation_name: Option<Bytes>,
    variables: Option<Bytes>,
    extensions: Option<Bytes>,
}

/// Why a body is not a GraphQL request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at byte {position}")]
pub struct RequestBodyError {
    /// What is wrong and what to do.
    pub message: String,
    /// Where in the body, counted in bytes from 0.
    pub position: usize,
}

impl RequestBody {
    /// Scans a body.
    ///
    /// # Errors
    /// [`RequestBodyError`] when it is not JSON in UTF-8, no object, nested too deeply, or when a member has the wrong type.
    pub fn scan(body: &Bytes) -> Result<Self, RequestBodyError> {
        if let Err(error) = simdutf8::compat::from_utf8(body) {
            return Err(refuse("the body is not UTF-8", error.valid_up_to()));
        }
        let mut cursor = Cursor::new(body, DEPTH);
        match cursor.peek()? {
            Kind::Object => {}
            Kind::List => {
                let message =
                    "batches of operations are not supported: send one request for each operation";
                return Err(refuse(message, cursor.position()));
            }
            _ => return Err(refuse("the body must be a JSON object", cursor.position())),
        }
        let mut request = Self::default();
        cursor.open(b'{')?;
        let mut more = !cursor.is_empty(b'}');
        while more {
            let key = cursor.key()?;
            request.member(&mut cursor, &key, body)?;
            more = cursor.another(b'}')?;
        }
        cursor.finish()?;
        Ok(request)
    }

    fn member(
        &mut self,
        cursor: &mut Cursor<'_>,
        key: &Range<usize>,
        body: &Bytes,
    ) -> Result<(), RequestBodyError> {
        let kind = cursor.peek()?;
        let value = cursor.skip_value()?;
        let (place, expected, wanted) = match cursor.slice(key) {
            b"\"query\"" => (&mut self.query, Kind::String, "`query` must be a string"),
            b"\"operationName\"" => {
                let message = "`operationName` must be a string or null";
                (&mut self.operation_name, Kind::String, message)
            }
            b"\"variables\"" => {
                let message = "`variables` must be an object or null";
                (&mut self.variables, Kind::Object, message)
            }
            b"\"extensions\"" => {
                let message = "`extensions` must be an object or null";
                (&mut self.extensions, Kind::Object, message)
            }
            _ => return Ok(()),
        };
        if kind != Kind::Null && kind != expected {
            return Err(refuse(wanted, value.start));
        }
        let text = cursor.slice(&value);
        if kind == Kind::String && unescape(text).is_none() {
            return Err(refuse("half of a surrogate pair in a string", value.start));
        }
        *place = (kind != Kind::Null).then(|| body.slice(value));
        Ok(())
    }

    /// The document exactly as it arrived, with quotes and escapes: the key under which it is cached.
    pub fn raw_query(&self) -> Option<&Bytes> {
        self.query.as_ref()
    }

    /// The document; `None` where the member is absent or null.
    pub fn query(&self) -> Option<Cow<'_, str>> {
        unescape(self.query.as_ref()?)
    }

    /// The operation's name; `None` where the member is absent or null.
    pub fn operation_name(&self) -> Option<Cow<'_, str>> {
        unescape(self.operation_name.as_ref()?)
    }

    /// The JSON object of the variables; `None` where the member is absent or null.
    pub fn variables(&self) -> Option<&Bytes> {
        self.variables.as_ref()
    }

    /// The JSON object of the extensions; `None` where the member is absent or null.
    pub fn extensions(&self) -> Option<&Bytes> {
        self.extensions.as_ref()
    }
}

impl From<Malformed> for RequestBodyError {
    fn from(malformed: Malformed) -> Self {
        refuse(
            &format!("the body is not valid JSON: {}", malformed.problem),
            malformed.at,
        )
    }
}

fn refuse(message: &str, position: usize) -> RequestBodyError {
    RequestBodyError {
        message: message.to_owned(),
        position,
    }
}

/// The text of a JSON string; borrowed where it has no escapes.
fn unescape(quoted: &[u8]) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'\\', quoted).is_none() {
        let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(quoted)
        .ok()
        .map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::RequestBody;
    use bytes::Bytes;

    fn scan(text: &str) -> RequestBody {
        RequestBody::scan(&Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    fn check_refused(text: &[u8], message: &str, position: usize) {
        let error = RequestBody::scan(&Bytes::copy_from_slice(text)).unwrap_err();
        assert!(error.message.contains(message), "{error}");
        assert_eq!(error.position, position, "{error}");
    }

    #[test]
    fn members_are_slices_and_escapes_are_undone() {
        let request = scan(
            r#" { "query" : "{\n  a(b: \"\u00e9\") }" , "operationName":null,"variables":{"x":[1, 2]},"other":{"query":1} } "#,
        );
        assert_eq!(request.query().as_deref(), Some("{\n  a(b: \"é\") }"));
        assert_eq!(request.raw_query().unwrap(), r#""{\n  a(b: \"\u00e9\") }""#);
        assert_eq!(request.operation_name(), None);
        assert_eq!(request.variables().unwrap(), r#"{"x":[1, 2]}"#);
        assert_eq!(request.extensions(), None);
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_place() {
        check_refused(b"", "ends early", 0);
        check_refused(b"[]", "batches", 0);
        check_refused(b"3", "must be a JSON object", 0);
        check_refused(br#"{"query":3}"#, "`query` must be a string", 9);
        check_refused(br#"{"variables":[]}"#, "`variables` must be an object", 13);
        check_refused(br#"{"query":"\ud800"}"#, "surrogate", 9);
        check_refused(br#"{"query":"{a}"} x"#, "text after the end", 16);
        check_refused(b"{\"query\":\"\xff\"}", "UTF-8", 10);
    }
}
