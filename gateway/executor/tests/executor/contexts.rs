//! Arguments that take their values from ancestors: one request, one `_entities` field for each set of values.

use crate::case::Case;
use crate::graph::read;
use crate::stub::{Answer, Stub};
use serde_json::json;

fn case(operation: &str) -> Case {
    Case::planned(&read(include_str!("contexts.graphql")), operation)
}

/// Two shops with items of their own and one that both have.
const SHOPS: &str = r#"{"data":{"shops":[
    {"currency":"EUR","regions":[{"name":"N","items":[{"__typename":"Item","id":"1"},{"__typename":"Item","id":"2"}]}]},
    {"currency":"SEK","regions":[{"name":"N","items":[{"__typename":"Item","id":"1"}]}]}]}}"#;

#[test]
fn objects_below_different_values_are_asked_for_apart_in_one_request() {
    let stub = Stub::default().on("shops", SHOPS).on(
        "items",
        r#"{"data":{"_entities":[{"price":1},{"price":2}],"_entities_1":[{"price":10}]}}"#,
    );
    case("{ shops { regions { items { price } } } }").check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"price":1},{"price":2}]}]},
            {"regions":[{"items":[{"price":10}]}]}]}"#,
        &[],
    );
    assert_eq!(
        stub.variables("items"),
        json!({
            "__weft_context_0": "EUR",
            "representations": [{"__typename": "Item", "id": "1"}, {"__typename": "Item", "id": "2"}],
            "__weft_context_0_1": "SEK",
            "representations_1": [{"__typename": "Item", "id": "1"}],
        })
    );
    let body = stub.bodies("items").remove(0);
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        document["query"],
        "query($representations:[_Any!]!,$__weft_context_0:String,\
         $representations_1:[_Any!]!,$__weft_context_0_1:String)\
         {_entities:_entities(representations:$representations){...on Item{price(currency:$__weft_context_0)}} \
         _entities_1:_entities(representations:$representations_1){...on Item{price(currency:$__weft_context_0_1)}}}"
            .replace("...on", "... on")
    );
}

#[test]
fn objects_below_equal_values_are_sent_once() {
    let shops = SHOPS.replace("SEK", "EUR");
    let stub = Stub::default().on("shops", &shops).on(
        "items",
        r#"{"data":{"_entities":[{"price":1},{"price":2}]}}"#,
    );
    case("{ shops { regions { items { price } } } }").check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"price":1},{"price":2}]}]},
            {"regions":[{"items":[{"price":1}]}]}]}"#,
        &[],
    );
}

#[test]
fn several_values_of_one_call_come_from_their_own_ancestors() {
    let shops = SHOPS.replacen("\"N\"", "\"S\"", 1);
    let stub = Stub::default().on("shops", &shops).on(
        "items",
        r#"{"data":{"_entities":[{"tax":1},{"tax":2}],"_entities_1":[{"tax":10}]}}"#,
    );
    case("{ shops { regions { items { tax } } } }").check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"tax":1},{"tax":2}]}]},
            {"regions":[{"items":[{"tax":10}]}]}]}"#,
        &[],
    );
    let variables = stub.variables("items");
    let taken = ["__weft_context_0", "__weft_context_1"].map(|name| variables[name].clone());
    assert_eq!(taken, [json!("S"), json!("EUR")]);
    let taken = ["__weft_context_0_1", "__weft_context_1_1"].map(|name| variables[name].clone());
    assert_eq!(taken, [json!("N"), json!("SEK")]);
}

#[test]
fn a_null_goes_to_an_argument_that_may_be_null() {
    let shops = SHOPS.replace("\"SEK\"", "null");
    let stub = Stub::default().on("shops", &shops).on(
        "items",
        r#"{"data":{"_entities":[{"price":1},{"price":2}],"_entities_1":[{"price":0}]}}"#,
    );
    case("{ shops { regions { items { price } } } }").check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"price":1},{"price":2}]}]},
            {"regions":[{"items":[{"price":0}]}]}]}"#,
        &[],
    );
    let variables = stub.variables("items");
    assert!(variables["__weft_context_0_1"].is_null());
    assert!(variables.get("__weft_context_0_1").is_some());
}

