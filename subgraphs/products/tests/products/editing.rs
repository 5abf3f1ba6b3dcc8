//! The catalogue in the hands of staff, and out of everybody else's.

use serde_json::{Value, json};
use subgraph_service::test_support::Engine;

use crate::harness::{Shop, on_both_engines};

on_both_engines!(
    staff_adds_a_product_and_changes_it,
    stock_is_adjusted_but_never_below_nothing
);

const UPSERT: &str = "mutation ($input: UpsertProductInput!) {
  upsertProduct(input: $input) { __typename id sku title tags inStock price { amountMinor formatted } dimensions { heightMm } }
}";

async fn input(shop: &Shop) -> Value {
    let categories = shop.client.data("{ categories { id } }", json!({})).await;
    json!({
        "sku": "OUT-TARP", "title": "Tarp, 3 m", "priceMinor": 6900, "categoryId": categories["categories"][0]["id"], "tags": ["Light", "light ", "new"],
        "form": { "physical": { "weightGrams": 540, "widthMm": 200, "heightMm": 90, "depthMm": 120 } },
    })
}

async fn staff_adds_a_product_and_changes_it(engine: Engine) {
    let shop = Shop::open(engine).await;
    let mut input = input(&shop).await;
    let added = shop.staff().data(UPSERT, json!({ "input": input })).await["upsertProduct"].clone();
    assert_eq!(
        (&added["__typename"], &added["inStock"], &added["tags"]),
        (
            &json!("PhysicalProduct"),
            &json!(false),
            &json!(["light", "new"])
        )
    );
    input["priceMinor"] = json!(5900);
    let changed =
        shop.staff().data(UPSERT, json!({ "input": input })).await["upsertProduct"].clone();
    assert_eq!(
        (&changed["id"], &changed["price"]["formatted"]),
        (&added["id"], &json!("€59.00"))
    );
    input["form"] = json!({ "digital": { "downloadSizeBytes": 1 } });
    assert_eq!(
        shop.staff()
            .send(UPSERT, json!({ "input": input }))
            .await
            .code(),
        "BAD_USER_INPUT",
        "a product cannot change its kind"
    );
}

async fn stock_is_adjusted_but_never_below_nothing(engine: Engine) {
    let shop = Shop::open(engine).await;
    let adjust = "mutation ($sku: String!, $delta: Int!) { adjustStock(sku: $sku, delta: $delta) { inStock ... on PhysicalProduct { stockLevel } } }";
    let adjusted = shop
        .staff()
        .data(adjust, json!({ "sku": "OUT-LAMP", "delta": -3 }))
        .await;
    assert_eq!(
        adjusted["adjustStock"],
        json!({ "inStock": false, "stockLevel": 0 })
    );
    let too_much = shop
        .staff()
        .send(adjust, json!({ "sku": "OUT-LAMP", "delta": -1 }))
        .await;
    assert_eq!(too_much.code(), "BAD_USER_INPUT");
    assert_eq!(shop.stock_level("OUT-LAMP").await, 0);
    assert_eq!(
        shop.staff()
            .send(adjust, json!({ "sku": "BOO-RIVERS", "delta": 1 }))
            .await
            .code(),
        "BAD_USER_INPUT",
        "downloads are not counted"
    );
    assert_eq!(
        shop.staff()
            .send(adjust, json!({ "sku": "NO-SUCH", "delta": 1 }))
            .await
            .code(),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn customers_and_strangers_cannot_change_the_catalogue() {
    let shop = Shop::open(Engine::Sqlite).await;
    let input = input(&shop).await;
    for (client, code) in [
        (shop.client.clone(), "UNAUTHENTICATED"),
        (shop.customer(1), "FORBIDDEN"),
    ] {
        assert_eq!(
            client.send(UPSERT, json!({ "input": input })).await.code(),
            code
        );
    }
}

#[tokio::test]
async fn the_stock_level_is_null_with_an_error_for_customers() {
    let shop = Shop::open(Engine::Sqlite).await;
    let query =
        "{ product(by: { sku: \"DSK-PEN\" }) { inStock ... on PhysicalProduct { stockLevel } } }";
    let response = shop.customer(1).send(query, json!({})).await;
    assert_eq!(
        response.data()["product"],
        json!({ "inStock": true, "stockLevel": null })
    );
    assert_eq!(
        (response.code(), &response.body["errors"][0]["path"]),
        ("FORBIDDEN", &json!(["product", "stockLevel"]))
    );
}
