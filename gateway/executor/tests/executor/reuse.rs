//! Entities that are known already are not asked for again, where that is sound.

use crate::case::Case;
use crate::graph::supergraph;
use crate::hand_plan::{HandPlan, query};
use crate::stub::{Answer, Stub};
use apollo_compiler::ast::OperationType;
use std::sync::Arc;
use weft_executor::MemoScope;
use weft_query_plan::QueryPlan;
use weft_supergraph::Supergraph;

fn graph() -> Arc<Supergraph> {
    supergraph(
        "
        type Query { users: [User] }
        type Mutation { rename: User again: User }
        type User { id: ID! name(long: Boolean): String friends: [User] }
        ",
    )
}

const OPERATION: &str = "{ users { name friends { name friends { name } } } }";
const FRIENDS: &str = "{ ... on User { friends { __typename id } } }";

/// Users with names from accounts, friends of friends from reviews, their names from accounts again.
fn plan(graph: &Supergraph, name: &str) -> QueryPlan {
    query(&Arc::new(graph.clone()))
        .root("accounts", &[], "{ users { __typename id name } }")
        .entities("reviews", &[0], &["users.@"], "User { id }", FRIENDS)
        .entities(
            "accounts",
            &[1],
            &["users.@.friends.@"],
            "User { id }",
            &format!("{{ ... on User {{ {name} }} }}"),
        )
        .entities(
            "reviews",
            &[2],
            &["users.@.friends.@"],
            "User { id }",
            FRIENDS,
        )
        .entities(
            "accounts",
            &[3],
            &["users.@.friends.@.friends.@"],
            "User { id }",
            "{ ... on User { name } }",
        )
        .finish()
}

