//! Lists and objects that the client gets just as the subgraph sent them, and when it does not.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::query;
use crate::stub::{Answer, Stub};
use std::sync::Arc;
use weft_query_plan::QueryPlan;
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { items: [Item] sure: [Item!]! owner: Owner }
        type Item { id: ID! name: String size: Int kind: Kind tags: [String!] maker: Maker }
        type Maker { name: String! }
        type Owner { id: ID! items: [Item] sure: [Item!]! }
        enum Kind { SMALL LARGE HIDDEN @inaccessible }
        ",
    )
}

fn run(operation: &str, document: &str, answer: &str) -> (String, usize) {
    let graph = graph();
    let plan = query(&graph).root("accounts", &[], document).finish();
    let case = Case::new(&graph, operation, plan);
    let response = case.run(&Stub::default().on("accounts", answer));
    let body = response.body.to_bytes();
    (String::from_utf8(body.to_vec()).unwrap(), response.errors)
}

/// White space of the subgraph's shows that a part was passed on as it was.
fn check(operation: &str, answer: &str, data: &str) {
    let (body, _) = run(operation, operation, answer);
    assert!(body.starts_with(&format!("{{\"data\":{data}")), "{body}");
}

#[test]
fn a_list_of_what_was_asked_is_passed_on_as_it_is() {
    check(
        "{ items { id name size tags } }",
        r#"{"data":{"items":[ {"id":"1", "name" : null,"size":-3,"tags":["a"]}, null ]}}"#,
        r#"{"items":[ {"id":"1", "name" : null,"size":-3,"tags":["a"]}, null ]}"#,
    );
    check(
        "{ owner { id items { id maker { name } } } }",
        r#"{"data":{"owner":{"id":"1", "items":[ {"id":"2","maker": {"name":"x"}}]}}}"#,
        r#"{"owner":{"id":"1", "items":[ {"id":"2","maker": {"name":"x"}}]}}"#,
    );
}

