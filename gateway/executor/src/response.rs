//! What execution gives back.

use bytes::Bytes;

/// A client's response, with the facts that decide its status and metrics.
#[derive(Debug, Clone)]
pub struct Response {
    /// `{"data":…}`, with `errors` and `extensions` where there are any.
    pub body: Bytes,
    /// Whether `data` is null.
    pub data_is_null: bool,
    /// How many errors the body lists.
    pub errors: usize,
    /// How many requests were sent to subgraphs.
    pub subgraph_requests: usize,
}
