//! Mutations from subgraph schemas and an operation to the answer: in document order, each change once.

use crate::case::Case;
use crate::composed::composed;
use crate::stub::{Answer, Stub};
use serde_json::json;
use std::sync::Arc;
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    composed(&[
        (
            "accounts",
            r#"type Query { a: Int }
            type Mutation { one: Thing all: [Thing] three: Thing touch: Thing @shareable sure: Thing! }
            type Thing @key(fields: "id") { id: ID! name: String }"#,
        ),
        (
            "products",
            r#"type Mutation { two: Thing touch: Thing @shareable }
            type Thing @key(fields: "id") { id: ID! size: Int }"#,
        ),
        (
            "reviews",
            r#"type Thing @key(fields: "id") { id: ID! rating: Int stars: Int! }"#,
        ),
    ])
}

/// The subgraphs that were asked, in order.
fn order(stub: &Stub) -> Vec<String> {
    let requests = stub.requests.lock().unwrap();
    requests.iter().map(|(name, _)| name.clone()).collect()
}

/// `accounts` and `products` answer each change with the same thing.
fn changes() -> Stub {
    let thing = |field: &str| {
        let thing = json!({"__typename": "Thing", "id": "7", "name": "x", "size": 3});
        Answer::json(&json!({ "data": { field: thing } }).to_string())
    };
    Stub::default()
        .answer("accounts", "one", thing("one"))
        .answer("accounts", "three", thing("three"))
        .answer("accounts", "touch", thing("touch"))
        .answer("products", "two", thing("two"))
        .answer("products", "touch", thing("touch"))
}

#[test]
fn root_mutation_fields_run_in_document_order_over_all_subgraphs() {
    for (first, last) in [("one", "three"), ("three", "one")] {
        let stub = changes();
        let operation = format!("mutation {{ {first} {{ id }} two {{ id }} {last} {{ id }} }}");
        let response = Case::planned(&graph(), &operation).run(&stub);
        assert_eq!(response.errors, 0, "{:?}", response.body.to_bytes());
        assert_eq!(order(&stub), ["accounts", "products", "accounts"]);
        let bodies = stub.bodies("accounts");
        assert!(
            bodies[0].contains(first) && bodies[1].contains(last),
            "{bodies:?}"
        );
    }
}

#[test]
fn neighbouring_changes_of_one_subgraph_are_asked_for_in_document_order() {
    let stub = Stub::default()
        .on("products", r#"{"data":{"two":{"id":"1"}}}"#)
        .on(
            "accounts",
            r#"{"data":{"three":{"id":"1"},"one":{"id":"1"}}}"#,
        );
    let operation = "mutation { two { id } three { id } one { id } }";
    Case::planned(&graph(), operation).check(
        &stub,
        r#"{"two":{"id":"1"},"three":{"id":"1"},"one":{"id":"1"}}"#,
        &[],
    );
    assert_eq!(order(&stub), ["products", "accounts"]);
    assert!(stub.bodies("accounts")[0].contains("mutation{three{id}one{id}}"));
}

#[test]
fn a_shareable_mutation_is_called_exactly_once() {
    for (operation, entities) in [
        ("mutation { touch { id } }", r#"{"data":{}}"#),
        (
            "mutation { touch { name size } }",
            r#"{"data":{"_entities":[{"name":"x","size":3}]}}"#,
        ),
    ] {
        let stub = changes().on("accounts", entities).on("products", entities);
        let response = Case::planned(&graph(), operation).run(&stub);
        assert_eq!(response.errors, 0, "{:?}", response.body);
        let requests = stub.requests.lock().unwrap();
        let changes = requests
            .iter()
            .filter(|(_, body)| body.contains("\"mutation"));
        assert_eq!(changes.count(), 1, "{requests:?}");
    }
}

#[test]
fn an_entity_that_a_mutation_returns_is_completed_once_with_all_its_fields() {
    let thing = r#"{"__typename":"Thing","id":"7"}"#;
    let stub = Stub::default()
        .on(
            "accounts",
            &format!(r#"{{"data":{{"all":[{thing},{thing}]}}}}"#),
        )
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"rating":5,"stars":4}]}}"#,
        );
    Case::planned(&graph(), "mutation { all { rating stars } }").check(
        &stub,
        r#"{"all":[{"rating":5,"stars":4},{"rating":5,"stars":4}]}"#,
        &[],
    );
    assert_eq!(order(&stub), ["accounts", "reviews"]);
    assert_eq!(
        stub.variables("reviews"),
        json!({"representations": [{"__typename": "Thing", "id": "7"}]})
    );
}

#[test]
fn what_a_change_returns_is_read_before_the_next_change_is_made() {
    let stub = changes().on(
        "reviews",
        r#"{"data":{"_entities":[{"rating":5,"stars":4}]}}"#,
    );
    Case::planned(
        &graph(),
        "mutation { one { rating stars } two { rating stars } }",
    )
    .check(
        &stub,
        r#"{"one":{"rating":5,"stars":4},"two":{"rating":5,"stars":4}}"#,
        &[],
    );
    assert_eq!(order(&stub), ["accounts", "reviews", "products", "reviews"]);
}

#[test]
fn a_change_that_fails_is_null_and_the_next_ones_are_made() {
    let stub = Stub::default()
        .answer("products", "", Answer::with_status(500, b""))
        .on("accounts", r#"{"data":{"three":{"name":"x"}}}"#);
    Case::planned(&graph(), "mutation { two { size } three { name } }").check(
        &stub,
        r#"{"two":null,"three":{"name":"x"}}"#,
        &["SUBREQUEST_HTTP_ERROR two"],
    );
    assert_eq!(order(&stub), ["products", "accounts"]);
}

#[test]
fn after_a_change_that_cannot_be_null_failed_no_other_is_made() {
    let stub = Stub::default().answer("accounts", "", Answer::with_status(500, b""));
    Case::planned(&graph(), "mutation { sure { name } two { size } }").check(
        &stub,
        "null",
        &["SUBREQUEST_HTTP_ERROR sure"],
    );
    assert_eq!(order(&stub), ["accounts"]);
}
