//! Values, keys and their order, conditions, types.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::query;
use crate::stub::Stub;
use std::sync::Arc;
use weft_supergraph::Supergraph;

fn zoo() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { animals: [Animal!] pets: [Pet!] pet: Pet cat: Cat things: [[Int]] raw: Raw score: Float kind: Kind kinds: [Kind!] strict: Kind! name(of: String): String sure: String! }
        interface Animal { id: ID! name: String }
        type Cat implements Animal { id: ID! name: String lives: Int! }
        type Dog implements Animal { id: ID! name: String! owner: Cat }
        type Ghost implements Animal @inaccessible { id: ID! name: String }
        union Pet = Cat | Dog | Ghost
        enum Kind { SMALL LARGE HIDDEN @inaccessible }
        scalar Raw
        ",
    )
}

fn check(operation: &str, document: &str, answer: &str, data: &str, errors: &[&str]) {
    let graph = zoo();
    let plan = query(&graph).root("accounts", &[], document).finish();
    Case::new(&graph, operation, plan).check(&Stub::default().on("accounts", answer), data, errors);
}

#[test]
fn leaves_keep_the_text_that_arrived() {
    let graph = zoo();
    let plan = query(&graph)
        .root("accounts", &[], "{ score raw name }")
        .finish();
    let case = Case::new(&graph, "{ raw score n: name }", plan);
    let stub = Stub::default().on(
        "accounts",
        r#"{ "data" : {"score":1.50e+1,"raw": {"b" : [1,  2.0], "a":"\u00e9"} , "name":"x"} }"#,
    );
    let body = case.run(&stub).body.to_bytes();
    let expected = r#"{"data":{"raw":{"b" : [1,  2.0], "a":"\u00e9"},"score":1.50e+1,"n":null}}"#;
    assert_eq!(std::str::from_utf8(&body).unwrap(), expected);
}

#[test]
fn keys_come_in_the_order_of_the_operation_whatever_the_subgraph_does() {
    check(
        "{ cat { n: name id name lives } }",
        "{ cat { name n: name id lives } }",
        r#"{"extensions":{},"data":{"cat":{"lives":9,"unasked":[{}],"id":"c","name":"Tom","n":"Tom"}}}"#,
        r#"{"cat":{"n":"Tom","id":"c","name":"Tom","lives":9}}"#,
        &[],
    );
}

#[test]
fn an_id_that_arrives_as_a_number_is_a_string_for_the_client() {
    check(
        "{ cat { id } }",
        "{ cat { id } }",
        r#"{"data":{"cat":{"id":42}}}"#,
        r#"{"cat":{"id":"42"}}"#,
        &[],
    );
}

#[test]
fn a_leaf_of_the_wrong_kind_is_null_with_an_error() {
    check(
        "{ cat { lives name } score things }",
        "{ cat { lives name } score things }",
        r#"{"data":{"cat":{"lives":2147483648,"name":7},"score":"1","things":[[1,1.5],2,null]}}"#,
        r#"{"cat":null,"score":null,"things":[[1,null],null,null]}"#,
        &[
            "SUBREQUEST_MALFORMED_RESPONSE cat.lives",
            "SUBREQUEST_MALFORMED_RESPONSE score",
            "SUBREQUEST_MALFORMED_RESPONSE things.0.1",
            "SUBREQUEST_MALFORMED_RESPONSE things.1",
        ],
    );
}

#[test]
fn a_hidden_enum_value_is_null_and_an_unknown_one_an_error() {
    check(
        "{ kind kinds }",
        "{ kind kinds }",
        r#"{"data":{"kind":"HIDDEN","kinds":["SMALL"]}}"#,
        r#"{"kind":null,"kinds":["SMALL"]}"#,
        &[],
    );
    check(
        "{ kind kinds }",
        "{ kind kinds }",
        r#"{"data":{"kind":"NONE","kinds":["SMALL","HIDDEN"]}}"#,
        r#"{"kind":null,"kinds":null}"#,
        &[
            "SUBREQUEST_MALFORMED_RESPONSE kind",
            "NULL_IN_NON_NULL_FIELD kinds.1",
        ],
    );
}

#[test]
fn a_type_condition_that_does_not_match_leaves_an_empty_object() {
    check(
        "{ pet { ... on Dog { name } } animals { ... on Cat { lives } } }",
        "{ pet { __typename ... on Dog { name } } animals { __typename ... on Cat { lives } } }",
        r#"{"data":{"pet":{"__typename":"Cat"},"animals":[{"__typename":"Dog"},{"__typename":"Cat","lives":3}]}}"#,
        r#"{"pet":{},"animals":[{},{"lives":3}]}"#,
        &[],
    );
}

#[test]
fn typename_is_served_under_any_alias_and_for_the_root() {
    check(
        "{ __typename pet { a: __typename b: __typename ... on Dog { __typename } } }",
        "{ pet { __typename } }",
        r#"{"data":{"pet":{"__typename":"Dog"}}}"#,
        r#"{"__typename":"Query","pet":{"a":"Dog","b":"Dog","__typename":"Dog"}}"#,
        &[],
    );
}

