//! Entity calls: representations, what they bring, where it goes.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::query;
use crate::stub::Stub;
use serde_json::json;
use std::sync::Arc;
use weft_supergraph::Supergraph;

fn shop() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { users: [User] top: [Product] }
        type User { id: ID! name: String reviews(first: Int): [Review] }
        type Review { id: ID! body: String author: User product: Product }
        type Product { upc: String! price: Int weight: Int! size: Size shipping: Int stock: Int }
        type Size { width: Int depth: Int }
        ",
    )
}

const USERS: &str = r#"{"data":{"users":[{"__typename":"User","id":"1"},{"__typename":"User","id":"2"},{"__typename":"User","id":"1"},null]}}"#;

#[test]
fn equal_entities_are_sent_once_and_shared_by_all_their_places() {
    let graph = shop();
    let plan = query(&graph)
        .root("accounts", &[], "{ users { __typename id } }")
        .entities(
            "reviews",
            &[0],
            &["users.@"],
            "User { id }",
            "{ ... on User { reviews { id author { __typename id } } } }",
        )
        .entities(
            "accounts",
            &[1],
            &["users.@.reviews.@.author", "users.@"],
            "User { id }",
            "{ ... on User { name } }",
        )
        .finish();
    let stub = Stub::default()
        .answer("accounts", "{ users", crate::stub::Answer::json(USERS))
        .on("reviews", r#"{"data":{"_entities":[{"reviews":[{"id":"r1","author":{"__typename":"User","id":"3"}}]},{"reviews":[]}]}}"#)
        .on("accounts", r#"{"data":{"_entities":[{"name":"Cy"},{"name":"Ann"},{"name":"Bo"}]}}"#);
    let case = Case::new(
        &graph,
        "{ users { name reviews { author { name } } } }",
        plan,
    );
    case.check(
        &stub,
        r#"{"users":[
            {"name":"Ann","reviews":[{"author":{"name":"Cy"}}]},
            {"name":"Bo","reviews":[]},
            {"name":"Ann","reviews":[{"author":{"name":"Cy"}}]},
            null]}"#,
        &[],
    );
    let variables = stub.variables("reviews");
    let expected = json!([{"__typename":"User","id":"1"},{"__typename":"User","id":"2"}]);
    assert_eq!(variables["representations"], expected);
}

