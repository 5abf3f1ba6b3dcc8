//! Subgraphs that answer from a table: each request is matched by subgraph and by a piece of its body.

use bytes::Bytes;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, Patience,
    Response, SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables, execute,
};
use weft_query_plan::{Operation, QueryPlan};
use weft_supergraph::Supergraph;

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

/// A case: a graph, an operation, its plan.
pub(crate) struct Case {
    pub(crate) supergraph: Arc<Supergraph>,
    pub(crate) operation: Operation,
    pub(crate) plan: QueryPlan,
    pub(crate) variables: Option<&'static str>,
    pub(crate) options: ExecutionOptions,
    pub(crate) compile: CompileOptions,
}

impl Case {
    /// With default options and without variables.
    pub(crate) fn new(supergraph: &Arc<Supergraph>, operation: &str, plan: QueryPlan) -> Self {
        Self {
            supergraph: Arc::clone(supergraph),
            operation: Operation::parse(supergraph, operation, None).unwrap(),
            plan,
            variables: None,
            options: ExecutionOptions::default(),
            compile: CompileOptions::default(),
        }
    }

    /// Runs it.
    pub(crate) fn run(&self, stub: &Stub) -> Response {
        let variables = self
            .variables
            .map(|text| Bytes::from_static(text.as_bytes()));
        let variables =
            coerce_variables(&self.supergraph, &self.operation, variables.as_ref()).unwrap();
        let plan = CompiledPlan::new(
            &self.supergraph,
            &self.operation,
            self.plan.clone(),
            &self.compile,
        );
        let request = ExecutionRequest::new(&variables);
        futures::executor::block_on(execute(&plan, request, stub, &self.options))
    }

    /// Runs it and compares the data, keys in order, and the errors as `code path` lines.
    pub(crate) fn check(&self, stub: &Stub, data: &str, errors: &[&str]) {
        let response = self.run(stub);
        let body = response.body.to_bytes();
        let text = std::str::from_utf8(&body).unwrap();
        let parsed: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let found = serde_json::to_string(&parsed["data"]).unwrap();
        let expected: Value = serde_json::from_str(data).unwrap();
        assert_eq!(found, serde_json::to_string(&expected).unwrap(), "{text}");
        assert_eq!(error_lines(&parsed), errors, "{text}");
        assert_eq!(response.errors, errors.len());
        assert_eq!(response.data_is_null, parsed["data"].is_null());
    }
}

fn error_lines(response: &Value) -> Vec<String> {
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            let code = error["extensions"]["code"].as_str().unwrap_or("-");
            let path = match error["path"].as_array() {
                Some(path) => path
                    .iter()
                    .map(|step| {
                        step.as_str()
                            .map_or_else(|| step.to_string(), str::to_owned)
                    })
                    .collect::<Vec<_>>()
                    .join("."),
                None => "-".to_owned(),
            };
            format!("{code} {path}")
        })
        .collect()
}