#[test]
fn whatever_is_not_as_the_client_must_get_it_is_read_value_by_value() {
    let operation = "{ items { id name size } }";
    let whole = r#"{"items":[{"id":"1","name":"x","size":2}]}"#;
    for items in [
        r#"[ {"id":1,"name":"x","size":2}]"#,
        r#"[ {"name":"x","id":"1","size":2}]"#,
        r#"[ {"id":"1","more":[{}],"name":"x","size":2}]"#,
        r#"[ {"id":"1","name":"x","size":2,"more":null}]"#,
        r#"[ {"id":"1","name":"y","name":"x","size":2}]"#,
    ] {
        check(
            operation,
            &format!(r#"{{"data":{{"items":{items}}}}}"#),
            whole,
        );
    }
    for (items, expected) in [
        (r#"[ {"id":null,"name":"x","size":2}]"#, "[null]"),
        (
            r#"[ {"id":"1","name":7,"size":2}]"#,
            r#"[{"id":"1","name":null,"size":2}]"#,
        ),
        (
            r#"[ {"id":"1","name":"x","size":2147483648}]"#,
            r#"[{"id":"1","name":"x","size":null}]"#,
        ),
        (
            r#"[ {"id":"1","name":"x"}]"#,
            r#"[{"id":"1","name":"x","size":null}]"#,
        ),
        (r#"[ []]"#, "[null]"),
        (r#" {"id":"1"}"#, "null"),
    ] {
        let answer = format!(r#"{{"data":{{"items":{items}}}}}"#);
        check(operation, &answer, &format!(r#"{{"items":{expected}}}"#));
    }
}

#[test]
fn keys_that_the_client_does_not_see_or_orders_otherwise_are_not_passed_on() {
    for operation in [
        "{ items { name id } }",
        "{ items { id } }",
        "{ items { __typename id name } }",
    ] {
        let answer = r#"{"data":{"items":[ {"id":"1","name":"x"}]}}"#;
        let (body, errors) = run(operation, "{ items { id name } }", answer);
        assert!(!body.contains("[ {"), "{body}");
        assert_eq!(errors, 0);
    }
}

#[test]
fn hidden_values_are_not_passed_on() {
    let (body, errors) = run(
        "{ items { id kind } }",
        "{ items { id kind } }",
        r#"{"data":{"items":[{"id":"1","kind":"HIDDEN"}]}}"#,
    );
    assert_eq!(body, r#"{"data":{"items":[{"id":"1","kind":null}]}}"#);
    assert_eq!(errors, 0);
}

#[test]
fn an_error_that_the_subgraph_reports_stands_at_its_place() {
    let (body, errors) = run(
        "{ owner { id items { id name } } }",
        "{ owner { id items { id name } } }",
        r#"{"data":{"owner":{"id":"1","items":[ {"id":"2","name":null}]}},
            "errors":[{"message":"no","path":["owner","items",0,"name"]}]}"#,
    );
    assert!(
        body.starts_with(r#"{"data":{"owner":{"id":"1","items":[{"id":"2","name":null}]}},"errors":[{"message":"no","path":["owner","items",0,"name"]"#),
        "{body}"
    );
    assert_eq!(errors, 1);
}

#[test]
fn objects_that_another_fetch_reads_or_completes_are_read() {
    let graph = graph();
    let plan = |entity: &str| -> QueryPlan {
        query(&graph)
            .root("accounts", &[], "{ items { __typename id } }")
            .entities("reviews", &[0], &["items.@"], "Item { id }", entity)
            .finish()
    };
    let case = Case::new(
        &graph,
        "{ items { id maker { name } } }",
        plan("{ ... on Item { maker { name } } }"),
    );
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"items":[{"id":"1"},{"id":"1"}]}}"#)
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"maker": { "name":"x"}}]}}"#,
        );
    let body = case.run(&stub).body.to_bytes();
    // What the entity call brings is passed on, at each place of the entity.
    let maker = r#"{"id":"1","maker":{ "name":"x"}}"#;
    assert_eq!(body, format!(r#"{{"data":{{"items":[{maker},{maker}]}}}}"#));
}

fn large(last: &str) -> String {
    let item = r#"{"id":"1","name":"a name that takes some space"}"#;
    let items = vec![item; 1_000].join(",");
    format!(r#"{{"data":{{"owner":{{"id":"1","sure":[{items}{last}]}}}}}}"#)
}

#[test]
fn a_large_list_shares_the_memory_of_the_subgraphs_answer() {
    let graph = graph();
    let operation = "{ o: owner { id sure { id name } } }";
    let plan = query(&graph)
        .root("accounts", &[], "{ o: owner { id sure { id name } } }")
        .finish();
    let text = large("").replace("\"owner\"", "\"o\"");
    let answer = Answer::json(&text);
    let Answer::Response(sent) = &answer else {
        panic!("it is a response");
    };
    let sent = sent.body.as_ptr_range();
    let case = Case::new(&graph, operation, plan);
    let response = case.run(&Stub::default().answer("accounts", "", answer));
    assert_eq!(response.body.to_bytes(), text);
    let shared = response
        .body
        .parts()
        .iter()
        .filter(|part| sent.contains(&part.as_ptr()));
    assert_eq!(shared.count(), 1);
}

#[test]
fn a_null_that_travels_takes_a_large_list_along() {
    let graph = graph();
    let plan = query(&graph)
        .root("accounts", &[], "{ owner { sure { id name } id } }")
        .finish();
    let case = Case::new(&graph, "{ owner { sure { id name } id } }", plan);
    let list = large("").replace(r#""id":"1","sure""#, r#""sure""#);
    let text = list.replace("]}}}", r#"],"id":null}}}"#);
    let stub = Stub::default().on("accounts", &text);
    case.check(
        &stub,
        r#"{"owner":null}"#,
        &["NULL_IN_NON_NULL_FIELD owner.id"],
    );
}
