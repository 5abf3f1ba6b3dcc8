//! Subgraphs that answer from a table: each request is matched by subgraph and by a piece of its body.

use bytes::Bytes;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use weft_executor::{FetchError, Patience, SubgraphClient, SubgraphRequest, SubgraphResponse};

/// What a stub does.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Response(SubgraphResponse),
    Failure(FetchError),
    /// A body that takes that many turns of the others to arrive.
    Slow(usize, &'static str),
    /// It never answers.
    Silence,
}

impl Answer {
    /// A response with status 200.
    pub(crate) fn json(body: &str) -> Self {
        Self::with_status(200, body.as_bytes())
    }

    /// A response with that status.
    pub(crate) fn with_status(status: u16, body: &[u8]) -> Self {
        Self::Response(SubgraphResponse {
            status,
            content_type: Some("application/json".to_owned()),
            body: Bytes::copy_from_slice(body),
        })
    }
}

/// All subgraphs of a test.
#[derive(Default)]
pub(crate) struct Stub {
    answers: HashMap<String, Vec<(String, Answer)>>,
    /// How many turns of the others a request waits for the rest of what it would ask.
    pub(crate) patience: usize,
    /// Subgraph and body of each request, in order.
    pub(crate) requests: Mutex<Vec<(String, String)>>,
}

impl Stub {
    /// `subgraph` answers this.
    pub(crate) fn on(self, subgraph: &str, body: &str) -> Self {
        self.answer(subgraph, "", Answer::json(body))
    }

    /// `subgraph` answers this to bodies that contain `needle`; the first that fits counts.
    pub(crate) fn answer(mut self, subgraph: &str, needle: &str, answer: Answer) -> Self {
        let answers = self.answers.entry(subgraph.to_owned()).or_default();
        answers.push((needle.to_owned(), answer));
        self
    }

    /// The bodies that a subgraph was sent.
    pub(crate) fn bodies(&self, subgraph: &str) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let of_subgraph = requests.iter().filter(|(name, _)| name == subgraph);
        of_subgraph.map(|(_, body)| body.clone()).collect()
    }

    /// The `variables` of the only request to a subgraph.
    pub(crate) fn variables(&self, subgraph: &str) -> Value {
        let bodies = self.bodies(subgraph);
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        let body: Value = serde_json::from_str(&bodies[0]).unwrap();
        body["variables"].clone()
    }
}

impl SubgraphClient for Stub {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let _: Value = serde_json::from_str(&body).unwrap();
        let name = request.subgraph_name;
        self.requests
            .lock()
            .unwrap()
            .push((name.to_owned(), body.clone()));
        let answers = self
            .answers
            .get(name)
            .unwrap_or_else(|| panic!("{name} was asked: {body}"));
        let fitting = answers.iter().find(|(needle, _)| body.contains(needle));
        match fitting
            .unwrap_or_else(|| panic!("{name} cannot answer {body}"))
            .1
            .clone()
        {
            Answer::Response(response) => Ok(response),
            Answer::Failure(error) => Err(error),
            Answer::Slow(turns, body) => {
                turn(turns).await;
                Ok(SubgraphResponse {
                    status: 200,
                    content_type: None,
                    body: Bytes::from_static(body.as_bytes()),
                })
            }
            Answer::Silence => std::future::pending().await,
        }
    }

    async fn wait(&self, patience: Patience) {
        let longer = match patience {
            Patience::Short => 1,
            Patience::Long => 100,
        };
        turn(self.patience * longer).await;
    }
}

/// Lets others go first, that many times.
async fn turn(mut turns: usize) {
    std::future::poll_fn(|context| match turns.checked_sub(1) {
        Some(left) => {
            turns = left;
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }
        None => std::task::Poll::Ready(()),
    })
    .await;
}