#[test]
fn without_a_value_for_a_required_argument_only_those_objects_lack_only_that_field() {
    let shops = SHOPS.replace("\"SEK\"", "null");
    let stub = Stub::default().on("shops", &shops).on(
        "items",
        r#"{"data":{"_e0":[{"fee":1},{"fee":2}],"_e1":[{"stock":4},{"stock":5}]}}"#,
    );
    let case = case("{ shops { regions { items { fee stock } } } }");
    case.check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"fee":1,"stock":4},{"fee":2,"stock":5}]}]},
            {"regions":[{"items":[{"fee":null,"stock":4}]}]}]}"#,
        &["CONTEXT_VALUE_MISSING shops.1.regions.0.items.0.fee"],
    );
}

#[test]
fn an_ancestor_that_failed_explains_what_depends_on_it() {
    let answer = r#"{"data":{"shops":[{"currency":null,"regions":[{"name":"N","items":[{"__typename":"Item","id":"1"}]}]}]},
        "errors":[{"message":"no rates","path":["shops",0,"currency"]}]}"#;
    let stub = Stub::default().on("shops", answer);
    case("{ shops { regions { items { price } } } }").check(
        &stub,
        r#"{"shops":[{"regions":[{"items":[{"price":null}]}]}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR shops.0.regions.0.items.0.price"],
    );
}

#[test]
fn groups_are_split_where_a_request_may_not_carry_them_all() {
    let mut case = case("{ shops { regions { items { price } } } }");
    case.options.limits.representations_per_request = 2;
    let stub = Stub::default()
        .on("shops", SHOPS)
        .answer(
            "items",
            "SEK",
            Answer::json(r#"{"data":{"_entities_1":[{"price":10}]}}"#),
        )
        .on(
            "items",
            r#"{"data":{"_entities":[{"price":1},{"price":2}]}}"#,
        );
    case.check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"price":1},{"price":2}]}]},
            {"regions":[{"items":[{"price":10}]}]}]}"#,
        &[],
    );
    let bodies = stub.bodies("items");
    assert_eq!(bodies.len(), 2);
    assert!(!bodies[1].contains("$representations:"), "{}", bodies[1]);
}

#[test]
fn an_entity_with_two_ancestors_has_a_value_below_each() {
    let shops = r#"{"data":{"shops":[
        {"currency":"EUR","regions":[{"__typename":"Region","name":"N"}]},
        {"currency":"SEK","regions":[{"__typename":"Region","name":"N"}]}]}}"#;
    let stub = Stub::default()
        .on("shops", shops)
        .answer(
            "items",
            "best",
            Answer::json(r#"{"data":{"_entities":[{"best":{"__typename":"Item","id":"7"}}]}}"#),
        )
        .on(
            "items",
            r#"{"data":{"_entities":[{"fee":1}],"_entities_1":[{"fee":10}]}}"#,
        );
    case("{ shops { regions { best { fee } } } }").check(
        &stub,
        r#"{"shops":[
            {"regions":[{"best":{"fee":1}}]},
            {"regions":[{"best":{"fee":10}}]}]}"#,
        &[],
    );
}

/// The graph with shops of another subgraph, `far`.
fn with_far_shops() -> String {
    include_str!("contexts.graphql")
        .replace(
            "enum join__Graph {",
            "enum join__Graph { FAR @join__graph(name: \"far\", url: \"http://far\")",
        )
        .replace(
            "type Query @join__type(graph: SHOPS)",
            "type Query @join__type(graph: SHOPS) @join__type(graph: FAR)",
        )
        .replace("shops: [Shop]", "far: [Shop] @join__field(graph: FAR) shops: [Shop]")
        .replace(
            "type Shop @join__type(graph: SHOPS, key: \"id\")",
            "type Shop @join__type(graph: SHOPS, key: \"id\") @join__type(graph: FAR, key: \"id\")",
        )
        .replace(
            "type Region @join__type(graph: SHOPS, key: \"name\")",
            "type Region @join__type(graph: SHOPS, key: \"name\") @join__type(graph: FAR, key: \"name\")",
        )
        .replace("items: [Item] @join__field(graph: SHOPS)", "items: [Item] @join__field(graph: SHOPS) @join__field(graph: FAR)")
        .replace(
            "type Item @join__type(graph: SHOPS, key: \"id\")",
            "type Item @join__type(graph: SHOPS, key: \"id\") @join__type(graph: FAR, key: \"id\")",
        )
}

