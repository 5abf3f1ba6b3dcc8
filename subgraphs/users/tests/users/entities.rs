//! `User` as an entity: by each key, in one batch, with the same rules as everywhere.

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};
use users::{DEMO_USERS, Users};

use crate::harness::{Shop, id, on_both_engines};

const ENTITIES: &str = "query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { id displayName riskScore } }
}";

on_both_engines!(
    entities_come_in_the_order_of_their_representations,
    a_missing_entity_is_null_and_spoils_no_other,
    an_entity_by_email_address_is_for_those_who_may_see_it,
    the_risk_score_is_for_that_person_staff_and_services,
    many_entities_take_one_statement_for_each_table,
);

fn by_id(handle: &str) -> Value {
    json!({ "__typename": "User", "id": id(handle) })
}

async fn entities(client: &GraphqlClient, representations: Vec<Value>) -> Value {
    client
        .data(ENTITIES, json!({ "representations": representations }))
        .await["_entities"]
        .clone()
}

async fn entities_come_in_the_order_of_their_representations(engine: Engine) {
    let shop = Shop::open(engine).await;
    let found = entities(
        &shop.client,
        vec![by_id("grace"), by_id("ada"), by_id("grace")],
    )
    .await;
    let names = found
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["displayName"].as_str().unwrap())
        .collect::<Vec<_>>();
    assert_eq!(names, ["Grace Hopper", "Ada Lovelace", "Grace Hopper"]);
}

async fn a_missing_entity_is_null_and_spoils_no_other(engine: Engine) {
    let shop = Shop::open(engine).await;
    let missing = json!({ "__typename": "User", "id": uuid::Uuid::nil() });
    let malformed = json!({ "__typename": "User", "id": "42" });
    let found = entities(&shop.client, vec![missing, by_id("ada"), malformed]).await;
    assert_eq!(
        (&found[0], &found[1]["id"], &found[2]),
        (&Value::Null, &json!(id("ada")), &Value::Null)
    );
}

async fn an_entity_by_email_address_is_for_those_who_may_see_it(engine: Engine) {
    let shop = Shop::open(engine).await;
    let by_email = || vec![json!({ "__typename": "User", "email": "ada@example.com" })];
    let expected = json!(id("ada"));
    assert_eq!(
        entities(&shop.login("ada").await.client, by_email()).await[0]["id"],
        expected
    );
    assert_eq!(
        entities(&shop.login("staff").await.client, by_email()).await[0]["id"],
        expected
    );
    assert_eq!(
        entities(&shop.login("grace").await.client, by_email()).await[0],
        Value::Null
    );
    assert_eq!(entities(&shop.client, by_email()).await[0], Value::Null);
}

async fn the_risk_score_is_for_that_person_staff_and_services(engine: Engine) {
    let shop = Shop::open(engine).await;
    let score = async |client: &GraphqlClient| {
        entities(client, vec![by_id("ada")]).await[0]["riskScore"].clone()
    };
    assert_eq!(score(&shop.login("ada").await.client).await, json!(0.05));
    assert_eq!(score(&shop.login("staff").await.client).await, json!(0.05));
    assert_eq!(score(&shop.login("grace").await.client).await, Value::Null);
    assert_eq!(score(&shop.client).await, Value::Null);
}

async fn many_entities_take_one_statement_for_each_table(engine: Engine) {
    let shop = Shop::open(engine).await;
    let staff = shop.login("staff").await.client;
    let representations = DEMO_USERS
        .iter()
        .map(|user| by_id(user.handle))
        .collect::<Vec<_>>();
    // The first token of a process costs a statement for the keys.
    staff.data("{ me { id } }", json!({})).await;
    let before = shop.running.database.statements().count();
    let query = "query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { displayName addresses { city } defaultAddress { label } } }
    }";
    let data = staff
        .data(query, json!({ "representations": representations }))
        .await;
    assert_eq!(data["_entities"][3]["addresses"][0]["city"], "Berlin");
    assert_eq!(
        shop.running.database.statements().count() - before,
        2,
        "users, and addresses"
    );
}

#[tokio::test]
async fn the_service_field_is_the_exported_schema() {
    let shop = Shop::open(Engine::Sqlite).await;
    let data = shop.client.data("{ _service { sdl } }", json!({})).await;
    assert_eq!(
        data["_service"]["sdl"],
        subgraph_service::export_schema::<Users>().unwrap()
    );
}
