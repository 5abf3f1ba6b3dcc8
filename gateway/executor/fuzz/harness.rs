//! What every fuzz target runs: any bytes as subgraph answers, as a request body, as variables. Nothing may panic,
//! and what comes out is JSON. The test command runs the same over changed samples.

use crate::graph::supergraph;
use crate::hand_plan::query;
use bytes::Bytes;
use std::sync::{Arc, OnceLock};
use weft_executor::request_body::RequestBody;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, MemoScope,
    SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables, execute,
};
use weft_query_plan::Operation;
use weft_supergraph::Supergraph;

/// Answers as a well-behaved subgraph would give them, one for each fetch of the plan below; separated by zero bytes.
pub(crate) const ANSWERS: &str = concat!(
    r#"{"data":{"users":[{"__typename":"User","id":"1","pet":{"__typename":"Cat","lives":9,"kind":"BIG"}},{"id":2,"pet":null}],"score":1.5e3}}"#,
    "\0",
    r#"{"data":{"top":[{"upc":"a","size":{"width":1}},{"upc":"b","size":null}]},"errors":[{"message":"m","path":["top",1,"size"],"extensions":{"code":"C"}}]}"#,
    "\0",
    r#"{"data":{"_e0":[{"reviews":[{"id":"r","author":{"__typename":"User","id":"1"}}]},null],"_e1":[{"reviews":[]},{"reviews":null}]},"errors":[{"message":"x","path":["_e0",1]}]}"#,
    "\0",
    r#"{"data":{"_entities":[{"name":"Ann","pet":{"__typename":"Dog","name":"\u00e9"}}]}}"#,
);

/// An answer that has exactly what was asked, in order.
pub(crate) const WHOLE: &str = r#"{"data":{"top":[{"upc":"a","size":{"width":1,"depth":null},"reviews":[{"id":"1"},null]}, {"upc":"b","size":null,"reviews":[]}]}}"#;

struct Fixture {
    supergraph: Arc<Supergraph>,
    operation: Operation,
    plans: Vec<CompiledPlan>,
    /// The same answer for clients that get it as it is, and for those that want other members first.
    orders: [(Operation, CompiledPlan); 2],
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let supergraph = supergraph(
            "
            type Query { users(filter: Filter, ids: [[ID!]]): [User!] top: [Product] score: Float! }
            type User { id: ID! name: String! pet: Pet reviews: [Review!] }
            type Product { upc: String! size: Size reviews: [Review] }
            type Review { id: ID! author: User product: Product }
            type Size { width: Int! depth: Int }
            interface Pet { name: String }
            type Cat implements Pet { name: String lives: Int! kind: Kind }
            type Dog implements Pet { name: String! }
            enum Kind { BIG SMALL @inaccessible }
            input Filter { kind: Kind deep: Filter all: [Filter!] count: Int! = 1 id: ID }
            ",
        );
        let operation = "query($filter: Filter, $ids: [[ID!]], $x: Boolean! = true) {
            score
            users(filter: $filter, ids: $ids) { id pet { __typename name ... on Cat { lives kind } } reviews @include(if: $x) { id author { name pet { name } } } }
            top { upc size { width } reviews { id } }
        }";
        let operation = Operation::parse(&supergraph, operation, None).unwrap();
        let plan = query(&supergraph)
            .root("accounts", &[], "{ users { __typename id pet { __typename ... on Cat { lives kind } } } score }")
            .root("products", &[], "{ top { __typename upc size { width } } }")
            .batch(
                "reviews",
                &[0, 1],
                &[
                    (&["users.@"], "User { id }", "{ ... on User { reviews { id author { __typename id } } } }"),
                    (&["top.@"], "Product { upc size { width } }", "{ ... on Product { reviews { id } } }"),
                ],
            )
            .entities(
                "accounts",
                &[2],
                &["users.@.reviews.@.author", "users.@"],
                "User { id }",
                "{ ... on User { name pet { __typename name } } }",
            )
            .finish();
        let plans = [MemoScope::Off, MemoScope::RootFields].map(|memo| {
            CompiledPlan::new(&supergraph, &operation, plan.clone(), &CompileOptions { memo })
        });
        let whole = query(&supergraph)
            .root("accounts", &[], "{ top { upc size { width depth } reviews { id } } }")
            .finish();
        let orders = [
            "{ top { upc size { width depth } reviews { id } } }",
            "{ top { reviews { id } size { depth width } upc } }",
        ];
        let orders = orders.map(|text| {
            let operation = Operation::parse(&supergraph, text, None).unwrap();
            let options = CompileOptions::default();
            let plan = CompiledPlan::new(&supergraph, &operation, whole.clone(), &options);
            (operation, plan)
        });
        Fixture { supergraph, operation, plans: plans.into(), orders }
    })
}

