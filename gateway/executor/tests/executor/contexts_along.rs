//! Values from contexts that a call takes along for fields below its entities.

use crate::case::Case;
use crate::composed::composed;
use crate::stub::{Answer, Stub};
use serde_json::{Value, json};

/// Teams and users of `people`, what users have of `money`, and their scores of `games`.
fn case(operation: &str) -> Case {
    let people = r#"
        type Query { teams: [Team] }
        type Team @key(fields: "id") { id: ID! region: String boss: User users: [User] }
        type User @key(fields: "id") { id: ID! tier: String home: Home }
        type Home @shareable { city: String }"#;
    let money = r#"
        type Team @key(fields: "id") @context(name: "team") { id: ID! region: String @external }
        type User @key(fields: "id") @context(name: "user") {
            id: ID!
            tier: String @external
            home: Home @external
            score: Int @external
            wallet: Wallet
            things: [Thing]
        }
        type Home { city: String @external }
        interface Thing { id: ID! }
        type Wallet implements Thing @key(fields: "id") {
            id: ID!
            label: String
            fee(region: String @fromContext(field: "$team { region }")): Int
            tax(region: String @fromContext(field: "$team { region }")): Int!
            rank(tier: String @fromContext(field: "$user { tier }")): Int
            grade(score: Int @fromContext(field: "$user { score }")): Int
            post(city: String @fromContext(field: "$user { home { city } }")): Int
        }
        type Card implements Thing @key(fields: "id") {
            id: ID!
            fee: Int
            label: String
        }"#;
    let games = r#"type User @key(fields: "id") { id: ID! score: Int }"#;
    let subgraphs = [("people", people), ("money", money), ("games", games)];
    Case::planned(&composed(&subgraphs), operation)
}

/// A user of two teams, and one of the second only.
const TEAMS: &str = r#"{"data":{"teams":[
    {"region":"EU","users":[{"__typename":"User","id":"1","tier":"gold"}]},
    {"region":"US","users":[{"__typename":"User","id":"1","tier":"gold"},{"__typename":"User","id":"2","tier":"tin"}]}]}}"#;

fn user(id: &str) -> Value {
    json!({"__typename": "User", "id": id})
}

#[test]
fn an_entity_below_two_values_is_asked_about_with_each() {
    let stub = Stub::default().on("people", TEAMS).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"fee":1,"label":"a"}}],
            "_entities_1":[{"wallet":{"fee":10,"label":"a"}},{"wallet":{"fee":20,"label":"b"}}]}}"#,
    );
    case("{ teams { users { wallet { fee label } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"fee":1,"label":"a"}}]},
            {"users":[{"wallet":{"fee":10,"label":"a"}},{"wallet":{"fee":20,"label":"b"}}]}]}"#,
        &[],
    );
    assert_eq!(
        stub.variables("money"),
        json!({
            "__weft_context_0": "EU",
            "representations": [user("1")],
            "__weft_context_0_1": "US",
            "representations_1": [user("1"), user("2")],
        })
    );
}

#[test]
fn an_entity_gives_a_value_itself_for_what_is_below_it() {
    let stub = Stub::default().on("people", TEAMS).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"rank":1}}],"_entities_1":[{"wallet":{"rank":2}}]}}"#,
    );
    case("{ teams { users { wallet { rank } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"rank":1}}]},
            {"users":[{"wallet":{"rank":1}},{"wallet":{"rank":2}}]}]}"#,
        &[],
    );
    assert_eq!(
        stub.variables("money"),
        json!({
            "__weft_context_0": "gold",
            "representations": [user("1")],
            "__weft_context_0_1": "tin",
            "representations_1": [user("2")],
        })
    );
}

#[test]
fn values_of_the_entity_and_from_above_go_together() {
    let stub = Stub::default().on("people", TEAMS).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"rank":1,"fee":1}}],
            "_entities_1":[{"wallet":{"rank":1,"fee":2}}],"_entities_2":[{"wallet":{"rank":2,"fee":3}}]}}"#,
    );
    case("{ teams { users { wallet { rank fee } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"rank":1,"fee":1}}]},
            {"users":[{"wallet":{"rank":1,"fee":2}},{"wallet":{"rank":2,"fee":3}}]}]}"#,
        &[],
    );
}