#[test]
fn an_entity_that_comes_back_null_is_left_out_later_and_the_others_stay_aligned() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "inventory",
            &[0],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { price } }",
        )
        .entities(
            "products",
            &[1],
            &["top.@"],
            "Product { upc price }",
            "{ ... on Product { shipping } }",
        )
        .finish();
    let stub = Stub::default()
        .answer(
            "products",
            "{ top",
            crate::stub::Answer::json(r#"{"data":{"top":[{"upc":"a"},{"upc":"b"},{"upc":"c"}]}}"#),
        )
        .on(
            "inventory",
            r#"{"data":{"_entities":[{"price":1},null,{"price":null}]}}"#,
        )
        .on(
            "products",
            r#"{"data":{"_entities":[{"shipping":10},{"shipping":30}]}}"#,
        );
    let case = Case::new(&graph, "{ top { shipping } }", plan);
    case.check(
        &stub,
        r#"{"top":[{"shipping":10},{"shipping":null},{"shipping":30}]}"#,
        &[],
    );
    assert!(stub.bodies("products")[1].contains(r#"[{"__typename":"Product","upc":"a","price":1},{"__typename":"Product","upc":"c","price":null}]"#));
}

#[test]
fn two_calls_of_one_request_fill_two_places() {
    let graph = shop();
    let plan = query(&graph)
        .root("accounts", &[], "{ users { __typename id } }")
        .root("products", &[], "{ top { __typename upc } }")
        .batch(
            "reviews",
            &[0, 1],
            &[
                (&["users.@"], "User { id }", "{ ... on User { name } }"),
                (
                    &["top.@"],
                    "Product { upc }",
                    "{ ... on Product { stock } }",
                ),
            ],
        )
        .finish();
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"users":[{"id":"1"}]}}"#)
        .on("products", r#"{"data":{"top":[{"upc":"a"},{"upc":"b"}]}}"#)
        .on(
            "reviews",
            r#"{"data":{"_e1":[{"stock":1},{"stock":2}],"_e0":[{"name":"Ann"}]}}"#,
        );
    let case = Case::new(&graph, "{ top { stock } users { name } }", plan);
    case.check(
        &stub,
        r#"{"top":[{"stock":1},{"stock":2}],"users":[{"name":"Ann"}]}"#,
        &[],
    );
}

#[test]
fn a_required_value_under_an_internal_key_is_sent_by_its_name_and_not_shown() {
    let graph = shop();
    let plan = query(&graph)
        .root(
            "products",
            &[],
            "{ top { __typename upc size__weft_size: size { width depth } } }",
        )
        .entities(
            "inventory",
            &[0],
            &["top.@"],
            "Product { upc size: __weft_size { width depth } }",
            "{ ... on Product { shipping } }",
        )
        .finish();
    let stub = Stub::default()
        .on(
            "products",
            r#"{"data":{"top":[{"upc":"a","size__weft_size":{"width":1,"depth":2}}]}}"#,
        )
        .on("inventory", r#"{"data":{"_entities":[{"shipping":3}]}}"#);
    let case = Case::new(&graph, "{ top { shipping } }", plan);
    case.check(&stub, r#"{"top":[{"shipping":3}]}"#, &[]);
    let expected = json!([{"__typename":"Product","upc":"a","size":{"width":1,"depth":2}}]);
    assert_eq!(stub.variables("inventory")["representations"], expected);
}

#[test]
fn parallel_fetches_of_one_object_merge_deeply_and_lists_by_index() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { upc size { width } } }")
        .root("inventory", &[], "{ top { stock size { depth } } }")
        .finish();
    let stub = Stub::default()
        .on("products", r#"{"data":{"top":[{"upc":"a","size":{"width":1}},null,{"upc":"c","size":null}]}}"#)
        .on("inventory", r#"{"data":{"top":[{"stock":5,"size":{"depth":2}},{"stock":6,"size":null},{"stock":7,"size":{"depth":9}}]}}"#);
    let case = Case::new(&graph, "{ top { stock upc size { depth width } } }", plan);
    let response = case.run(&stub);
    let data: serde_json::Value = serde_json::from_slice(&response.body.to_bytes()).unwrap();
    assert_eq!(
        data["data"]["top"][0],
        json!({"stock":5,"upc":"a","size":{"depth":2,"width":1}})
    );
    assert_eq!(
        data["data"]["top"][1],
        json!(null),
        "the key that cannot be null is missing"
    );
    assert_eq!(
        data["data"]["top"][2],
        json!({"stock":7,"upc":"c","size":{"depth":9,"width":null}})
    );
}

#[test]
fn too_many_representations_go_in_several_requests() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "inventory",
            &[0],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { stock } }",
        )
        .finish();
    let stub = Stub::default()
        .on(
            "products",
            r#"{"data":{"top":[{"upc":"a"},{"upc":"b"},{"upc":"c"}]}}"#,
        )
        .answer(
            "inventory",
            r#""upc":"a""#,
            crate::stub::Answer::json(r#"{"data":{"_entities":[{"stock":1},{"stock":2}]}}"#),
        )
        .answer(
            "inventory",
            r#""upc":"c""#,
            crate::stub::Answer::json(r#"{"data":{"_entities":[{"stock":3}]}}"#),
        );
    let mut case = Case::new(&graph, "{ top { stock } }", plan);
    case.options.limits.representations_per_request = 2;
    case.check(
        &stub,
        r#"{"top":[{"stock":1},{"stock":2},{"stock":3}]}"#,
        &[],
    );
    assert_eq!(stub.bodies("inventory").len(), 2);
    case.options.limits.representations = 2;
    case.check(
        &stub,
        r#"{"top":[{"stock":null},{"stock":null},{"stock":null}]}"#,
        &[
            "REQUEST_LIMIT_EXCEEDED top.0.stock",
            "REQUEST_LIMIT_EXCEEDED top.1.stock",
            "REQUEST_LIMIT_EXCEEDED top.2.stock",
        ],
    );
}

#[test]
fn a_fetch_without_entities_is_not_sent() {
    let graph = shop();
    let plan = query(&graph)
        .root("products", &[], "{ top { __typename upc } }")
        .entities(
            "inventory",
            &[0],
            &["top.@"],
            "Product { upc }",
            "{ ... on Product { stock } }",
        )
        .finish();
    let stub = Stub::default().on("products", r#"{"data":{"top":[]}}"#);
    let case = Case::new(&graph, "{ top { stock } }", plan);
    case.check(&stub, r#"{"top":[]}"#, &[]);
    assert_eq!(case.run(&stub).subgraph_requests, 1);
}
