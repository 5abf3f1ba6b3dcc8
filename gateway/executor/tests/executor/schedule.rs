//! When fetches start and end: data flow, mutations, deadlines, subscriptions.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::{HandPlan, query};
use crate::stub::{Answer, Stub};
use apollo_compiler::ast::OperationType;
use bytes::Bytes;
use std::sync::Arc;
use weft_executor::{ExecutionRequest, execute, execute_event};
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { fast: Thing slow: Thing }
        type Mutation { add(n: Int): Thing sure: Thing! }
        type Subscription { added: Thing! }
        type Thing { id: ID! name: String size: Int! }
        ",
    )
}

#[test]
fn a_deadline_fails_what_is_under_way_and_keeps_the_rest() {
    let graph = graph();
    let plan = query(&graph)
        .root("accounts", &[], "{ fast { __typename id } }")
        .root("products", &[], "{ slow { __typename id } }")
        .entities(
            "reviews",
            &[0],
            &["fast"],
            "Thing { id }",
            "{ ... on Thing { name } }",
        )
        .entities(
            "inventory",
            &[1],
            &["slow"],
            "Thing { id }",
            "{ ... on Thing { name } }",
        )
        .finish();
    let case = Case::new(&graph, "{ fast { id name } slow { id } }", plan);
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"fast":{"id":"1"}}}"#)
        .answer("products", "", Answer::Silence)
        .on("reviews", r#"{"data":{"_entities":[{"name":"Ann"}]}}"#);
    let (plan, variables) = case.prepared();
    let mut request = ExecutionRequest::new(&variables);
    // The deadline passes when it is asked for the tenth time: everything else has ended by then.
    let mut polls = 0;
    request.deadline = Some(Box::pin(std::future::poll_fn(move |context| {
        polls += 1;
        context.waker().wake_by_ref();
        match polls < 10 {
            true => std::task::Poll::Pending,
            false => std::task::Poll::Ready(()),
        }
    })));
    let response = futures::executor::block_on(execute(&plan, request, &stub, &case.options));
    let body = response.body.to_bytes();
    let text = std::str::from_utf8(&body).unwrap();
    assert!(
        text.starts_with(r#"{"data":{"fast":{"id":"1","name":"Ann"},"slow":null},"errors":["#),
        "{text}"
    );
    assert!(
        text.contains(
            r#""path":["slow"],"extensions":{"code":"GATEWAY_TIMEOUT","service":"products"}"#
        ),
        "{text}"
    );
    assert_eq!(response.errors, 1);
}

#[test]
fn root_mutation_fields_run_one_after_the_other() {
    let graph = graph();
    let plan = HandPlan::new(&graph, OperationType::Mutation)
        .root("accounts", &[], "{ a: add(n: 1) { __typename id } }")
        .root("products", &[0], "{ b: add(n: 2) { __typename id } }")
        .root("accounts", &[1], "{ c: add(n: 3) { __typename id } }")
        .entities(
            "reviews",
            &[2],
            &["a", "b", "c"],
            "Thing { id }",
            "{ ... on Thing { name } }",
        )
        .finish();
    let operation =
        "mutation { a: add(n: 1) { name } b: add(n: 2) { name } c: add(n: 3) { name } }";
    let stub = Stub::default()
        .answer(
            "accounts",
            "a: add",
            Answer::json(r#"{"data":{"a":{"id":"1"}}}"#),
        )
        .answer("products", "", Answer::with_status(500, b""))
        .answer(
            "accounts",
            "c: add",
            Answer::json(r#"{"data":{"c":{"id":"1"}}}"#),
        )
        .on("reviews", r#"{"data":{"_entities":[{"name":"x"}]}}"#);
    Case::new(&graph, operation, plan).check(
        &stub,
        r#"{"a":{"name":"x"},"b":null,"c":{"name":"x"}}"#,
        &["SUBREQUEST_HTTP_ERROR b"],
    );
    let order: Vec<_> = stub
        .requests
        .lock()
        .unwrap()
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    assert_eq!(order, ["accounts", "products", "accounts", "reviews"]);
}

#[test]
fn nothing_is_changed_any_more_after_a_root_field_that_cannot_be_null_failed() {
    let graph = graph();
    let plan = HandPlan::new(&graph, OperationType::Mutation)
        .root("accounts", &[], "{ sure { id } }")
        .root("products", &[0], "{ add(n: 2) { id } }")
        .finish();
    let stub = Stub::default().answer("accounts", "", Answer::with_status(500, b""));
    let case = Case::new(&graph, "mutation { sure { id } add(n: 2) { id } }", plan);
    case.check(&stub, "null", &["SUBREQUEST_HTTP_ERROR sure"]);
    assert_eq!(stub.requests.lock().unwrap().len(), 1);
}

#[test]
fn an_event_is_completed_by_entity_calls() {
    let graph = graph();
    let plan = HandPlan::new(&graph, OperationType::Subscription)
        .root("accounts", &[], "{ added { __typename id } }")
        .entities(
            "reviews",
            &[0],
            &["added"],
            "Thing { id }",
            "{ ... on Thing { name } }",
        )
        .finish();
    let case = Case::new(&graph, "subscription { added { name id } }", plan);
    let (plan, variables) = case.prepared();
    let source = plan.subscription(&variables).unwrap();
    assert_eq!(source.subgraph_name, "accounts");
    assert_eq!(
        source.body,
        r#"{"query":"{ added { __typename id } }","variables":{}}"#
    );

    let stub = Stub::default().on("reviews", r#"{"data":{"_entities":[{"name":"x"}]}}"#);
    let run = |event: &'static str| {
        let request = ExecutionRequest::new(&variables);
        let event = Bytes::from_static(event.as_bytes());
        let response = execute_event(&plan, event, request, &stub, &case.options);
        String::from_utf8(
            futures::executor::block_on(response)
                .body
                .to_bytes()
                .to_vec(),
        )
        .unwrap()
    };
    assert_eq!(
        run(r#"{"data":{"added":{"__typename":"Thing","id":"1"}}}"#),
        r#"{"data":{"added":{"name":"x","id":"1"}}}"#
    );
    let failed = run(r#"{"data":null,"errors":[{"message":"closed","path":["added"]}]}"#);
    assert!(
        failed.starts_with(r#"{"data":null,"errors":[{"message":"closed","path":["added"]"#),
        "{failed}"
    );
    assert!(run("{").contains("SUBREQUEST_MALFORMED_RESPONSE"));
}