#[test]
fn an_object_of_a_hidden_type_is_null() {
    check(
        "{ pet { __typename } cat { id } pets { __typename } }",
        "{ pet { __typename } cat { id } pets { __typename } }",
        r#"{"data":{"pet":{"__typename":"Ghost"},"cat":{"id":"1"},"pets":[{"__typename":"Ghost"}]}}"#,
        r#"{"pet":null,"cat":{"id":"1"},"pets":null}"#,
        &["NULL_IN_NON_NULL_FIELD pets.0"],
    );
}

#[test]
fn an_object_without_a_known_type_is_null_with_an_error_where_the_type_matters() {
    check(
        "{ pet { __typename } animals { name } }",
        "{ pet { __typename } animals { name } }",
        r#"{"data":{"pet":{},"animals":[{"name":"x"}]}}"#,
        r#"{"pet":null,"animals":[{"name":"x"}]}"#,
        &["NULL_IN_NON_NULL_FIELD pet"],
    );
}

#[test]
fn nulls_travel_to_the_nearest_place_that_allows_them() {
    check(
        "{ animals { ... on Dog { owner { lives } } ... on Cat { lives } } }",
        "{ animals { __typename ... on Dog { owner { lives } } ... on Cat { lives } } }",
        r#"{"data":{"animals":[{"__typename":"Dog","owner":{"lives":null}},{"__typename":"Cat","lives":1}]}}"#,
        r#"{"animals":[{"owner":null},{"lives":1}]}"#,
        &["NULL_IN_NON_NULL_FIELD animals.0.owner.lives"],
    );
    check(
        "{ animals { ... on Cat { lives } } sure }",
        "{ animals { __typename ... on Cat { lives } } sure }",
        r#"{"data":{"animals":[{"__typename":"Cat","lives":null}],"sure":null}}"#,
        "null",
        &[
            "NULL_IN_NON_NULL_FIELD animals.0.lives",
            "NULL_IN_NON_NULL_FIELD sure",
        ],
    );
}

#[test]
fn the_runtime_type_decides_where_one_key_means_two_fields() {
    let graph = supergraph(
        "
        type Query { item: Item }
        union Item = Book | Disc
        type Book { length: Int title: Title }
        type Disc { length: String title: String }
        type Title { text: String }
        ",
    );
    let document = "{ item { __typename ... on Book { length title { text } } ... on Disc { l: length title } } }";
    let operation =
        "{ item { ... on Book { length title { text } } ... on Disc { l: length t: title } } }";
    for (answer, data) in [
        (
            r#"{"length":1,"title":{"text":"t"},"__typename":"Book"}"#,
            r#"{"length":1,"title":{"text":"t"}}"#,
        ),
        (
            r#"{"title":"x","l":"long","__typename":"Disc"}"#,
            r#"{"l":"long","t":null}"#,
        ),
    ] {
        let plan = query(&graph).root("accounts", &[], document).finish();
        let stub = Stub::default().on("accounts", &format!(r#"{{"data":{{"item":{answer}}}}}"#));
        let data = format!(r#"{{"item":{data}}}"#);
        Case::new(&graph, operation, plan).check(&stub, &data, &[]);
    }
}

#[test]
fn skip_and_include_decide_what_is_answered_and_in_which_order() {
    let graph = zoo();
    let operation = "query($x: Boolean!, $y: Boolean = true) { cat @include(if: $x) { id } ... @skip(if: $y) { score } cat { lives } kind @skip(if: true) }";
    let document = "{ cat { id @include(if: $x) lives } score @skip(if: $y) }";
    let cases = [
        (
            r#"{"x":true}"#,
            r#"{"cat":{"id":"1","lives":2}}"#,
            r#"{"cat":{"id":"1","lives":2}}"#,
        ),
        (
            r#"{"x":false,"y":false}"#,
            r#"{"cat":{"lives":2},"score":1.5}"#,
            r#"{"score":1.5,"cat":{"lives":2}}"#,
        ),
    ];
    for (variables, answer, data) in cases {
        let plan = query(&graph).root("accounts", &[], document).finish();
        let mut case = Case::new(&graph, operation, plan);
        case.variables = Some(variables);
        let stub = Stub::default().on("accounts", &format!(r#"{{"data":{answer}}}"#));
        case.check(&stub, data, &[]);
        let given: serde_json::Value = serde_json::from_str(variables).unwrap();
        assert_eq!(stub.variables("accounts"), given);
    }
}

#[test]
fn a_fragment_that_adds_nothing_needs_no_runtime_type() {
    let graph = supergraph(
        "type Query { pets: [Pet] }
         interface Pet { name: String }
         type Cat implements Pet { name: String }
         type Dog implements Pet { name: String }",
    );
    let plan = query(&graph)
        .root("accounts", &[], "{ pets { name } }")
        .finish();
    let stub = Stub::default().on("accounts", r#"{"data":{"pets":[{"name":"Tom"}]}}"#);
    let case = Case::new(&graph, "{ pets { name ... on Cat { name } } }", plan);
    case.check(&stub, r#"{"pets":[{"name":"Tom"}]}"#, &[]);
}
