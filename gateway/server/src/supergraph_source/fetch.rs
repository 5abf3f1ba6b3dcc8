//! A running service in, its schema out: `{ _service { sdl } }`.
//!
//! <https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec>

use std::time::Duration;

use serde::Deserialize;
use url::Url;
use weft_diagnostic::{Code, Diagnostic};

use crate::transport::Transport;

/// A subgraph's service does not give its schema.
pub const SUBGRAPH_UNREACHABLE: Code = Code::new("SUBGRAPH_UNREACHABLE");

const PATIENCE: Duration = Duration::from_secs(10);
const QUERY: &str = r#"{"query":"{ _service { sdl } }"}"#;

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "_service")]
    service: Service,
}

#[derive(Deserialize)]
struct Service {
    sdl: String,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
}

/// Asks the service of subgraph `name` for its schema.
///
/// # Errors
/// A diagnostic that says why there is none and what to do.
pub async fn fetch_sdl(transport: &Transport, name: &str, url: &Url) -> Result<String, Diagnostic> {
    let request = transport
        .client()
        .post(url.clone())
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(QUERY);
    let answer = request.send().await.map_err(|error| {
        unreachable(name, url, &root_cause(&error))
            .with_help("start the service, or correct its `subgraph_url`")
    })?;
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
        return Err(
            unreachable(name, url, &format!("it answers `{status}` without GraphQL"))
                .with_help("is `subgraph_url` the GraphQL endpoint of the service?"),
        );
    };
    match (answer.data, answer.errors.first()) {
        (Some(data), _) => Ok(data.service.sdl),
        (None, Some(error)) => Err(unreachable(name, url, &error.message)
            .with_help("a subgraph has to answer `{ _service { sdl } }`")),
        (None, None) => Err(unreachable(name, url, "it answers without data")
            .with_help("a subgraph has to answer `{ _service { sdl } }`")),
    }
}

fn unreachable(name: &str, url: &Url, why: &str) -> Diagnostic {
    Diagnostic::error(
        SUBGRAPH_UNREACHABLE,
        format!("subgraph `{name}` does not give its schema at {url}: {why}"),
    )
    .with_subgraph(name)
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
