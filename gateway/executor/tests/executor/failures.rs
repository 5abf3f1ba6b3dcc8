//! Subgraphs that fail in every way: what depended on them is null, the rest stays.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::query;
use crate::stub::{Answer, Stub};
use std::sync::Arc;
use weft_executor::{FetchError, FetchErrorCode, Reveal};
use weft_supergraph::Supergraph;

fn shop() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { top: [Product] news: String }
        type Product { upc: String! stock: Int shipping: Int sure: Int! reviews: [Review!] }
        type Review { id: ID! body: String! author: String }
        ",
    )
}

/// News from accounts, products from products, their stock from inventory.
fn case(graph: &Arc<Supergraph>) -> Case {
    let plan = query(graph)
        .root("accounts", &[], "{ news }")
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "inventory",
            &[1],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { stock } }",
        )
        .finish();
    Case::new(graph, "{ news top { upc stock } }", plan)
}

fn stub() -> Stub {
    Stub::default()
        .on("accounts", r#"{"data":{"news":"none"}}"#)
        .on("products", r#"{"data":{"top":[{"upc":"a"},{"upc":"b"}]}}"#)
}

fn check_inventory(answer: Answer, code: &str) {
    let graph = shop();
    let stub = stub().answer("inventory", "", answer);
    case(&graph).check(
        &stub,
        r#"{"news":"none","top":[{"upc":"a","stock":null},{"upc":"b","stock":null}]}"#,
        &[
            &format!("{code} top.0.stock"),
            &format!("{code} top.1.stock"),
        ],
    );
}

#[test]
fn an_entity_call_without_a_usable_answer_costs_its_fields() {
    let malformed = "SUBREQUEST_MALFORMED_RESPONSE";
    let http = "SUBREQUEST_HTTP_ERROR";
    let deep = format!(r#"{{"data":{{"_entities":[{}"#, "[".repeat(100_000));
    let bodies: [(&[u8], &str); 17] = [
        (b"", malformed),
        (b"<html>no</html>", malformed),
        (b"{", malformed),
        (b"[]", malformed),
        (b"3", malformed),
        (b"{}", malformed),
        (br#"{"data":null}"#, malformed),
        (br#"{"data":7}"#, malformed),
        (br#"{"data":{}}"#, malformed),
        (br#"{"data":{"_entities":null}}"#, malformed),
        (br#"{"data":{"_entities":{}}}"#, malformed),
        (br#"{"data":{"_entities":[{"stock":1}]}}"#, malformed),
        (
            br#"{"data":{"_entities":[{"stock":1},{"stock":1},{"stock":1}]}}"#,
            malformed,
        ),
        (
            br#"{"data":{"_entities":[{"stock":1},{"stock":2"#,
            malformed,
        ),
        (
            b"{\"data\":{\"_entities\":[{\"stock\":1},{\"stock\":\"\xff\"}]}}",
            malformed,
        ),
        (
            br#"{"data":{"_entities":[{"stock":1},{"stock":2}]}} trailing"#,
            malformed,
        ),
        (deep.as_bytes(), malformed),
    ];
    for (body, code) in bodies {
        check_inventory(Answer::with_status(200, body), code);
    }
    for body in [&b""[..], b"<html>oops</html>", br#"{"data":null}"#] {
        check_inventory(Answer::with_status(500, body), http);
        check_inventory(Answer::with_status(404, body), http);
    }
}

#[test]
fn an_entity_call_without_an_answer_costs_its_fields() {
    for (code, expected) in [
        (FetchErrorCode::Connection, "SUBREQUEST_HTTP_ERROR"),
        (FetchErrorCode::Timeout, "GATEWAY_TIMEOUT"),
        (FetchErrorCode::TooLarge, "SUBREQUEST_TOO_LARGE"),
        (FetchErrorCode::Refused, "SUBREQUEST_REFUSED"),
    ] {
        check_inventory(
            Answer::Failure(FetchError::new(code, "secret address")),
            expected,
        );
    }
}

#[test]
fn errors_of_a_graphql_body_are_passed_on_whatever_the_status() {
    let body = br#"{"errors":[{"message":"closed","extensions":{"code":"CLOSED"}}],"data":null}"#;
    check_inventory(Answer::with_status(500, body), "CLOSED");
    check_inventory(Answer::with_status(200, body), "CLOSED");
    check_inventory(
        Answer::with_status(400, br#"{"errors":[{"message":"closed"}]}"#),
        "DOWNSTREAM_SERVICE_ERROR",
    );
    check_inventory(
        Answer::json(
            r#"{"errors":[{"message":"x","path":["_entities"]}],"data":{"_entities":null}}"#,
        ),
        "DOWNSTREAM_SERVICE_ERROR",
    );
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let graph = shop();
    let mut case = case(&graph);
    case.options.limits.body_bytes = 100;
    let body = format!(
        r#"{{"data":{{"_entities":[{{"stock":1}},{{"stock":2}}]}},"pad":"{}"}}"#,
        "x".repeat(100)
    );
    case.check(
        &stub().on("inventory", &body),
        r#"{"news":"none","top":[{"upc":"a","stock":null},{"upc":"b","stock":null}]}"#,
        &[
            "SUBREQUEST_TOO_LARGE top.0.stock",
            "SUBREQUEST_TOO_LARGE top.1.stock",
        ],
    );
}

#[test]
fn a_failing_root_fetch_costs_its_fields_and_all_that_depend_on_them() {
    let graph = shop();
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"news":"none"}}"#)
        .answer("products", "", Answer::with_status(503, b""));
    case(&graph).check(
        &stub,
        r#"{"news":"none","top":null}"#,
        &["SUBREQUEST_HTTP_ERROR top"],
    );
}

#[test]
fn an_error_of_an_entity_is_reported_at_each_of_its_places() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "inventory",
            &[0],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { stock s: shipping } }",
        )
        .finish();
    let stub = Stub::default()
        .on("products", r#"{"data":{"top":[{"upc":"a"},{"upc":"b"},{"upc":"a"}]}}"#)
        .on("inventory", r#"{"data":{"_entities":[{"stock":null,"s":1},null]},"errors":[
            {"message":"no stock","path":["_entities",0,"stock"],"locations":[{"line":1,"column":2}]},
            {"message":"gone","path":["_entities",1]}]}"#);
    Case::new(&graph, "{ top { stock s: shipping } }", plan).check(
        &stub,
        r#"{"top":[{"stock":null,"s":1},{"stock":null,"s":null},{"stock":null,"s":1}]}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR top.0.stock",
            "DOWNSTREAM_SERVICE_ERROR top.1.stock",
            "DOWNSTREAM_SERVICE_ERROR top.1.s",
            "DOWNSTREAM_SERVICE_ERROR top.2.stock",
        ],
    );
}

#[test]
fn an_error_below_a_null_that_travelled_in_the_subgraph_keeps_its_full_path() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { upc r: reviews { id b: body } } }")
        .finish();
    let stub = Stub::default().on(
        "products",
        r#"{"data":{"top":[{"upc":"a","r":[{"id":"1","b":"x"}]},{"upc":"b","r":null}]},
            "errors":[{"message":"no body","path":["top",1,"r",3,"b"]}]}"#,
    );
    Case::new(&graph, "{ top { r: reviews { b: body id } } }", plan).check(
        &stub,
        r#"{"top":[{"r":[{"b":"x","id":"1"}]},{"r":null}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR top.1.r.3.b"],
    );
}

#[test]
fn what_needs_a_failed_input_fails_with_the_same_error() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "reviews",
            &[0],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { stock__weft_stock: stock } }",
        )
        .entities(
            "inventory",
            &[1],
            &["top.@"],
            "Product { upc stock: __weft_stock }",
            "{ ... on Product { shipping } }",
        )
        .finish();
    let case = Case::new(&graph, "{ top { upc shipping } }", plan);
    let root = || Stub::default().on("products", r#"{"data":{"top":[{"upc":"a"},{"upc":"b"}]}}"#);
    case.check(
        &root().answer("reviews", "", Answer::with_status(500, b"")),
        r#"{"top":[{"upc":"a","shipping":null},{"upc":"b","shipping":null}]}"#,
        &[
            "SUBREQUEST_HTTP_ERROR top.0.shipping",
            "SUBREQUEST_HTTP_ERROR top.1.shipping",
        ],
    );
    let stub = root()
        .on("reviews", r#"{"data":{"_entities":[{"stock__weft_stock":null},{"stock__weft_stock":4}]},"errors":[{"message":"x","path":["_entities",0,"stock__weft_stock"]}]}"#)
        .on("inventory", r#"{"data":{"_entities":[{"shipping":5}]}}"#);
    case.check(
        &stub,
        r#"{"top":[{"upc":"a","shipping":null},{"upc":"b","shipping":5}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR top.0.shipping"],
    );
}

#[test]
fn a_missing_member_is_an_error_and_a_duplicate_one_is_not() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ news top { upc stock } }")
        .finish();
    let stub = Stub::default().on(
        "products",
        r#"{"data":{"top":[{"stock":1,"stock":2,"upc":"a","upc":"b"},{"upc":"c"}]}}"#,
    );
    Case::new(&graph, "{ news top { upc stock } }", plan).check(
        &stub,
        r#"{"news":null,"top":[{"upc":"b","stock":2},{"upc":"c","stock":null}]}"#,
        &[
            "SUBREQUEST_MALFORMED_RESPONSE news",
            "SUBREQUEST_MALFORMED_RESPONSE top.1.stock",
        ],
    );
}

