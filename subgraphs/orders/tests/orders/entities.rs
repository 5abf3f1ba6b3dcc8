//! What orders adds to entities of the other services, and its own entities.

use serde_json::{Value, json};
use subgraph_service::test_support::{Engine, GraphqlClient};

use crate::harness::{Plan, Shop, on_both_engines, order, product, user};

on_both_engines!(
    a_product_knows_what_was_sold_and_with_what,
    whether_the_caller_has_bought_a_product_is_the_callers_own,
    a_line_of_an_order_is_an_entity_for_its_buyer,
    many_entities_take_one_statement_for_each_field,
    orders_of_many_users_with_lines_take_a_statement_for_each_kind_of_thing,
    a_product_that_was_never_sold_gets_its_other_key_from_products,
);

async fn entities(client: &GraphqlClient, fields: &str, representations: Value) -> Value {
    let query = format!(
        "query ($representations: [_Any!]!) {{ _entities(representations: $representations) {{ {fields} }} }}"
    );
    client
        .data(&query, json!({ "representations": representations }))
        .await["_entities"]
        .clone()
}

async fn a_product_knows_what_was_sold_and_with_what(engine: Engine) {
    let shop = Shop::open(engine).await;
    let fields = "... on Product { unitsSold oftenBoughtTogether(first: 2) { sku id } }";
    let by_both_keys = json!([{ "__typename": "Product", "id": product(5) }, { "__typename": "Product", "sku": "COF-BEANS-ETH" }]);
    let found = entities(&shop.client, fields, by_both_keys).await;
    let companions = json!([{ "sku": "AUD-HEADPHONES", "id": product(21) }, { "sku": "COF-BEANS-ETH", "id": product(8) }]);
    assert_eq!(
        found[0],
        json!({ "unitsSold": 2, "oftenBoughtTogether": companions })
    );
    assert_eq!(found[1]["unitsSold"], 6);
    let id = shop.placed(&[("COF-BEANS-ETH", 3)]).await;
    let units = async || {
        entities(
            &shop.client,
            "... on Product { unitsSold }",
            json!([{ "__typename": "Product", "id": product(8) }]),
        )
        .await[0]["unitsSold"]
            .clone()
    };
    assert_eq!(units().await, 6, "a reserved order is not sold yet");
    shop.pay(&id).await;
    assert_eq!(units().await, 9);
}

async fn whether_the_caller_has_bought_a_product_is_the_callers_own(engine: Engine) {
    let shop = Shop::open(engine).await;
    let bought = async |client: &GraphqlClient| {
        let products = json!([{ "__typename": "Product", "id": product(5) }, { "__typename": "Product", "sku": "OUT-BOTTLE" }]);
        let found = entities(client, "... on Product { boughtByMe }", products).await;
        (
            found[0]["boughtByMe"] == true,
            found[1]["boughtByMe"] == true,
        )
    };
    assert_eq!(bought(&shop.customer(1)).await, (true, false));
    assert_eq!(bought(&shop.customer(2)).await, (false, true));
}

async fn a_line_of_an_order_is_an_entity_for_its_buyer(engine: Engine) {
    let shop = Shop::open(engine).await;
    let lines = json!([{ "__typename": "OrderLine", "orderId": order(1), "lineNo": 2 }, { "__typename": "OrderLine", "orderId": order(1), "lineNo": 9 }]);
    let fields = "... on OrderLine { quantity unitPrice { formatted } order { number } }";
    let ada = entities(&shop.customer(1), fields, lines.clone()).await;
    assert_eq!(
        (
            &ada[0]["quantity"],
            &ada[0]["unitPrice"]["formatted"],
            &ada[1]
        ),
        (&json!(2), &json!("€13.90"), &Value::Null)
    );
    assert_eq!(
        entities(&shop.customer(2), fields, lines).await,
        json!([null, null])
    );
}

async fn many_entities_take_one_statement_for_each_field(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        Plan {
            worker: false,
            ..Plan::default()
        },
    )
    .await;
    let products: Vec<Value> = (1..=24)
        .map(|number| json!({ "__typename": "Product", "id": product(number) }))
        .collect();
    let before = shop.running.database.statements().count();
    let fields = "... on Product { unitsSold boughtByMe oftenBoughtTogether { sku unitsSold } }";
    assert_eq!(
        entities(&shop.customer(1), fields, json!(products))
            .await
            .as_array()
            .unwrap()
            .len(),
        24
    );
    let taken = shop.running.database.statements().count() - before;
    assert_eq!(
        taken, 4,
        "units, bought, companions, units of the companions"
    );
}

async fn orders_of_many_users_with_lines_take_a_statement_for_each_kind_of_thing(engine: Engine) {
    let shop = Shop::open_with(
        engine,
        Plan {
            worker: false,
            ..Plan::default()
        },
    )
    .await;
    let users: Vec<Value> = (1..=9)
        .map(|number| json!({ "__typename": "User", "id": user(number) }))
        .collect();
    let before = shop.running.database.statements().count();
    let fields = "... on User { totalSpent { amountMinor } orders(first: 2) { nodes { lines { quantity product { unitsSold } order { status } } } } }";
    let found = entities(&shop.staff(), fields, json!(users)).await;
    assert_eq!(found[1]["orders"]["nodes"].as_array().unwrap().len(), 2);
    let taken = shop.running.database.statements().count() - before;
    assert_eq!(taken, 4, "spent, orders, lines, units");
}

async fn a_product_that_was_never_sold_gets_its_other_key_from_products(engine: Engine) {
    let shop = Shop::open(engine).await;
    let unsold = json!([{ "__typename": "Product", "sku": "AUD-SPEAKER" }, { "__typename": "Product", "id": product(22) }]);
    let found = entities(&shop.client, "... on Product { id sku unitsSold }", unsold).await;
    let expected = json!({ "id": product(22), "sku": "AUD-SPEAKER", "unitsSold": 0 });
    assert_eq!((&found[0], &found[1]), (&expected, &expected));
}

#[tokio::test]
async fn required_fields_of_products_make_the_estimates() {
    let shop = Shop::open(Engine::Sqlite).await;
    let price = json!({ "amountMinor": 2450, "currency": "EUR" });
    let large = json!({ "widthMm": 300, "heightMm": 200, "depthMm": 500 });
    let products = json!([
        { "__typename": "Product", "id": product(7), "weightGrams": 410, "dimensions": null, "price": price, "taxClass": "STANDARD" },
        { "__typename": "Product", "id": product(7), "weightGrams": 410, "dimensions": large, "price": price, "taxClass": "REDUCED" },
        { "__typename": "Product", "id": product(17), "weightGrams": null, "dimensions": null, "price": price, "taxClass": "ZERO" },
    ]);
    let fields = "... on Product { shippingEstimate(country: \"de\") { amountMinor } taxEstimate(country: \"DE\") { amountMinor } }";
    let found = entities(&shop.client, fields, products).await;
    let minor = |index: usize| {
        (
            found[index]["shippingEstimate"]["amountMinor"].as_i64(),
            found[index]["taxEstimate"]["amountMinor"].as_i64(),
        )
    };
    assert_eq!(
        [minor(0), minor(1), minor(2)],
        [
            (Some(490), Some(391)),
            (Some(490 + 5 * 60), Some(160)),
            (None, Some(0))
        ]
    );
}
