//! The connection of all users: for staff, in pages, by part of a name.

use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{Shop, on_both_engines};

const USERS: &str =
    "query ($first: Int, $after: String, $last: Int, $before: String, $query: String) {
  users(first: $first, after: $after, last: $last, before: $before, query: $query) {
    nodes { handle }
    edges { cursor }
    pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
  }
}";

on_both_engines!(
    staff_walk_through_all_users_forwards_and_backwards,
    users_are_found_by_part_of_a_name,
    a_page_with_addresses_takes_two_statements,
);

fn handles(users: &Value) -> Vec<&str> {
    users["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["handle"].as_str().unwrap())
        .collect()
}

async fn staff_walk_through_all_users_forwards_and_backwards(engine: Engine) {
    let shop = Shop::open(engine).await;
    let staff = shop.login("staff").await.client;
    let first = staff.data(USERS, json!({ "first": 2 })).await["users"].clone();
    assert_eq!(handles(&first), ["ada", "grace"]);
    let next = staff
        .data(
            USERS,
            json!({ "first": 3, "after": first["pageInfo"]["endCursor"] }),
        )
        .await["users"]
        .clone();
    assert_eq!(handles(&next), ["linus", "margaret", "staff"]);
    assert_eq!(
        (
            &next["pageInfo"]["hasPreviousPage"],
            &next["pageInfo"]["hasNextPage"]
        ),
        (&json!(true), &json!(false))
    );
    let back = staff
        .data(
            USERS,
            json!({ "last": 1, "before": next["pageInfo"]["startCursor"] }),
        )
        .await["users"]
        .clone();
    assert_eq!(handles(&back), ["grace"]);
    assert_eq!(back["pageInfo"]["hasPreviousPage"], true);
}

async fn users_are_found_by_part_of_a_name(engine: Engine) {
    let shop = Shop::open(engine).await;
    let staff = shop.login("staff").await.client;
    for (query, expected) in [
        ("LOVE", vec!["ada"]),
        ("grace@", vec!["grace"]),
        ("%", vec![]),
        ("_", vec![]),
        ("  ", vec!["ada", "grace", "linus", "margaret", "staff"]),
    ] {
        let users = staff.data(USERS, json!({ "query": query })).await["users"].clone();
        assert_eq!(handles(&users), expected, "{query:?}");
    }
}

async fn a_page_with_addresses_takes_two_statements(engine: Engine) {
    let shop = Shop::open(engine).await;
    let staff = shop.login("staff").await.client;
    // The first token of a process costs a statement for the keys.
    staff.data("{ me { id } }", json!({})).await;
    let before = shop.running.database.statements().count();
    staff.data("{ users(first: 5) { nodes { email addresses { city } } edges { node { defaultAddress { city } } } } }", json!({})).await;
    assert_eq!(shop.running.database.statements().count() - before, 2);
}

#[tokio::test]
async fn customers_may_not_list_users() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = shop.login("ada").await.client.send(USERS, json!({})).await;
    assert_eq!(response.code(), "FORBIDDEN");
    assert!(
        response.message().contains("`users:read`"),
        "{}",
        response.body
    );
    assert_eq!(
        shop.client.send(USERS, json!({})).await.code(),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn wrong_page_arguments_are_explained() {
    let shop = Shop::open(Engine::Sqlite).await;
    let staff = shop.login("staff").await.client;
    for (variables, expected) in [
        (json!({ "first": 101 }), "from 0 to 100"),
        (json!({ "first": -1 }), "from 0 to 100"),
        (json!({ "first": 1, "last": 1 }), "use one pair"),
        (json!({ "after": "nonsense" }), "no cursor"),
    ] {
        let response = staff.send(USERS, variables).await;
        assert_eq!(response.code(), "BAD_USER_INPUT", "{}", response.body);
        assert!(response.message().contains(expected), "{}", response.body);
    }
}