#[test]
fn a_wrong_shape_costs_the_field_that_has_it() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ news top { upc reviews { id } } }")
        .finish();
    let stub = Stub::default().on(
        "products",
        r#"{"data":{"news":{},"top":[{"upc":"a","reviews":{}},5,{"upc":"c","reviews":[[]]}]}}"#,
    );
    Case::new(&graph, "{ news top { upc reviews { id } } }", plan).check(
        &stub,
        r#"{"news":null,"top":[{"upc":"a","reviews":null},null,{"upc":"c","reviews":null}]}"#,
        &[
            "SUBREQUEST_MALFORMED_RESPONSE news",
            "SUBREQUEST_MALFORMED_RESPONSE top.0.reviews",
            "SUBREQUEST_MALFORMED_RESPONSE top.1",
            "SUBREQUEST_MALFORMED_RESPONSE top.2.reviews.0",
        ],
    );
}

#[test]
fn the_policy_decides_what_clients_see() {
    let graph = shop();
    let mut case = case(&graph);
    let stub = stub().on(
        "inventory",
        r#"{"data":null,"errors":[{"message":"password is x","extensions":{"code":"E","trace":[1],"service":"fake"}}]}"#,
    );
    let first = |case: &Case| {
        let response: serde_json::Value =
            serde_json::from_slice(&case.run(&stub).body.to_bytes()).unwrap();
        response["errors"][0].to_string()
    };
    assert_eq!(
        first(&case),
        r#"{"message":"password is x","path":["top",0,"stock"],"extensions":{"code":"E","service":"inventory"}}"#
    );
    let hidden = Reveal {
        messages: false,
        service: false,
        extensions: Some(Vec::new()),
        details: false,
    };
    case.options
        .errors
        .subgraphs
        .insert("inventory".to_owned(), hidden);
    assert_eq!(
        first(&case),
        r#"{"message":"a subgraph reported an error","path":["top",0,"stock"],"extensions":{"code":"DOWNSTREAM_SERVICE_ERROR"}}"#
    );
    let open = Reveal {
        extensions: None,
        ..Reveal::default()
    };
    case.options
        .errors
        .subgraphs
        .insert("inventory".to_owned(), open);
    assert_eq!(
        first(&case),
        r#"{"message":"password is x","path":["top",0,"stock"],"extensions":{"code":"E","trace":[1],"service":"inventory"}}"#
    );
}