#[test]
fn what_comes_late_joins_the_group_with_its_values_or_makes_a_new_one() {
    let stub = Stub::default()
        .on("shops", SHOPS)
        .answer(
            "far",
            "",
            Answer::Slow(9, r#"{"data":{"far":[
                {"currency":"EUR","regions":[{"name":"N","items":[{"__typename":"Item","id":"2"},{"__typename":"Item","id":"3"}]}]},
                {"currency":"NOK","regions":[{"name":"N","items":[{"__typename":"Item","id":"1"}]}]}]}}"#),
        )
        .answer(
            "items",
            "SEK",
            Answer::json(r#"{"data":{"_entities":[{"price":1},{"price":2}],"_entities_1":[{"price":10}]}}"#),
        )
        .on(
            "items",
            r#"{"data":{"_entities":[{"price":3}],"_entities_2":[{"price":100}]}}"#,
        );
    let operation = "{ shops { regions { items { price } } } far { regions { items { price } } } }";
    Case::planned(&read(with_far_shops()), operation).check(
        &stub,
        r#"{"shops":[
            {"regions":[{"items":[{"price":1},{"price":2}]}]},
            {"regions":[{"items":[{"price":10}]}]}],
          "far":[
            {"regions":[{"items":[{"price":2},{"price":3}]}]},
            {"regions":[{"items":[{"price":100}]}]}]}"#,
        &[],
    );
    let bodies = stub.bodies("items");
    assert_eq!(bodies.len(), 2);
    let late: serde_json::Value = serde_json::from_str(&bodies[1]).unwrap();
    assert_eq!(
        late["variables"],
        json!({
            "__weft_context_0": "EUR",
            "representations": [{"__typename": "Item", "id": "3"}],
            "__weft_context_0_2": "NOK",
            "representations_2": [{"__typename": "Item", "id": "1"}],
        })
    );
}

#[test]
fn of_objects_in_a_list_the_list_of_their_values_is_taken() {
    let shops = r#"{"data":{"shops":[
        {"regions":[{"name":"N","items":[{"__typename":"Item","id":"1"}]},{"name":"S","items":[]}]}]}}"#;
    let stub = Stub::default()
        .on("shops", shops)
        .on("items", r#"{"data":{"_entities":[{"rank":1}]}}"#);
    case("{ shops { regions { items { rank } } } }").check(
        &stub,
        r#"{"shops":[{"regions":[{"items":[{"rank":1}]},{"items":[]}]}]}"#,
        &[],
    );
    let variables = stub.variables("items");
    assert_eq!(variables["__weft_context_0"], json!(["N", "S"]));
}

#[test]
fn a_request_declares_the_variables_of_the_calls_that_are_in_it() {
    let shops = SHOPS.replace("\"shops\":", "\"none\":[],\"shops\":");
    let stub = Stub::default().on("shops", &shops).on(
        "items",
        r#"{"data":{"_e0":[{"price":1},{"price":2}],"_e0_1":[{"price":10}]}}"#,
    );
    let operation = "query($at: String) { shops { regions { items { price } } } none: shops { regions { items { stock(at: $at) } } } }";
    let mut case = case(operation);
    case.variables = Some(r#"{"at":"now"}"#);
    let expected = r#"{"shops":[
        {"regions":[{"items":[{"price":1},{"price":2}]}]},
        {"regions":[{"items":[{"price":10}]}]}],"none":[]}"#;
    case.check(&stub, expected, &[]);
    let body = stub.bodies("items").remove(0);
    assert!(!body.contains("$at") && !body.contains("now"), "{body}");
}