fn stub() -> Stub {
    Stub::default()
        .answer(
            "accounts",
            "{ users",
            Answer::json(r#"{"data":{"users":[{"id":"1","name":"Ann"},{"id":"2","name":null}]}}"#),
        )
        .answer(
            "reviews",
            r#""id":"3""#,
            Answer::json(
                r#"{"data":{"_entities":[{"friends":[{"id":"3"}]},{"friends":[{"id":"4"}]}]}}"#,
            ),
        )
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"friends":[{"id":"2"},{"id":"3"}]},{"friends":[]}]}}"#,
        )
        .answer(
            "accounts",
            r#"[{"__typename":"User","id":"2"},{"__typename":"User","id":"3"}]"#,
            Answer::json(r#"{"data":{"_entities":[{"name":null},{"name":"Cy"}]}}"#),
        )
        .answer(
            "accounts",
            r#"[{"__typename":"User","id":"3"}]"#,
            Answer::json(r#"{"data":{"_entities":[{"name":"Cy"}]}}"#),
        )
        .answer(
            "accounts",
            r#"[{"__typename":"User","id":"3"},{"__typename":"User","id":"4"}]"#,
            Answer::json(r#"{"data":{"_entities":[{"name":"Cy"},{"name":"Di"}]}}"#),
        )
        .answer(
            "accounts",
            r#"[{"__typename":"User","id":"4"}]"#,
            Answer::json(r#"{"data":{"_entities":[{"name":"Di"}]}}"#),
        )
}

fn check(scope: MemoScope, name: &str, asked: &[&str]) {
    let graph = graph();
    let mut case = Case::new(&graph, OPERATION, plan(&graph, name));
    case.compile.memo = scope;
    let stub = stub();
    case.check(
        &stub,
        r#"{"users":[{"name":"Ann","friends":[
                {"name":null,"friends":[{"name":"Cy"}]},
                {"name":"Cy","friends":[{"name":"Di"}]}]},
            {"name":null,"friends":[]}]}"#,
        &[],
    );
    let bodies = stub.bodies("accounts");
    let ids: Vec<String> = bodies[1..]
        .iter()
        .map(|body| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            let representations = body["variables"]["representations"].as_array().unwrap();
            representations
                .iter()
                .map(|known| known["id"].as_str().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(ids, asked);
}

#[test]
fn without_reuse_every_call_asks_for_all() {
    check(MemoScope::Off, "name", &["23", "34"]);
}

#[test]
fn an_entity_call_asks_for_what_no_earlier_entity_call_brought() {
    check(MemoScope::EntityCalls, "name", &["23", "4"]);
}

#[test]
fn fields_below_the_root_are_reused_where_that_is_switched_on() {
    check(MemoScope::RootFields, "name", &["3", "4"]);
}

#[test]
fn a_field_with_other_arguments_is_asked_for() {
    let graph = graph();
    let plan = query(&graph)
        .root(
            "accounts",
            &[],
            "{ users { __typename id name(long: true) } }",
        )
        .entities(
            "accounts",
            &[0],
            &["users.@"],
            "User { id }",
            "{ ... on User { n: name } }",
        )
        .finish();
    let stub = Stub::default()
        .answer(
            "accounts",
            "{ users",
            Answer::json(r#"{"data":{"users":[{"id":"1","name":"Ann Long"}]}}"#),
        )
        .on("accounts", r#"{"data":{"_entities":[{"n":"Ann"}]}}"#);
    let mut case = Case::new(&graph, "{ users { name(long: true) n: name } }", plan);
    case.compile.memo = MemoScope::RootFields;
    case.check(&stub, r#"{"users":[{"name":"Ann Long","n":"Ann"}]}"#, &[]);
}

#[test]
fn a_field_that_failed_is_asked_for_again() {
    let graph = graph();
    let plan = query(&graph)
        .root("accounts", &[], "{ users { __typename id name } }")
        .root("reviews", &[0], "{ u: users { __typename id } }")
        .entities(
            "accounts",
            &[1],
            &["u.@"],
            "User { id }",
            "{ ... on User { name } }",
        )
        .finish();
    let stub = Stub::default()
        .answer("accounts", "{ users", Answer::json(r#"{"data":{"users":[{"id":"1","name":null}]},"errors":[{"message":"x","path":["users",0,"name"]}]}"#))
        .on("reviews", r#"{"data":{"u":[{"id":"1"}]}}"#)
        .on("accounts", r#"{"data":{"_entities":[{"name":"Ann"}]}}"#);
    let mut case = Case::new(&graph, "{ users { name } u: users { name } }", plan);
    case.compile.memo = MemoScope::RootFields;
    case.check(
        &stub,
        r#"{"users":[{"name":null}],"u":[{"name":"Ann"}]}"#,
        &["DOWNSTREAM_SERVICE_ERROR users.0.name"],
    );
}

#[test]
fn a_mutation_reuses_nothing() {
    let graph = graph();
    let names = "{ ... on User { name } }";
    let plan = HandPlan::new(&graph, OperationType::Mutation)
        .root("accounts", &[], "{ rename { __typename id } }")
        .entities("reviews", &[0], &["rename"], "User { id }", names)
        .root("accounts", &[1], "{ again { __typename id } }")
        .entities("reviews", &[2], &["again"], "User { id }", names)
        .finish();
    let stub = Stub::default()
        .answer(
            "accounts",
            "rename",
            Answer::json(r#"{"data":{"rename":{"id":"1"}}}"#),
        )
        .on("accounts", r#"{"data":{"again":{"id":"1"}}}"#)
        .on("reviews", r#"{"data":{"_entities":[{"name":"x"}]}}"#);
    let mut case = Case::new(&graph, "mutation { rename { name } again { name } }", plan);
    case.compile.memo = MemoScope::RootFields;
    case.check(
        &stub,
        r#"{"rename":{"name":"x"},"again":{"name":"x"}}"#,
        &[],
    );
    assert_eq!(stub.bodies("reviews").len(), 2);
}

fn top(graph: &Arc<Supergraph>) -> QueryPlan {
    let names = "{ ... on User { name } }";
    query(graph)
        .root("accounts", &[], "{ users { __typename id } }")
        .entities("reviews", &[0], &["users.@"], "User { id }", names)
        .entities("products", &[0], &["users.@"], "User { id }", FRIENDS)
        .entities(
            "reviews",
            &[2],
            &["users.@.friends.@"],
            "User { id }",
            names,
        )
        .finish()
}

fn check_top(friends: &str, expected: &str, asked: usize) {
    let graph = graph();
    let case = Case::new(&graph, "{ users { name friends { name } } }", top(&graph));
    let friends = format!(r#"{{"data":{{"_entities":[{{"friends":{friends}}}]}}}}"#);
    let stub = Stub::default()
        .on("accounts", r#"{"data":{"users":[{"id":"1"}]}}"#)
        .answer(
            "reviews",
            r#"[{"__typename":"User","id":"1"}]"#,
            Answer::Slow(5, r#"{"data":{"_entities":[{"name":"Ann"}]}}"#),
        )
        .on(
            "reviews",
            r#"{"data":{"_entities":[{"name":"Ann"},{"name":"Bo"}]}}"#,
        )
        .on("products", &friends);
    case.check(&stub, expected, &[]);
    assert_eq!(stub.bodies("reviews").len(), asked);
}

#[test]
fn a_call_that_would_only_ask_what_is_under_way_waits_for_it() {
    check_top(
        r#"[{"id":"1"},{"id":"1"}]"#,
        r#"{"users":[{"name":"Ann","friends":[{"name":"Ann"},{"name":"Ann"}]}]}"#,
        1,
    );
}

#[test]
fn a_call_that_asks_for_more_does_not_wait() {
    check_top(
        r#"[{"id":"1"},{"id":"2"}]"#,
        r#"{"users":[{"name":"Ann","friends":[{"name":"Ann"},{"name":"Bo"}]}]}"#,
        2,
    );
}

#[test]
fn an_entity_goes_along_once_where_one_call_of_the_request_asks_all_that_another_does() {
    let graph = supergraph(
        "
        type Query { users: [User] me: User }
        type User { id: ID! name: String age: Int }
        ",
    );
    let plan = query(&graph)
        .root(
            "accounts",
            &[],
            "{ users { __typename id } me { __typename id } }",
        )
        .batch(
            "reviews",
            &[0],
            &[
                (&["users.@"], "User { id }", "{ ... on User { name age } }"),
                (&["me"], "User { id }", "{ ... on User { name } }"),
            ],
        )
        .finish();
    let case = Case::new(&graph, "{ users { name age } me { name } }", plan);
    let stub = Stub::default()
        .on(
            "accounts",
            r#"{"data":{"users":[{"id":"1"},{"id":"2"}],"me":{"id":"2"}}}"#,
        )
        .on(
            "reviews",
            r#"{"data":{"_e0":[{"name":"Ann","age":1},{"name":null,"age":2}],"_e1":[]},
                "errors":[{"message":"no","path":["_e0",1,"name"]}]}"#,
        );
    case.check(
        &stub,
        r#"{"users":[{"name":"Ann","age":1},{"name":null,"age":2}],"me":{"name":null}}"#,
        &[
            "DOWNSTREAM_SERVICE_ERROR users.1.name",
            "DOWNSTREAM_SERVICE_ERROR me.name",
        ],
    );
    let sent = stub.variables("reviews");
    assert_eq!(sent["r0"].as_array().map(Vec::len), Some(2));
    assert_eq!(sent["r1"].as_array().map(Vec::len), Some(0));
}
