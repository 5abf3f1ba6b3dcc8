//! The stock subscription: followed products only, whatever changes their stock.

use serde_json::json;
use subgraph_service::test_support::{Engine, Subscription};
use uuid::Uuid;

use crate::harness::{Shop, on_both_engines, product};

on_both_engines!(a_change_of_stock_reaches_those_who_follow_the_product);

async fn a_change_of_stock_reaches_those_who_follow_the_product(engine: Engine) {
    let shop = Shop::open(engine).await;
    let token = shop.identities.tokens.staff(crate::harness::user(9));
    let query = "subscription ($ids: [ID!]!) { stockChanged(productIds: $ids) { sku inStock ... on PhysicalProduct { stockLevel } } }";
    let mut subscription = Subscription::start(
        &shop.running.graphql_url(),
        Some(&token),
        query,
        json!({ "ids": [product(16)] }),
    )
    .await;
    shop.reserve(Uuid::now_v7(), &[("DSK-PEN", 1)]).await;
    let order = Uuid::now_v7();
    shop.reserve(order, &[("OUT-LAMP", 3), ("DSK-PEN", 1)])
        .await;
    let sold_out = subscription.next().await;
    assert_eq!(
        sold_out["data"]["stockChanged"],
        json!({ "sku": "OUT-LAMP", "inStock": false, "stockLevel": 0 })
    );
    shop.release(order).await;
    assert_eq!(
        subscription.next().await["data"]["stockChanged"]["stockLevel"],
        3
    );
}

#[tokio::test]
async fn a_subscription_without_products_is_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let query = "subscription { stockChanged(productIds: []) { sku } }";
    let mut subscription =
        Subscription::start(&shop.running.graphql_url(), None, query, json!({})).await;
    let refusal = subscription.next().await;
    assert_eq!(
        refusal["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{refusal}"
    );
}
