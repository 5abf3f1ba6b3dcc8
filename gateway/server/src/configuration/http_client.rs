//! The option `traffic.http_client`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who calls subgraphs at `http:` addresses
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HttpClient {
    /// The gateway's own client
    #[default]
    Lean,
    /// The library
    Full,
}
