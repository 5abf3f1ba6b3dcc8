//! Scans the JSON body of a GraphQL-over-HTTP request: bytes in, the places of its members out, no value tree.

use bytes::Bytes;
use std::borrow::Cow;

/// The members of a request body. Members that the specification does not name are checked and left out.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        unimplemented!()
    }

    /// The document exactly as it arrived, with quotes and escapes: the key under which it is cached.
    pub fn raw_query(&self) -> Option<&Bytes> {
        self.query.as_ref()
    }

    /// The document; `None` where the member is absent or null.
    pub fn query(&self) -> Option<Cow<'_, str>> {
        unimplemented!()
    }

    /// The operation's name; `None` where the member is absent or null.
    pub fn operation_name(&self) -> Option<Cow<'_, str>> {
        unimplemented!()
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