/// Each fetch is answered by its part.
struct Parts<'bytes>(Vec<&'bytes [u8]>);

impl SubgraphClient for Parts<'_> {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        assert!(is_json(&request.body), "{:?}", request.body);
        let part = self
            .0
            .get(request.fetch.index())
            .copied()
            .unwrap_or_default();
        Ok(SubgraphResponse {
            status: 200,
            content_type: None,
            body: Bytes::copy_from_slice(part),
        })
    }
}

/// By the grammar: half a surrogate pair is passed on as the subgraph wrote it.
fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(text).is_ok()
}

/// Bytes as the answers of subgraphs.
pub(crate) fn answers(bytes: &[u8]) {
    let fixture = fixture();
    let client = Parts(bytes.split(|byte| *byte == 0).collect());
    let variables = coerce_variables(&fixture.supergraph, &fixture.operation, None).unwrap();
    let options = ExecutionOptions::default();
    for plan in &fixture.plans {
        let run = execute(plan, ExecutionRequest::new(&variables), &client, &options);
        let response = futures::executor::block_on(run);
        assert!(is_json(&response.body.to_bytes()), "{:?}", response.body);
        let Ok(parsed) = serde_json::from_slice::<serde_json::Value>(&response.body.to_bytes())
        else {
            continue;
        };
        let errors = parsed["errors"].as_array().map_or(0, Vec::len);
        assert_eq!(errors, response.errors);
        assert!(
            !(parsed["data"].is_null() && errors == 0),
            "a null response without a reason"
        );
    }
}

/// Bytes as an answer that clients get as it is: that says the same as when it is read value by value.
pub(crate) fn passed_on(bytes: &[u8]) {
    let fixture = fixture();
    let answers = fixture.orders.each_ref().map(|(operation, plan)| {
        let variables = coerce_variables(&fixture.supergraph, operation, None).unwrap();
        let client = Parts(vec![bytes]);
        let options = ExecutionOptions::default();
        let run = execute(plan, ExecutionRequest::new(&variables), &client, &options);
        let response = futures::executor::block_on(run);
        let body = response.body.to_bytes();
        assert!(is_json(&body), "{body:?}");
        let parsed = serde_json::from_slice::<serde_json::Value>(&body);
        // How many errors there are depends on which field's null travels first.
        (
            parsed.ok().map(|parsed| parsed["data"].clone()),
            response.errors > 0,
        )
    });
    assert_eq!(answers[0], answers[1]);
}

/// Bytes as the body of a client's request.
pub(crate) fn request_body(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    let scanned = RequestBody::scan(&body);
    let reference = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(bytes);
    match (scanned, reference) {
        (Ok(request), Ok(reference)) => {
            let text = |name: &str| {
                reference
                    .get(name)
                    .and_then(serde_json::Value::as_str)
                    .map(str::to_owned)
            };
            assert_eq!(request.query().map(Into::into), text("query"));
            assert_eq!(
                request.operation_name().map(Into::into),
                text("operationName")
            );
        }
        (Ok(_), Err(error)) => {
            // What is not kept is not decoded: half a surrogate pair or a huge number may pass there.
            let is_known = ["surrogate", "number out of range", "escape", "recursion"];
            assert!(
                is_known
                    .iter()
                    .any(|known| error.to_string().contains(known)),
                "{error}"
            );
        }
        (Err(error), _) => assert!(error.position <= bytes.len()),
    }
}

/// Bytes as the variables of a request.
pub(crate) fn variables(bytes: &[u8]) {
    let fixture = fixture();
    let json = Bytes::copy_from_slice(bytes);
    match coerce_variables(&fixture.supergraph, &fixture.operation, Some(&json)) {
        Ok(variables) => {
            for name in ["filter", "ids", "x"] {
                if let Some(value) = variables.get(name) {
                    assert!(is_json(value));
                }
            }
        }
        Err(errors) => assert!(!errors.is_empty()),
    }
}
