//! The options under `usage`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TimeSpan;

/// Counting who uses what of the graph, for `weft check --usage`
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UsageOptions {
    /// The file to which requests are added up, by field, client and day (UTC); nothing is counted when absent. One gateway a file. Relative to this file
    pub file: Option<PathBuf>,
    /// How often it is written
    pub interval: TimeSpan,
    /// The headers that name a client; the first that a request has counts
    pub client_headers: Vec<String>,
    /// Days before that many are left out
    pub keep_days: u32,
}

impl Default for UsageOptions {
    fn default() -> Self {
        Self {
            file: None,
            interval: TimeSpan::seconds(60),
            client_headers: vec![
                "x-client-name".to_owned(),
                "apollographql-client-name".to_owned(),
            ],
            keep_days: 90,
        }
    }
}
