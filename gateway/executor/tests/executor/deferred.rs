//! Answers in parts: what comes first, what comes later and in which form.

use crate::graph::read;
use crate::stub::{Answer, Stub};
use futures::channel::oneshot;
use serde_json::{Value, json};
use std::sync::Mutex;
use weft_executor::{
    CompileOptions, CompiledPlan, ExecutionOptions, ExecutionRequest, FetchError, FetchErrorCode,
    IncrementalFormat, SubgraphClient, SubgraphRequest, SubgraphResponse, coerce_variables,
    execute_incrementally,
};
use weft_planner::PlanOptions;
use weft_query_plan::Operation;

/// Answers of `reviews` wait until the gate is opened.
struct Gated {
    stub: Stub,
    gate: Mutex<Option<oneshot::Receiver<()>>>,
}

impl SubgraphClient for Gated {
    async fn fetch(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, FetchError> {
        let gate = match request.subgraph_name {
            "reviews" => self.gate.lock().unwrap().take(),
            _ => None,
        };
        if let Some(gate) = gate {
            gate.await.unwrap();
        }
        self.stub.fetch(request).await
    }
}

/// All payloads; `reviews` answers nothing before the first of them is there.
fn payloads(operation: &str, stub: Stub, format: IncrementalFormat) -> Vec<Value> {
    let graph = read(include_str!("deferred.graphql"));
    let operation = Operation::parse_deferring(&graph, operation, None, |_| true).unwrap();
    let plan = weft_planner::plan(&graph, &operation, &PlanOptions::checked()).unwrap();
    let plan = CompiledPlan::new(&graph, &operation, plan, &CompileOptions::default());
    assert!(plan.is_deferring());
    let (open, gate) = oneshot::channel();
    // Where the first part needs the subgraph, nothing holds it up.
    let is_late = |fetch: &weft_query_plan::Fetch| {
        &*fetch.subgraph_name != "reviews" || !fetch.parts.is_empty()
    };
    let gate = plan.plan().fetches.iter().all(is_late).then_some(gate);
    let client = Gated {
        stub,
        gate: Mutex::new(gate),
    };
    let mut open = Some(open);
    let mut payloads = Vec::new();
    let variables = coerce_variables(&graph, &operation, None).unwrap();
    let options = ExecutionOptions::default();
    let executing = execute_incrementally(
        &plan,
        ExecutionRequest::new(&variables),
        &client,
        &options,
        format,
        |increment| {
            let payload: Value = serde_json::from_slice(&increment.body).unwrap();
            assert_eq!(payload["hasNext"], json!(increment.has_next));
            payloads.push(payload);
            if let Some(open) = open.take() {
                // Nobody may be waiting.
                let _ = open.send(());
            }
        },
    );
    futures::executor::block_on(executing);
    payloads
}

fn check(operation: &str, stub: Stub, expected: &[Value]) {
    assert_eq!(
        payloads(operation, stub, IncrementalFormat::Current),
        expected
    );
}

const ME: &str = r#"{"data":{"me":{"__typename":"User","id":"1","name":"Ann"}}}"#;

#[test]
fn the_first_part_does_not_wait_for_what_is_deferred() {
    let stub = Stub::default()
        .on("accounts", ME)
        .on("reviews", r#"{"data":{"_entities":[{"rating":5}]}}"#);
    check(
        r#"{ me { name ... @defer(label: "later") { rating } } }"#,
        stub,
        &[
            json!({
                "data": {"me": {"name": "Ann"}},
                "pending": [{"id": "0", "path": ["me"], "label": "later"}],
                "hasNext": true,
            }),
            json!({
                "incremental": [{"id": "0", "data": {"rating": 5}}],
                "completed": [{"id": "0"}],
                "hasNext": false,
            }),
        ],
    );
}

#[test]
fn the_older_form_has_paths_and_labels() {
    let stub = Stub::default()
        .on("accounts", ME)
        .on("reviews", r#"{"data":{"_entities":[{"rating":5}]}}"#);
    let found = payloads(
        r#"{ me { name ... @defer(label: "later") { rating } } }"#,
        stub,
        IncrementalFormat::Older,
    );
    let expected = [
        json!({"data": {"me": {"name": "Ann"}}, "hasNext": true}),
        json!({
            "incremental": [{"path": ["me"], "label": "later", "data": {"rating": 5}}],
            "hasNext": false,
        }),
    ];
    assert_eq!(found, expected);
}

#[test]
fn each_object_of_a_list_has_a_part_of_its_own() {
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"users":[{"__typename":"User","id":"1","name":"Ann"},null,{"__typename":"User","id":"2","name":"Bo"}]}}"#)
        .on("reviews", r#"{"data":{"_entities":[{"rating":5},{"rating":3}]}}"#);
    check(
        "{ users { name ... @defer { rating } } }",
        stub,
        &[
            json!({
                "data": {"users": [{"name": "Ann"}, null, {"name": "Bo"}]},
                "pending": [{"id": "0", "path": ["users", 0]}, {"id": "1", "path": ["users", 2]}],
                "hasNext": true,
            }),
            json!({
                "incremental": [
                    {"id": "0", "data": {"rating": 5}},
                    {"id": "1", "data": {"rating": 3}},
                ],
                "completed": [{"id": "0"}, {"id": "1"}],
                "hasNext": false,
            }),
        ],
    );
}

#[test]
fn a_null_that_travels_stays_within_its_part() {
    let stub = Stub::default().on("accounts", ME).on(
        "reviews",
        r#"{"data":{"_entities":[{"rating":null}]},"errors":[{"message":"no","path":["_entities",0,"rating"]}]}"#,
    );
    let found = payloads(
        "{ me { name ... @defer { rating } } }",
        stub,
        IncrementalFormat::Current,
    );
    assert_eq!(found[0]["data"], json!({"me": {"name": "Ann"}}));
    assert_eq!(
        found[1]["completed"][0]["errors"][0]["path"],
        json!(["me", "rating"])
    );
    assert!(found[1].get("incremental").is_none(), "{}", found[1]);
}

#[test]
fn a_subgraph_that_fails_costs_its_part_only() {
    let failure = FetchError::new(FetchErrorCode::Connection, "refused");
    let stub = Stub::default()
        .on("accounts", ME)
        .answer("reviews", "", Answer::Failure(failure));
    let found = payloads(
        "{ me { name ... @defer { reviews { body } } } }",
        stub,
        IncrementalFormat::Current,
    );
    let part = &found[1]["incremental"][0];
    assert_eq!(part["data"], json!({"reviews": null}));
    assert_eq!(part["errors"][0]["path"], json!(["me", "reviews"]));
    assert!(found[0].get("errors").is_none());
}

#[test]
fn what_was_answered_before_is_gone_through_and_not_sent_again() {
    let stub = Stub::default()
        .answer("accounts", "{me{", Answer::json(ME))
        .on("accounts", r#"{"data":{"_entities":[{"name":"Cy"},{"name":"Di"}]}}"#)
        .on("reviews", r#"{"data":{"_entities":[{"reviews":[{"body":"a","author":{"__typename":"User","id":"3"}},{"body":"b","author":{"__typename":"User","id":"4"}}]}]}}"#);
    let mut found = payloads(
        "{ me { name reviews { body } ... @defer { name reviews { author { name } } } } }",
        stub,
        IncrementalFormat::Current,
    );
    let last = found.pop().unwrap();
    assert_eq!(
        last["incremental"],
        json!([
            {"id": "0", "subPath": ["reviews", 0], "data": {"author": {"name": "Cy"}}},
            {"id": "0", "subPath": ["reviews", 1], "data": {"author": {"name": "Di"}}},
        ])
    );
}

#[test]
fn a_part_within_a_part_is_announced_with_the_outer_one() {
    let stub = Stub::default()
        .answer("accounts", "{me{", Answer::json(ME))
        .on("accounts", r#"{"data":{"_entities":[{"name":"Cy"}]}}"#)
        .on("reviews", r#"{"data":{"_entities":[{"reviews":[{"body":"a","author":{"__typename":"User","id":"3"}}]}]}}"#);
    let operation = r#"{ me { name ... @defer(label: "outer") {
        reviews { body author { ... @defer(label: "inner") { name } } } } } }"#;
    check(
        operation,
        stub,
        &[
            json!({
                "data": {"me": {"name": "Ann"}},
                "pending": [{"id": "0", "path": ["me"], "label": "outer"}],
                "hasNext": true,
            }),
            json!({
                "incremental": [{"id": "0", "data": {"reviews": [{"body": "a", "author": {}}]}}],
                "pending": [{"id": "1", "path": ["me", "reviews", 0, "author"], "label": "inner"}],
                "completed": [{"id": "0"}],
                "hasNext": true,
            }),
            json!({
                "incremental": [{"id": "1", "data": {"name": "Cy"}}],
                "completed": [{"id": "1"}],
                "hasNext": false,
            }),
        ],
    );
}

#[test]
fn nothing_is_pending_at_an_object_that_is_not_there() {
    let stub = Stub::default().on("accounts", r#"{"data":{"me":null}}"#);
    check(
        "{ me { name ... @defer { rating } } }",
        stub,
        &[json!({"data": {"me": null}, "hasNext": false})],
    );
}

/// Of two fragments side by side, the one with the rating needs `reviews`, which is late; both have the name and friends.
const SIDE_BY_SIDE: &str = r#"{ me { id
    ... @defer(label: "a") { name reviews { body } }
    ... @defer(label: "b") { name rating reviews { body author { id } } } } }"#;

fn side_by_side() -> Stub {
    Stub::default()
        .answer("accounts", "{me{", Answer::json(ME))
        .on("accounts", r#"{"data":{"_entities":[{"name":"Ann"}]}}"#)
        .on("reviews", r#"{"data":{"_entities":[{"rating":5,"reviews":[{"body":"x","author":{"__typename":"User","id":"3"}}]}]}}"#)
}

#[test]
fn what_fragments_side_by_side_share_is_sent_once() {
    let found = payloads(SIDE_BY_SIDE, side_by_side(), IncrementalFormat::Current);
    let later = found[1..].iter();
    let parts: Vec<&Value> = later
        .flat_map(|payload| payload["incremental"].as_array().unwrap())
        .collect();
    assert_eq!(
        parts,
        [
            &json!({"id": "0", "data": {"name": "Ann", "reviews": [{"body": "x"}]}}),
            &json!({"id": "1", "data": {"rating": 5}}),
            &json!({"id": "1", "subPath": ["reviews", 0], "data": {"author": {"id": "3"}}}),
        ]
    );
}

#[test]
fn in_the_older_form_each_fragment_is_complete() {
    let found = payloads(SIDE_BY_SIDE, side_by_side(), IncrementalFormat::Older);
    let names = found[1..].iter().flat_map(|payload| {
        let parts = payload["incremental"].as_array().unwrap();
        parts.iter().map(|part| part["data"]["name"].clone())
    });
    assert_eq!(names.filter(|name| *name == json!("Ann")).count(), 2);
}

#[test]
fn nothing_comes_later_below_an_object_that_a_null_travelled_to() {
    // `rating` cannot be null, so that `me` is; the deferred fragment stands above it.
    let failed = r#"{"data":{"_entities":[{"rating":null}]},"errors":[{"message":"no","path":["_entities",0,"rating"]}]}"#;
    let stub = Stub::default()
        .answer("accounts", "{me{", Answer::json(ME))
        .answer("reviews", "rating", Answer::json(failed))
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"reviews":[{"body":"x"}]}]}}"#,
        );
    let found = payloads(
        "{ me { rating } ... @defer { users { id } me { reviews { body } } } }",
        stub.answer(
            "accounts",
            "{users{",
            Answer::json(r#"{"data":{"users":null}}"#),
        ),
        IncrementalFormat::Current,
    );
    assert_eq!(found[0]["data"], json!({"me": null}));
    let later = found[1..].iter();
    let parts = later.flat_map(|payload| payload["incremental"].as_array().unwrap());
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [&json!({"id": "0", "data": {"users": null}})]
    );
}

#[test]
fn nothing_comes_later_below_an_object_that_its_subgraph_could_not_give_at_first() {
    let failed = r#"{"data":{"_entities":[{"reviews":[{"author":null}]}]},
        "errors":[{"message":"no","path":["_entities",0,"reviews",0,"author"]}]}"#;
    let given = r#"{"data":{"_entities":[{"reviews":[{"body":"x","author":{"__typename":"User","rating":5}}]}]}}"#;
    let stub = Stub::default()
        .answer("accounts", "{me{", Answer::json(ME))
        .answer("reviews", "rating", Answer::json(given))
        .on("reviews", failed);
    let operation = "query($no: Boolean! = false) { me {
        reviews @skip(if: $no) { author { id } } ... @defer { reviews { body author { rating } } } } }";
    let found = payloads(operation, stub, IncrementalFormat::Current);
    assert_eq!(
        found[0]["data"],
        json!({"me": {"reviews": [{"author": null}]}})
    );
    let later = found[1..].iter();
    let parts = later.flat_map(|payload| payload["incremental"].as_array().unwrap());
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [&json!({"id": "0", "subPath": ["reviews", 0], "data": {"body": "x"}})]
    );
}
