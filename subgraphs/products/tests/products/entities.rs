//! Entities by each of their keys, under the name of the interface and under those of its kinds.

use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{Shop, on_both_engines, product, user};

on_both_engines!(
    the_interface_resolves_to_the_kind_behind_the_key,
    a_kind_resolves_only_what_is_of_it,
    what_is_missing_is_null_and_spoils_no_other,
    many_entities_take_one_statement_for_each_key,
);

const ENTITIES: &str = "query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Product { sku title taxClass }
    ... on PhysicalProduct { dimensions { widthMm } }
    ... on DigitalProduct { downloadSizeBytes }
  }
}";

async fn entities(shop: &Shop, representations: Vec<Value>) -> Value {
    shop.client
        .data(ENTITIES, json!({ "representations": representations }))
        .await["_entities"]
        .clone()
}

async fn the_interface_resolves_to_the_kind_behind_the_key(engine: Engine) {
    let shop = Shop::open(engine).await;
    let by_sku = json!({ "__typename": "Product", "sku": "BOO-BREAD" });
    let by_id = json!({ "__typename": "Product", "id": product(17) });
    let found = entities(&shop, vec![by_sku, by_id]).await;
    assert_eq!(
        (&found[0]["__typename"], &found[0]["dimensions"]["widthMm"]),
        (&json!("PhysicalProduct"), &json!(200))
    );
    assert_eq!(
        (
            &found[1]["__typename"],
            &found[1]["sku"],
            &found[1]["taxClass"]
        ),
        (
            &json!("DigitalProduct"),
            &json!("BOO-FERMENT"),
            &json!("REDUCED")
        )
    );
}

async fn a_kind_resolves_only_what_is_of_it(engine: Engine) {
    let shop = Shop::open(engine).await;
    let physical = |kind: &str| json!({ "__typename": kind, "sku": "BOO-BREAD" });
    let found = entities(
        &shop,
        vec![physical("PhysicalProduct"), physical("DigitalProduct")],
    )
    .await;
    assert_eq!(found[0]["title"], "Bread Without Hurry");
    assert_eq!(found[1], Value::Null);
}

async fn what_is_missing_is_null_and_spoils_no_other(engine: Engine) {
    let shop = Shop::open(engine).await;
    let found = entities(
        &shop,
        vec![
            json!({ "__typename": "Product", "id": uuid::Uuid::nil() }),
            json!({ "__typename": "Product", "id": "42" }),
            json!({ "__typename": "Product", "sku": "AUD-SPEAKER" }),
        ],
    )
    .await;
    assert_eq!(
        (&found[0], &found[1], &found[2]["sku"]),
        (&Value::Null, &Value::Null, &json!("AUD-SPEAKER"))
    );
}

async fn many_entities_take_one_statement_for_each_key(engine: Engine) {
    let shop = Shop::open(engine).await;
    let mut representations: Vec<Value> = (1..=20)
        .map(|number| json!({ "__typename": "Product", "id": product(number) }))
        .collect();
    representations.extend(
        ["COF-KETTLE", "DSK-PEN"].map(|sku| json!({ "__typename": "Product", "sku": sku })),
    );
    let before = shop.running.database.statements().count();
    let found = entities(&shop, representations).await;
    assert_eq!(
        found
            .as_array()
            .unwrap()
            .iter()
            .filter(|entity| entity.is_object())
            .count(),
        22
    );
    assert_eq!(
        shop.running.database.statements().count() - before,
        2,
        "one by id, one by SKU"
    );
}

#[tokio::test]
async fn a_user_has_their_reviews_and_a_category_its_name() {
    let shop = Shop::open(Engine::Sqlite).await;
    let query =
        "query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on User { id reviews(first: 1) { nodes { product { sku } } pageInfo { hasNextPage } } }
    } }";
    let data = shop
        .client
        .data(
            query,
            json!({ "representations": [{ "__typename": "User", "id": user(1) }] }),
        )
        .await;
    let reviews = &data["_entities"][0]["reviews"];
    assert_eq!(
        (
            &reviews["nodes"][0]["product"]["sku"],
            &reviews["pageInfo"]["hasNextPage"]
        ),
        (&json!("DSK-NOTEBOOK"), &json!(true))
    );
}