#[test]
fn a_value_that_is_null_is_sent() {
    let teams = r#"{"data":{"teams":[{"users":[
        {"__typename":"User","id":"1","home":null},
        {"__typename":"User","id":"2","home":{"city":null}},
        {"__typename":"User","id":"3","home":{"city":"Rome"}}]}]}}"#;
    let stub = Stub::default().on("people", teams).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"post":1}},{"wallet":{"post":2}}],"_entities_1":[{"wallet":{"post":3}}]}}"#,
    );
    case("{ teams { users { wallet { post } } } }").check(
        &stub,
        r#"{"teams":[{"users":[{"wallet":{"post":1}},{"wallet":{"post":2}},{"wallet":{"post":3}}]}]}"#,
        &[],
    );
    let variables = stub.variables("money");
    assert_eq!(variables["__weft_context_0"], Value::Null);
    assert_eq!(variables["__weft_context_0_1"], "Rome");
}

/// The region of the second team failed.
const NO_REGION: &str = r#"{"data":{"teams":[
    {"region":"EU","users":[{"__typename":"User","id":"1"}]},
    {"region":null,"users":[{"__typename":"User","id":"1"},{"__typename":"User","id":"2"}]}]},
    "errors":[{"message":"no region","path":["teams",1,"region"]}]}"#;

#[test]
fn a_value_that_failed_costs_no_other_field() {
    let stub = Stub::default().on("people", NO_REGION).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"fee":1,"label":"a"}}],
            "_entities_1":[{"wallet":{"fee":7,"label":"a"}},{"wallet":{"fee":7,"label":"b"}}]}}"#,
    );
    case("{ teams { users { wallet { fee label } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"fee":1,"label":"a"}}]},
            {"users":[{"wallet":{"fee":null,"label":"a"}},{"wallet":{"fee":null,"label":"b"}}]}]}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.0.wallet.fee",
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.1.wallet.fee",
        ],
    );
    let variables = stub.variables("money");
    assert_eq!(variables.get("__weft_context_0_1"), None);
}

#[test]
fn whatever_a_subgraph_says_without_a_value_that_failed_does_not_count() {
    let stub = Stub::default().on("people", NO_REGION).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"fee":1,"label":"a"}}],
            "_entities_1":[{"wallet":{"fee":null,"label":"a"}},{"wallet":null}]},
            "errors":[{"message":"no region?","path":["_entities_1",0,"wallet","fee"]},{"message":"gone","path":["_entities_1",1,"wallet"]}]}"#,
    );
    let case = case("{ teams { users { wallet { fee label } } } }");
    case.check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"fee":1,"label":"a"}}]},
            {"users":[{"wallet":{"fee":null,"label":"a"}},{"wallet":null}]}]}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.0.wallet.fee",
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.1.wallet",
        ],
    );
}

#[test]
fn a_value_that_failed_costs_an_object_whose_field_cannot_be_null() {
    let stub = Stub::default().on("people", NO_REGION).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"tax":1,"label":"a"}}],
            "_entities_1":[{"wallet":{"tax":7,"label":"a"}},{"wallet":null}]}}"#,
    );
    case("{ teams { users { wallet { tax label } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"tax":1,"label":"a"}}]},
            {"users":[{"wallet":null},{"wallet":null}]}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR teams.1.users.0.wallet.tax"],
    );
}

#[test]
fn only_fields_of_the_type_that_takes_a_value_fail_with_it() {
    let stub = Stub::default().on("people", NO_REGION).on(
        "money",
        r#"{"data":{"_entities":[{"things":[]}],
            "_entities_1":[{"things":[{"__typename":"Card","fee":3},{"__typename":"Wallet","fee":4},null]},{"things":null}]}}"#,
    );
    let operation = "{ teams { users { things { ... on Card { fee } ... on Wallet { fee } } } } }";
    case(operation).check(
        &stub,
        r#"{"teams":[
            {"users":[{"things":[]}]},
            {"users":[{"things":[{"fee":3},{"fee":null},null]},{"things":null}]}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR teams.1.users.0.things.1.fee"],
    );
}

#[test]
fn one_value_can_fail_while_another_is_there() {
    let teams = NO_REGION.replace(r#""id":"1"}"#, r#""id":"1","tier":"gold"}"#);
    let teams = teams.replace(r#""id":"2"}"#, r#""id":"2","tier":"tin"}"#);
    let stub = Stub::default().on("people", &teams).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"fee":1,"rank":1}}],
            "_entities_1":[{"wallet":{"fee":7,"rank":1}}],"_entities_2":[{"wallet":{"fee":7,"rank":2}}]}}"#,
    );
    case("{ teams { users { wallet { fee rank } } } }").check(
        &stub,
        r#"{"teams":[
            {"users":[{"wallet":{"fee":1,"rank":1}}]},
            {"users":[{"wallet":{"fee":null,"rank":1}},{"wallet":{"fee":null,"rank":2}}]}]}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.0.wallet.fee",
            "DOWNSTREAM_SERVICE_ERROR teams.1.users.1.wallet.fee",
        ],
    );
}

