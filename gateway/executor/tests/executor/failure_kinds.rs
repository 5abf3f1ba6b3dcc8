//! Every way in which a subgraph can fail, from subgraph schemas and an operation to the answer: what depended on it is
//! null as the schema says, everything else is there, and each error has path, subgraph and code.

use crate::case::Case;
use crate::composed::composed;
use crate::stub::{Answer, Stub};
use serde_json::Value;
use std::sync::Arc;
use weft_executor::{FetchError, FetchErrorCode};
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    composed(&[
        ("accounts", "type Query { news: String }"),
        (
            "products",
            r#"type Query { top: [Product] sure: [Product!]! }
            type Product @key(fields: "upc") { upc: ID! }"#,
        ),
        (
            "inventory",
            r#"type Query { depot: Depot } type Depot { stock: Int }
            type Product @key(fields: "upc") { upc: ID! stock: Int weight: Int! }"#,
        ),
    ])
}

fn stub() -> Stub {
    let products = r#"[{"__typename":"Product","upc":"a"},{"__typename":"Product","upc":"b"}]"#;
    Stub::default()
        .on("accounts", r#"{"data":{"news":"none"}}"#)
        .answer(
            "products",
            "top",
            Answer::json(&format!(r#"{{"data":{{"top":{products}}}}}"#)),
        )
        .on("products", &format!(r#"{{"data":{{"sure":{products}}}}}"#))
}

/// A failure costs the fields that only `inventory` has: of entities, of the root, and nothing else.
fn check(answer: &Answer, code: &str) {
    let inventory = || stub().answer("inventory", "", answer.clone());
    let case = Case::planned(&graph(), "{ news top { stock upc } }");
    case.check(
        &inventory(),
        r#"{"news":"none","top":[{"stock":null,"upc":"a"},{"stock":null,"upc":"b"}]}"#,
        &[
            &format!("{code} top.0.stock"),
            &format!("{code} top.1.stock"),
        ],
    );
    let body = case.run(&inventory()).body.to_bytes();
    let response: Value = serde_json::from_slice(&body).unwrap();
    for error in response["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"]["service"], "inventory", "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    Case::planned(&graph(), "{ depot { stock } news }").check(
        &inventory(),
        r#"{"depot":null,"news":"none"}"#,
        &[&format!("{code} depot")],
    );
}

fn check_body(status: u16, body: &[u8], code: &str) {
    check(&Answer::with_status(status, body), code);
}

fn check_failure(failure: FetchErrorCode, code: &str) {
    check(
        &Answer::Failure(FetchError::new(failure, "secret address")),
        code,
    );
}

const MALFORMED: &str = "SUBREQUEST_MALFORMED_RESPONSE";
const HTTP: &str = "SUBREQUEST_HTTP_ERROR";

#[test]
fn a_connection_that_is_refused_or_reset_half_way_costs_its_fields() {
    check_failure(FetchErrorCode::Connection, HTTP);
}

#[test]
fn a_call_that_timed_out_costs_its_fields() {
    check_failure(FetchErrorCode::Timeout, "GATEWAY_TIMEOUT");
}

#[test]
fn an_answer_that_is_only_slow_costs_nothing() {
    let late = r#"{"data":{"_entities":[{"stock":1},{"stock":2}]}}"#;
    Case::planned(&graph(), "{ news top { stock } }").check(
        &stub().answer("inventory", "", Answer::Slow(50, late)),
        r#"{"news":"none","top":[{"stock":1},{"stock":2}]}"#,
        &[],
    );
}

#[test]
fn a_failed_status_without_a_graphql_body_costs_its_fields() {
    for status in [400, 401, 404, 429, 500, 502, 503] {
        for body in [&b""[..], b"<html>secret</html>", b"{}", br#"{"data":null}"#] {
            check_body(status, body, HTTP);
        }
    }
}

#[test]
fn a_failed_status_with_a_graphql_body_costs_its_fields_and_says_what_the_body_says() {
    let body = br#"{"data":null,"errors":[{"message":"no","extensions":{"code":"CLOSED"}}]}"#;
    for status in [400, 401, 404, 429, 500, 502, 503] {
        check_body(status, body, "CLOSED");
    }
}

#[test]
fn html_with_a_good_status_costs_its_fields() {
    check_body(200, b"<!doctype html><title>secret</title>", MALFORMED);
}

#[test]
fn an_empty_body_costs_its_fields() {
    check_body(200, b"", MALFORMED);
}

#[test]
fn data_null_without_an_error_costs_its_fields() {
    check_body(200, br#"{"data":null}"#, MALFORMED);
}

#[test]
fn invalid_utf8_costs_its_fields() {
    check_body(
        200,
        b"{\"data\":{\"depot\":\"\xff\",\"_entities\":[\"\xff\"]}}",
        MALFORMED,
    );
}

#[test]
fn a_truncated_body_costs_its_fields_wherever_it_ends() {
    let body = br#"{"data":{"depot":{"stock":1},"_entities":[{"stock":1},{"stock":2}]}}"#;
    for end in 0..body.len() {
        check_body(200, &body[..end], MALFORMED);
    }
}

#[test]
fn deep_nesting_costs_its_fields() {
    for nested in ["[", "{\"a\":"] {
        let deep = nested.repeat(100_000);
        check_body(200, format!(r#"{{"data":{deep}"#).as_bytes(), MALFORMED);
        check_body(
            200,
            format!(r#"{{"extensions":{deep}"#).as_bytes(),
            MALFORMED,
        );
    }
}

#[test]
fn a_wrong_shape_costs_its_fields() {
    for body in [
        "[]",
        "3",
        "{}",
        r#"{"data":7}"#,
        r#"{"data":[]}"#,
        r#"{"data":{"depot":7,"_entities":7}}"#,
    ] {
        let depot_alone = body.contains("depot");
        match depot_alone {
            true => Case::planned(&graph(), "{ depot { stock } news }").check(
                &stub().on("inventory", body),
                r#"{"depot":null,"news":"none"}"#,
                &["SUBREQUEST_MALFORMED_RESPONSE depot"],
            ),
            false => check_body(200, body.as_bytes(), MALFORMED),
        }
    }
}

#[test]
fn a_list_of_entities_that_is_too_short_or_too_long_costs_all_of_them() {
    for count in [0, 1, 3, 100] {
        let items = vec![r#"{"stock":1}"#; count].join(",");
        let body = format!(r#"{{"data":{{"_entities":[{items}]}}}}"#);
        Case::planned(&graph(), "{ news top { upc stock } }").check(
            &stub().on("inventory", &body),
            r#"{"news":"none","top":[{"upc":"a","stock":null},{"upc":"b","stock":null}]}"#,
            &[
                "SUBREQUEST_MALFORMED_RESPONSE top.0.stock",
                "SUBREQUEST_MALFORMED_RESPONSE top.1.stock",
            ],
        );
    }
}

#[test]
fn of_duplicate_keys_the_last_one_counts() {
    let body = r#"{"data":{"_entities":[{"stock":1,"stock":2},{"stock":3,"stock":null}]}}"#;
    Case::planned(&graph(), "{ top { stock } }").check(
        &stub().on("inventory", body),
        r#"{"top":[{"stock":2},{"stock":null}]}"#,
        &[],
    );
}

#[test]
fn nulls_of_a_failed_subgraph_travel_as_on_one_server() {
    let failed = || stub().answer("inventory", "", Answer::with_status(500, b""));
    Case::planned(&graph(), "{ news top { upc weight } }").check(
        &failed(),
        r#"{"news":"none","top":[null,null]}"#,
        &[
            "SUBREQUEST_HTTP_ERROR top.0.weight",
            "SUBREQUEST_HTTP_ERROR top.1.weight",
        ],
    );
    Case::planned(&graph(), "{ news sure { upc stock } }").check(
        &failed(),
        r#"{"news":"none","sure":[{"upc":"a","stock":null},{"upc":"b","stock":null}]}"#,
        &[
            "SUBREQUEST_HTTP_ERROR sure.0.stock",
            "SUBREQUEST_HTTP_ERROR sure.1.stock",
        ],
    );
    let response = Case::planned(&graph(), "{ news sure { upc weight } }").run(&failed());
    assert!(response.data_is_null, "{:?}", response.body);
    let one = r#"{"data":{"_entities":[{"weight":1},{"weight":null}]},"errors":[{"message":"x","path":["_entities",1,"weight"]}]}"#;
    Case::planned(&graph(), "{ top { weight } }").check(
        &stub().on("inventory", one),
        r#"{"top":[{"weight":1},null]}"#,
        &["DOWNSTREAM_SERVICE_ERROR top.1.weight"],
    );
}
