//! Profiles: changing one's own, and what others may see.

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};

use crate::harness::{Shop, id, on_both_engines};

const UPDATE: &str = "mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { displayName addresses { label line1 line2 city postcode country } defaultAddress { label } }
}";
const PRIVATE: &str = "query ($by: UserBy!) { user(by: $by) { displayName email addresses { city } defaultAddress { city } loyaltyPoints } }";

on_both_engines!(
    a_profile_is_changed_in_part_or_whole,
    what_belongs_to_one_person_is_for_that_person_and_staff,
    a_user_is_found_by_id_and_by_handle_by_everybody,
    an_email_address_finds_a_user_for_that_person_and_staff_only,
);

fn address(label: &str, city: &str) -> Value {
    json!({ "label": label, "line1": "1 Street", "city": city, "postcode": "12345", "country": "de" })
}

async fn a_profile_is_changed_in_part_or_whole(engine: Engine) {
    let shop = Shop::open(engine).await;
    let ada = shop.login("ada").await.client;
    let name = ada
        .data(UPDATE, json!({ "input": { "displayName": "Countess" } }))
        .await;
    assert_eq!(name["updateProfile"]["displayName"], "Countess");
    assert_eq!(
        name["updateProfile"]["defaultAddress"]["label"], "home",
        "addresses stay"
    );
    let addresses = json!([address("castle", "Ockham"), address("home", "London")]);
    let changed = ada
        .data(UPDATE, json!({ "input": { "addresses": addresses } }))
        .await;
    assert_eq!(
        changed["updateProfile"]["displayName"], "Countess",
        "the name stays"
    );
    assert_eq!(changed["updateProfile"]["addresses"][0]["country"], "DE");
    assert_eq!(
        changed["updateProfile"]["defaultAddress"]["label"],
        "castle"
    );
    let none = ada
        .data(UPDATE, json!({ "input": { "addresses": [] } }))
        .await;
    assert_eq!(
        (
            &none["updateProfile"]["addresses"],
            &none["updateProfile"]["defaultAddress"]
        ),
        (&json!([]), &Value::Null)
    );
}

async fn check_private(client: &GraphqlClient, who: &str, visible: bool, code: &str) {
    let response = client
        .send(PRIVATE, json!({ "by": { "id": id("ada") } }))
        .await;
    let user = &response.data()["user"];
    if visible {
        assert_eq!(user["email"], "ada@example.com", "{who}: {}", response.body);
        assert_eq!(user["addresses"][0]["city"], "London", "{who}");
        return;
    }
    let expected = json!({ "displayName": "Ada Lovelace", "email": null, "addresses": null, "defaultAddress": null, "loyaltyPoints": null });
    assert_eq!(user, &expected, "{who}");
    let errors = response.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 4, "{who}: one error for each field");
    assert!(
        errors
            .iter()
            .all(|error| error["extensions"]["code"] == code),
        "{who}: {errors:?}"
    );
}

async fn what_belongs_to_one_person_is_for_that_person_and_staff(engine: Engine) {
    let shop = Shop::open(engine).await;
    check_private(&shop.login("ada").await.client, "ada herself", true, "").await;
    check_private(&shop.login("staff").await.client, "staff", true, "").await;
    check_private(
        &shop.login("grace").await.client,
        "another customer",
        false,
        "FORBIDDEN",
    )
    .await;
    check_private(&shop.client, "anonymous", false, "UNAUTHENTICATED").await;
}

async fn a_user_is_found_by_id_and_by_handle_by_everybody(engine: Engine) {
    let shop = Shop::open(engine).await;
    for by in [json!({ "id": id("ada") }), json!({ "handle": "Ada" })] {
        let data = shop
            .client
            .data(
                "query ($by: UserBy!) { user(by: $by) { displayName } }",
                json!({ "by": by }),
            )
            .await;
        assert_eq!(data["user"]["displayName"], "Ada Lovelace");
    }
    for by in [json!({ "id": "no-id" }), json!({ "handle": "nobody" })] {
        let data = shop
            .client
            .data(
                "query ($by: UserBy!) { user(by: $by) { displayName } }",
                json!({ "by": by }),
            )
            .await;
        assert_eq!(data["user"], Value::Null);
    }
}

async fn an_email_address_finds_a_user_for_that_person_and_staff_only(engine: Engine) {
    let shop = Shop::open(engine).await;
    let find = async |client: &GraphqlClient, email: &str| {
        let variables = json!({ "by": { "email": email } });
        client
            .data("query ($by: UserBy!) { user(by: $by) { id } }", variables)
            .await["user"]
            .clone()
    };
    let found = json!({ "id": id("ada") });
    assert_eq!(
        find(&shop.login("ada").await.client, "ada@example.com").await,
        found
    );
    assert_eq!(
        find(&shop.login("staff").await.client, "ada@example.com").await,
        found
    );
    assert_eq!(
        find(&shop.login("grace").await.client, "ada@example.com").await,
        Value::Null
    );
    assert_eq!(find(&shop.client, "ada@example.com").await, Value::Null);
}

#[tokio::test]
async fn two_ways_to_name_a_user_at_once_are_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = shop
        .client
        .send(
            "{ user(by: { id: \"1\", handle: \"ada\" }) { id } }",
            json!({}),
        )
        .await;
    assert!(
        response.body["errors"][0]["message"].is_string(),
        "{}",
        response.body
    );
}

#[tokio::test]
async fn a_profile_that_cannot_be_says_which_argument_and_why() {
    let shop = Shop::open(Engine::Sqlite).await;
    let ada = shop.login("ada").await.client;
    let mut nowhere = address("home", "Rome");
    nowhere["country"] = json!("Italy");
    let response = ada
        .send(UPDATE, json!({ "input": { "addresses": [nowhere] } }))
        .await;
    assert_eq!(response.code(), "BAD_USER_INPUT");
    assert!(
        response.message().contains("two letters"),
        "{}",
        response.body
    );
}

#[tokio::test]
async fn nobody_changes_a_profile_without_signing_in() {
    let shop = Shop::open(Engine::Sqlite).await;
    let response = shop
        .client
        .send(UPDATE, json!({ "input": { "displayName": "X" } }))
        .await;
    assert_eq!(response.code(), "UNAUTHENTICATED");
    assert!(
        response.message().contains("authorization"),
        "{}",
        response.body
    );
}