#[test]
fn two_places_of_an_entity_keep_their_own_values() {
    let teams = r#"{"data":{"teams":[
        {"region":"EU","boss":{"__typename":"User","id":"1"},"users":[{"__typename":"User","id":"1"}]},
        {"region":"US","boss":{"__typename":"User","id":"1"},"users":[{"__typename":"User","id":"1"}]}]}}"#;
    let stub = Stub::default().on("people", teams).on(
        "money",
        r#"{"data":{
            "_e0":[{"wallet":{"fee":1}}],"_e0_1":[{"wallet":{"fee":2}}],
            "_e1":[{"wallet":{"fee":1,"label":"a"}}],"_e1_1":[{"wallet":{"fee":2,"label":"a"}}]}}"#,
    );
    case("{ teams { boss { wallet { fee } } users { wallet { fee label } } } }").check(
        &stub,
        r#"{"teams":[
            {"boss":{"wallet":{"fee":1}},"users":[{"wallet":{"fee":1,"label":"a"}}]},
            {"boss":{"wallet":{"fee":2}},"users":[{"wallet":{"fee":2,"label":"a"}}]}]}"#,
        &[],
    );
}

#[test]
fn a_call_that_fails_fails_all_that_it_asks() {
    let stub =
        Stub::default()
            .on("people", TEAMS)
            .answer("money", "", Answer::with_status(500, b"down"));
    case("{ teams { users { wallet { fee label } } } }").check(
        &stub,
        r#"{"teams":[{"users":[{"wallet":null}]},{"users":[{"wallet":null},{"wallet":null}]}]}"#,
        &[
            "SUBREQUEST_HTTP_ERROR teams.0.users.0.wallet",
            "SUBREQUEST_HTTP_ERROR teams.1.users.0.wallet",
            "SUBREQUEST_HTTP_ERROR teams.1.users.1.wallet",
        ],
    );
}

/// One team with one user.
const ONE: &str = r#"{"data":{"teams":[{"users":[{"__typename":"User","id":"1"}]}]}}"#;

#[test]
fn a_value_is_only_fetched_where_a_field_takes_it() {
    let operation =
        "query($with: Boolean!) { teams { users { wallet { label grade @include(if: $with) } } } }";
    let mut case = case(operation);
    case.variables = Some(r#"{"with":false}"#);
    let stub = Stub::default().on("people", ONE).on(
        "money",
        r#"{"data":{"_entities":[{"wallet":{"label":"a"}}]}}"#,
    );
    let expected = r#"{"teams":[{"users":[{"wallet":{"label":"a"}}]}]}"#;
    case.check(&stub, expected, &[]);
    let variables = stub.variables("money");
    assert_eq!(variables.get("__weft_context_0"), None);

    case.variables = Some(r#"{"with":true}"#);
    let stub = Stub::default()
        .on("people", ONE)
        .on("games", r#"{"data":{"_entities":[{"score":7}]}}"#)
        .on(
            "money",
            r#"{"data":{"_entities":[{"wallet":{"label":"a","grade":3}}]}}"#,
        );
    let expected = r#"{"teams":[{"users":[{"wallet":{"label":"a","grade":3}}]}]}"#;
    case.check(&stub, expected, &[]);
    assert_eq!(stub.variables("money")["__weft_context_0"], 7);
}

#[test]
fn a_call_leaves_when_what_brings_its_value_has_failed() {
    let stub = Stub::default()
        .on("people", ONE)
        .answer("games", "", Answer::with_status(500, b"down"))
        .on(
            "money",
            r#"{"data":{"_entities":[{"wallet":{"label":"a","grade":3}}]}}"#,
        );
    case("{ teams { users { wallet { label grade } } } }").check(
        &stub,
        r#"{"teams":[{"users":[{"wallet":{"label":"a","grade":null}}]}]}"#,
        &["SUBREQUEST_HTTP_ERROR teams.0.users.0.wallet.grade"],
    );
}
